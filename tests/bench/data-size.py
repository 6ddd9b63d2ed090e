#!/usr/bin/env python3
"""Why transfer works: data-size.py [--frozen LAYER] [--scratch NET] CLI OUTPUT NET.onnx [FACES PER
CLASS...]

Teaches NET.onnx (assets/networks/things.onnx) the emotions of drawn faces from few and from many of
them, three ways (a new head alone, fine-tuned, the same architecture from scratch), and prints a
table of accuracies on 1400 faces that none has seen. What is in OUTPUT already is not trained
again, so it may be interrupted.

An autoencoder serves as well, against its own encoder from random weights:
data-size.py --frozen auto --scratch same CLI OUTPUT faces-autoencoder.onnx 5 20 100"""

import argparse
import json
import pathlib
import subprocess
import sys

SIZES = [20, 50, 200, 1000]
TRAINING = "world:faces, images 7350, seed 2"  # 1050 of each emotion, of which 50 judge the epochs
UNSEEN = "world:faces, images 1400, seed 3"
parser = argparse.ArgumentParser()
parser.add_argument("cli")
parser.add_argument("output", type=pathlib.Path)
parser.add_argument("network")
parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
parser.add_argument("--frozen", default="stem/relu2",
                    help="the last layer that fine-tuning leaves alone when faces are very few")
parser.add_argument("--scratch", default="inception", help="what learns from scratch; same: NET")
args = parser.parse_args()

# More rounds over few faces; a head's cost next to nothing.
def rounds(n, table):
    return str(table[sum(n > limit for limit in (20, 100, 200))])


def gentle(n):
    """Very few faces: less may change, and by smaller steps."""
    return (["--frozen", args.frozen, "--learning-rate", "0.001"] if n < 50 else
            ["--frozen", "none", "--block-rate", "1", "--learning-rate", "0.003"])


WAYS = {
    "head only": (args.network, lambda n: ["--mode", "head", "--epochs", "60"]),
    "fine-tuned": (args.network, lambda n: ["--mode", "fine-tune", *gentle(n),
                                            "--epochs", rounds(n, (40, 25, 12, 6))]),
    "from scratch": (args.network if args.scratch == "same" else args.scratch,
                     lambda n: ["--mode", "scratch", "--epochs", rounds(n, (60, 40, 20, 8))]),
}
AUGMENT = ["--rotate", "0", "--scale", "0", "--shift", "0.05", "--crop", "0", "--colour-change", "0"]

cli, output, sizes = args.cli, args.output, args.sizes


def call(*args):
    done = subprocess.run([cli, *map(str, args)], check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(done.returncode)
    return done.stdout.splitlines()


def measure(way, n):
    network, options = WAYS[way]
    folder = output / ("%s-%d" % (way.replace(" ", "-"), n))
    result = folder.with_suffix(".json")
    if not result.exists():
        call("train", network, TRAINING, "-o", folder, "--per-class", n, "--validation", "0.0476",
             "--threads", 1, "--json", *AUGMENT, *options(n))
        lines = call("ensemble", folder / "network.onnx", UNSEEN, "--all", "--json")
        result.write_text(lines[0])
    return json.loads(result.read_text())["accuracy"]


output.mkdir(parents=True, exist_ok=True)
print("| faces per emotion | " + " | ".join(map(str, sizes)) + " |")
print("|---|" + "---:|" * len(sizes))
for way in WAYS:
    print("| %s | %s |" % (way, " | ".join("%.1f %%" % (100 * measure(way, n)) for n in sizes)),
          flush=True)
