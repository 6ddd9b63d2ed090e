#!/usr/bin/env python3
"""Runs the tests of a build folder and adds up what they say.

  report.py BUILD [TEST...]      run all tests, or those named, and report
  --log                          only read the log of the last run
  --setup FLAG                   a flag for `meson test`, may be repeated
  --totals FILE                  also append "passed failed skipped" to FILE
  report.py --sum FILE           print the sum of such a file and fail accordingly

A test program speaks TAP; every line "ok" or "not ok" counts as one test. A program that crashes,
runs out of time, exits with an error of its own, or stops before the end of its plan counts as one
more failure; so does one that should have run and did not. The last line printed is
"N passed, N failed, N skipped". The exit status is 1 when anything failed or nothing ran.
"""

import argparse
import json
import os
import re
import subprocess
import sys

RESULT = re.compile(r'^(not )?ok\b(?:\s+\d+)?\s*(?:-\s*)?(.*)$')
PLAN = re.compile(r'^1\.\.(\d+)(?:\s*#\s*skip\w*\s*(.*))?', re.IGNORECASE)
SKIP = re.compile(r'(.*?)\s*#\s*(?:skip\w*|todo)\s*(.*)$', re.IGNORECASE)


class Outcome:
    """What one test program said."""

    def __init__(self, entry):
        self.name = entry['name'].split(' / ')[-1]
        self.suite = '+'.join(s.split(':')[-1] for s in entry.get('suite', []))
        self.stdout = entry.get('stdout') or ''
        self.stderr = entry.get('stderr') or ''
        self.duration = entry.get('duration') or 0
        self.passed, self.failed, self.skipped = 0, [], []
        self.read(entry.get('result', 'ERROR'), entry.get('returncode'))

    def read(self, result, status):
        planned, seen, bailed = None, 0, None
        for line in self.stdout.splitlines():
            if match := PLAN.match(line):
                planned = int(match[1])
                if planned == 0:
                    self.skipped.append((self.name, match[2] or 'nothing to do here'))
            elif line.startswith('Bail out!'):
                bailed = line[len('Bail out!'):].strip() or 'bailed out'
            elif match := RESULT.match(line):
                seen += 1
                what, skip = match[2], SKIP.match(match[2])
                if skip:
                    self.skipped.append((skip[1], skip[2] or 'no reason given'))
                elif match[1]:
                    self.failed.append((what, 'not ok'))
                else:
                    self.passed += 1

        if planned is None and seen == 0 and bailed is None:
            self.read_status(result, status)
        elif result in ('TIMEOUT', 'INTERRUPT'):
            self.failed.append((self.name, 'ran out of time after %.0f s' % self.duration))
        elif bailed is not None:
            if not self.failed:
                self.failed.append((self.name, bailed))
        elif planned is None:
            self.failed.append((self.name, 'ended without a plan, status %s' % status))
        elif planned != seen:
            self.failed.append((self.name, 'ran %d of %d tests, status %s' % (seen, planned, status)))
        elif result not in ('OK', 'SKIP', 'EXPECTEDFAIL') and not self.failed:
            self.failed.append((self.name, 'ended with status %s' % status))

    def read_status(self, result, status):
        """A program that speaks no TAP says all with its exit status."""
        if result == 'SKIP':
            self.skipped.append((self.name, (self.stdout.strip().splitlines() or ['skipped'])[-1]))
        elif result == 'OK':
            self.passed = 1
        elif result == 'TIMEOUT':
            self.failed.append((self.name, 'ran out of time after %.0f s' % self.duration))
        else:
            self.failed.append((self.name, 'ended with status %s' % status))


def run(build, names, flags):
    command = ['meson', 'test', '-C', build, '--no-rebuild', *flags, *names]
    log = log_path(build)
    if os.path.exists(log):
        os.remove(log)
    subprocess.run(command, check=False, stdout=sys.stdout, stderr=sys.stderr)


def log_path(build):
    return os.path.join(build, 'meson-logs', 'testlog.json')


def read(build):
    if not os.path.exists(log_path(build)):
        return []
    with open(log_path(build), encoding='utf-8', errors='replace') as log:
        return [Outcome(json.loads(line)) for line in log if line.strip()]


def missing(build, outcomes):
    """Names of tests that the build has and the log does not."""
    listing = subprocess.run(['meson', 'introspect', '--tests', build], check=True,
                             capture_output=True, text=True)
    ran = {outcome.name for outcome in outcomes}
    return sorted({test['name'] for test in json.loads(listing.stdout)} - ran)


def tail(text, n=60):
    lines = [line for line in text.splitlines() if not line.startswith('ok ')]
    return '\n'.join('    ' + line for line in lines[-n:])


def finish(passed, failed, skipped):
    print('%d passed, %d failed, %d skipped' % (passed, failed, skipped), flush=True)
    return 1 if failed or not passed else 0


def sum_totals(path):
    with open(path, encoding='utf-8') as totals:
        rows = [[int(word) for word in line.split()] for line in totals if line.strip()]
    return finish(*(sum(column) for column in zip(*rows))) if rows else finish(0, 0, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('build', nargs='?')
    parser.add_argument('names', nargs='*')
    parser.add_argument('--log', action='store_true')
    parser.add_argument('--setup', action='append', default=[])
    parser.add_argument('--totals')
    parser.add_argument('--sum')
    options = parser.parse_args()
    if options.sum:
        return sum_totals(options.sum)
    if not options.build:
        parser.error('which build folder?')

    if not options.log:
        run(options.build, options.names, options.setup)
    outcomes = read(options.build)
    absent = [] if options.names else missing(options.build, outcomes)

    for outcome in outcomes:
        for name, reason in outcome.skipped:
            print('skipped  %s: %s (%s)' % (outcome.name, name, reason))
    for outcome in outcomes:
        if outcome.failed:
            for name, reason in outcome.failed:
                print('FAILED   %s: %s (%s)' % (outcome.name, name, reason))
            for text in (outcome.stdout, outcome.stderr):
                if text.strip():
                    print(tail(text))
    for name in absent:
        print('FAILED   %s: did not run' % name)

    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(len(outcome.failed) for outcome in outcomes) + len(absent)
    skipped = sum(len(outcome.skipped) for outcome in outcomes)
    if options.totals:
        with open(options.totals, 'a', encoding='utf-8') as totals:
            totals.write('%d %d %d\n' % (passed, failed, skipped))
    return finish(passed, failed, skipped)


if __name__ == '__main__':
    sys.exit(main())
