#!/usr/bin/env python3
"""Lists the files that hold words for translators.

  potfiles.py SOURCE            compare with assets/po/POTFILES.in, fail and say how they differ
  potfiles.py SOURCE --write    write it
"""

import pathlib
import re
import sys

FOLDERS = ('app', 'assets', 'engine', 'ui')
MARKED = {
    '.c': re.compile(r'(?<![\w])(?:_|N_|C_|NC_|Q_|ngettext|g_dngettext)\s?\('),
    '.ui': re.compile(r'translatable="(?:yes|true)"'),
}
WHOLE = ('.desktop.in', '.metainfo.xml.in')


def marked(path):
    if path.name.endswith(WHOLE):
        return True
    if path.name.endswith('.gschema.xml'):
        return True
    pattern = MARKED.get(path.suffix)
    return bool(pattern and pattern.search(path.read_text(encoding='utf-8')))


def main():
    source = pathlib.Path(sys.argv[1])
    listing = source / 'assets' / 'po' / 'POTFILES.in'
    found = sorted(str(path.relative_to(source)) for folder in FOLDERS
                   for path in (source / folder).rglob('*') if path.is_file() and marked(path))
    if '--write' in sys.argv[2:]:
        listing.write_text('# Written by `make potfiles`.\n' + '\n'.join(found) + '\n',
                           encoding='utf-8')
        return 0

    listed = [line for line in listing.read_text(encoding='utf-8').splitlines()
              if line and not line.startswith('#')]
    for name in sorted(set(found) - set(listed)):
        print('%s has words for translators and is not in POTFILES.in' % name)
    for name in sorted(set(listed) - set(found)):
        print('%s is in POTFILES.in and has no words for translators' % name)
    if set(found) != set(listed):
        print('`make potfiles` puts this right')
        return 1
    print('%d files have words for translators, and all are listed' % len(found))
    return 0


if __name__ == '__main__':
    sys.exit(main())
