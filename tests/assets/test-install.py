#!/usr/bin/env python3
"""Installs into a temporary folder and looks whether everything is there.  Prints TAP.

  test-install.py BUILD CLI GUI      GUI: "yes" or "no"
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def main():
    build, cli, gui = sys.argv[1], sys.argv[2], sys.argv[3] == 'yes'
    options = json.loads(subprocess.run(
        ['meson', 'introspect', '--buildoptions', build],
        check=True, capture_output=True, text=True).stdout)
    prefix = next(o['value'] for o in options if o['name'] == 'prefix')

    wanted = ['bin/phosphene-cli', 'share/phosphene/textbook.onnx',
              'share/phosphene/networks/things.onnx',
              'share/phosphene/networks/emotions-fine-tuned.onnx',
              'share/phosphene/networks/faces-autoencoder.onnx',
              'share/phosphene/architectures/small-resnet.txt',
              'share/phosphene/effects/steps.png',
              'share/man/man1/phosphene-cli.1']
    page = subprocess.run([cli, 'manpage'], check=True, capture_output=True, text=True).stdout
    verbs = sorted(set(re.findall(r'phosphene\\-cli\\-([a-z]+) \(1\)', page)))
    wanted += ['share/man/man1/phosphene-cli-%s.1' % verb for verb in verbs]
    if gui:
        app = 'org.phosphene.Phosphene'
        wanted += ['bin/phosphene', 'share/man/man1/phosphene.1',
                   'share/applications/%s.desktop' % app, 'share/metainfo/%s.metainfo.xml' % app,
                   'share/mime/packages/%s.xml' % app, 'share/glib-2.0/schemas/%s.gschema.xml' % app,
                   'share/icons/hicolor/scalable/apps/%s.svg' % app,
                   'share/icons/hicolor/symbolic/apps/%s-symbolic.svg' % app]

    print('1..%d' % (len(wanted) + 1))
    with tempfile.TemporaryDirectory() as root:
        done = subprocess.run(['meson', 'install', '-C', build, '--no-rebuild', '--quiet'],
                              env=dict(os.environ, DESTDIR=root), check=False,
                              capture_output=True, text=True)
        if done.returncode:
            print(done.stdout, done.stderr, file=sys.stderr)
        print('%sok 1 installs' % ('not ' if done.returncode else ''))
        there = pathlib.Path(root + prefix)
        for i, name in enumerate(wanted, 2):
            path = there / name
            good = path.is_file() and path.stat().st_size > 0
            print('%sok %d %s' % ('' if good else 'not ', i, name))


if __name__ == '__main__':
    main()
