#!/usr/bin/env python3
"""Kills a scan at random moments until it is done; what it found must equal an uninterrupted scan.

    kill-scan.py PHOSPHENE-CLI NET [IMAGES] [--kills 50] [--ranks 1,2,4]

Without IMAGES it draws noise of its own, some of it twice, and some that cannot be read.
The databases are compared table by table, all bytes. With --ranks, scans shared by so many processes
under mpirun are compared as well. Exits with 1 on any difference.
"""
import argparse
import glob
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time


def start(cli, network, images, cache, ranks=1):
    command = [cli, "scan", network, images, "--json"]
    env = dict(os.environ, XDG_CACHE_HOME=cache)
    if ranks > 1:
        # MPI's search for devices would open the display, perhaps that of another test as it ends.
        env["HWLOC_COMPONENTS"] = "-gl"
        command = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-x", "XDG_CACHE_HOME",
                   "-x", "ASAN_OPTIONS=detect_leaks=0",
                   "-n", str(ranks)] + command
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            env=env)


def finish(process):
    _, err = process.communicate()
    if process.returncode != 0:
        sys.exit("the scan failed: " + err.decode())


def content(cache):
    """All rows of all tables but the counter of commits."""
    files = glob.glob(os.path.join(cache, "phosphene", "scans", "*", "*.db"))
    assert len(files) == 1, files
    db = sqlite3.connect(files[0])
    tables = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert {"unit", "image", "class_sum", "sample"} <= set(tables)
    rows = {t: sorted(db.execute(f"SELECT * FROM {t}"), key=repr) for t in tables}
    rows["meta"] = [r for r in rows["meta"] if r[0] != "generation"]
    assert len(rows["unit"]) > 0 and len(rows["image"]) > 0
    return rows


def draw(folder, chance, n=150):
    """Pictures in the simplest format there is."""
    for i in range(n):
        path = os.path.join(folder, "odd" if i % 2 else "even", f"{i:03}.ppm")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        chance.seed(i - 2 if i % 7 == 6 else i)
        with open(path, "wb") as file:
            file.write(b"P6 64 64 255\n" + chance.randbytes(64 * 64 * 3 if i % 31 else 5))


def done(cache):
    files = glob.glob(os.path.join(cache, "phosphene", "scans", "*", "*.db"))
    if not files:
        return 0
    try:
        return sqlite3.connect(files[0]).execute(
            "SELECT count(*) FROM image WHERE state > 0").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("cli")
    parser.add_argument("network")
    parser.add_argument("images", nargs="?")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--ranks", default="")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        if options.images is None:
            options.images = os.path.join(folder, "images")
            draw(options.images, random.Random())
        whole = os.path.join(folder, "whole")
        began = time.monotonic()
        finish(start(options.cli, options.network, options.images, whole))
        seconds = time.monotonic() - began
        expected = content(whole)

        killed, starts, kept = 0, 0, []
        cache = os.path.join(folder, "killed-0")
        while killed < options.kills:
            process = start(options.cli, options.network, options.images, cache)
            starts += 1
            try:
                process.wait(chance.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                killed += 1
                kept.append(done(cache))
                continue
            process.communicate()
            if content(cache) != expected:
                sys.exit(f"after {killed} kills the database is another")
            cache = os.path.join(folder, f"killed-{starts}")
        finish(start(options.cli, options.network, options.images, cache))
        if content(cache) != expected:
            sys.exit(f"after {killed} kills the database is another")
        print(f"{killed} kills in {starts} starts, images kept after each: {kept}; the database "
              f"equals an uninterrupted one")
        if shutil.which("mpirun") is None:
            options.ranks = ""
        for ranks in [int(r) for r in options.ranks.split(",") if r]:
            shared = os.path.join(folder, f"ranks-{ranks}")
            finish(start(options.cli, options.network, options.images, shared, ranks))
            if content(shared) != expected:
                sys.exit(f"{ranks} processes find something else")
            print(f"{ranks} processes: the same database")


if __name__ == "__main__":
    main()
