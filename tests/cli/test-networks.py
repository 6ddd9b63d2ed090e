#!/usr/bin/env python3
"""The networks in assets/networks: they open, do what their cards say, and pass ONNX's checker; an
implementation that is not ours gives the same answers.  Prints TAP.

  test-networks.py CLI ASSETS
"""

import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CLI, ASSETS = sys.argv[1], pathlib.Path(sys.argv[2])
ENV = dict(os.environ, PHOSPHENE_DATA_DIR=str(ASSETS), LC_ALL="C.UTF-8")
BENCH = pathlib.Path(__file__).resolve().parent.parent / "bench"
# Where distributions put their packages, whatever this script is run by.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
SAMPLE = 252  # pictures: as many of each of 36 classes and of each of 7
# The card's sentence: "Accuracy: 97.4 % of 3600 unseen drawings (world:things, seed 4)."
SENTENCE = re.compile(r"Accuracy: ([\d.]+) % of (\d+) unseen drawings \((world:\w+), seed (\d+)\)")
# That of an autoencoder: "Reconstruction: 23.2 dB of 600 unseen drawings (world:faces, seed 2)."
DECIBELS = re.compile(r"Reconstruction: ([\d.]+) dB of (\d+) unseen drawings \((world:\w+), seed (\d+)\)")
LARGEST = 4 << 20
count = 0


def check(good, name, detail=""):
    global count
    count += 1
    print("%sok %d %s" % ("" if good else "not ", count, name))
    if not good and detail:
        print("# " + str(detail).replace("\n", "\n# "))


def skip(name, why):
    global count
    count += 1
    print("ok %d %s # SKIP %s" % (count, name, why))


def run(*args):
    return subprocess.run([CLI, *map(str, args)], env=ENV, capture_output=True, text=True,
                          check=False)


def check_autoencoder(name, decibels, images):
    done = run("reconstruct", name, images, "--json")
    have = json.loads(done.stdout)["psnr"] if done.returncode == 0 else 0
    check(abs(have - decibels) < 0.3, name + ": gives back drawings as well as its card says",
          (have, decibels, done.stderr))


def check_network(path, root):
    name = path.stem
    card = path.with_suffix(".md")
    words = " ".join(card.read_text().split()) if card.exists() else ""
    check(path.stat().st_size <= LARGEST, name + ": is small", path.stat().st_size)
    stated = DECIBELS.search(words)
    if stated is not None:
        check_autoencoder(name, float(stated[1]), "%s, images %d, seed %s, size 64"
                          % (stated[3], SAMPLE, stated[4]))
        return
    stated = SENTENCE.search(words)
    check(stated is not None, name + ": its card states the accuracy", card)
    if stated is None:
        return
    accuracy, world, seed = float(stated[1]) / 100, stated[3], int(stated[4])
    images = "%s, images %d, seed %d" % (world, SAMPLE, seed)

    done = run("ensemble", name, images, "--all", "--json")
    have = json.loads(done.stdout.splitlines()[0])["accuracy"] if done.returncode == 0 else 0
    spread = math.sqrt(max(accuracy * (1 - accuracy), 0.01) / SAMPLE)
    check(abs(have - accuracy) < 3.5 * spread,
          name + ": names drawings as well as its card says", (have, accuracy, done.stderr))

    done = run("layers", name, "--json")
    kinds = [layer["kind"] for layer in json.loads(done.stdout)["layers"]]
    check("BatchNormalization" not in kinds and "Relu" in kinds, name + ": is folded", kinds)

    drawn = root / world.replace(":", "-")
    if not drawn.exists():
        run("draw", world, "-n", SAMPLE, "--seed", seed, "-o", drawn)
    done = subprocess.run([PYTHON, "-c", "import torch, onnx, PIL"], check=False,
                          capture_output=True)
    if done.returncode != 0:
        skip(name + ": PyTorch gives the same answers", "torch, onnx or PIL is not installed")
        return
    done = subprocess.run([PYTHON, str(BENCH / "evaluate-torch.py"), str(path), str(drawn)],
                          check=False, capture_output=True, text=True)
    right = json.loads(done.stdout)["right"] if done.returncode == 0 else -1
    check(right == round(have * SAMPLE), name + ": PyTorch gives the same answers to the image",
          (right, have * SAMPLE, done.stderr))


def main():
    networks = sorted((ASSETS / "networks").glob("*.onnx"))
    if not networks:
        print("1..0 # SKIP no network lies in assets/networks: make networks")
        return
    root = pathlib.Path(tempfile.mkdtemp(prefix="phosphene-networks-"))
    ENV["XDG_CACHE_HOME"] = str(root / "cache")
    for path in networks:
        check_network(path, root)
    shutil.rmtree(root)
    print("1..%d" % count)


main()
