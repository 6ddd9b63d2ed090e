#!/usr/bin/env python3
"""Keeps the translations of assets/po complete.

  translations.py SOURCE            compare with the words in the sources, fail and say what is wrong
  translations.py SOURCE --write    take new words in and old ones out; new ones are then empty
"""

import pathlib
import re
import subprocess
import sys
import tempfile

KEYWORDS = ('_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'g_dngettext:2,3', 'g_dpgettext2:2c,3')


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def collect(source, template):
    """Writes the words of all files in POTFILES.in as a template."""
    found = run('xgettext', '--from-code=UTF-8', '--add-comments=Translators',
                '--add-location=file', '--package-name=phosphene', '--output=%s' % template,
                *('--keyword=' + word for word in KEYWORDS), '--files-from=assets/po/POTFILES.in',
                cwd=source)
    if found.returncode or not template.exists():
        sys.exit('xgettext: ' + found.stderr)


def join(quoted):
    return ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', quoted))


def entries(path):
    """Pairs of what is translated and its translations, without those that are out of use."""
    for block in re.split(r'\n\n+', path.read_text(encoding='utf-8')):
        lines = [line for line in block.split('\n') if not line.startswith('#')]
        parts, which = {}, None
        for line in lines:
            match = re.match(r'(msg\w+(?:\[\d\])?) (".*")$', line)
            if match:
                which = match.group(1)
                parts[which] = match.group(2)
            elif which:
                parts[which] += line
        if parts.get('msgid', '""') != '""':
            yield (join(parts['msgid']),
                   [join(text) for name, text in parts.items() if name.startswith('msgstr')])


def find_faults(original, translation):
    """What shows on screen as a mistake though every word is translated."""
    if re.search('(?<!_)_(?!_)[A-Za-z]', original) and '_' not in translation:
        yield 'has no letter to press'
    # An abbreviation may end in a full stop where the English word does not.
    for end in ('.', '…', ':', '?', ' '):
        if (original.endswith(end) and not translation.endswith(end)) or (
                end != '.' and translation.endswith(end) and not original.endswith(end)):
            yield 'ends otherwise'
            break
    if original.startswith(' ') != translation.startswith(' '):
        yield 'begins otherwise'
    if re.search('[“”]', translation):
        yield 'has English quotation marks'


def check(path, template):
    faults = []
    for tool in (('msgfmt', '--check-format', '--check-domain', '--output-file=/dev/null', path),
                 ('msgcmp', path, template)):
        done = run(*tool)
        if done.returncode:
            faults.append(done.stderr.strip())
    for original, translations in entries(path):
        for translation in translations:
            faults += ['%s: “%s” %s: “%s”' % (path.name, original, fault, translation)
                       for fault in find_faults(original, translation) if translation]
    return faults


def main():
    source = pathlib.Path(sys.argv[1])
    folder = source / 'assets' / 'po'
    languages = re.findall(r'^\w+$', (folder / 'LINGUAS').read_text(encoding='utf-8'), re.M)
    faults = []

    with tempfile.TemporaryDirectory() as work:
        template = pathlib.Path(work) / 'phosphene.pot'
        collect(source, template)
        for language in languages:
            path = folder / (language + '.po')
            if '--write' in sys.argv[2:]:
                done = run('msgmerge', '--quiet', '--no-fuzzy-matching', '--add-location=file',
                           '--width=100', '--output-file=%s' % path, path, template)
                done.returncode and sys.exit(done.stderr)
                done = run('msgattrib', '--no-obsolete', '--add-location=file', '--width=100',
                           '--output-file=%s' % path, path)
                done.returncode and sys.exit(done.stderr)
                # A date in the header would only make conflicts.
                text = path.read_text(encoding='utf-8')
                path.write_text(re.sub(r'^"POT-Creation-Date.*\n', '', text, flags=re.M),
                                encoding='utf-8')
            else:
                faults += check(path, template)
    for fault in faults:
        print(fault)
    if faults:
        print('`make translations` takes new words in')
        return 1
    print('complete: %s' % ', '.join(languages))
    return 0


if __name__ == '__main__':
    sys.exit(main())
