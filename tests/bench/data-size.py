#!/usr/bin/env python3
"""Why transfer works: data-size.py CLI OUTPUT NET.onnx [FACES PER CLASS...]

Teaches NET.onnx (assets/networks/things.onnx) the emotions of drawn faces from few and from many of
them, three ways (a new head alone, fine-tuned, the same architecture from scratch), and prints a
table of accuracies on 1400 faces that none has seen. What is in OUTPUT already is not trained
again, so it may be interrupted."""

import json
import pathlib
import subprocess
import sys

SIZES = [20, 50, 200, 1000]
TRAINING = "world:faces, images 7350, seed 2"  # 1050 of each emotion, of which 50 judge the epochs
UNSEEN = "world:faces, images 1400, seed 3"
# More rounds over few faces; a head's cost next to nothing.
WAYS = {
    "head only": (sys.argv[3], lambda n: ["--mode", "head", "--epochs", "60"]),
    "fine-tuned": (sys.argv[3], lambda n: ["--mode", "fine-tune", "--frozen", "stem/relu2",
                                        "--learning-rate", "0.001",
                                        "--epochs", str({20: 40, 50: 25, 200: 12}.get(n, 5))]),
    "from scratch": ("inception", lambda n: ["--epochs",
                                             str({20: 60, 50: 40, 200: 20}.get(n, 8))]),
}
AUGMENT = ["--rotate", "0", "--scale", "0", "--shift", "0.05", "--crop", "0", "--colour-change", "0"]

cli, output = sys.argv[1], pathlib.Path(sys.argv[2])
sizes = [int(n) for n in sys.argv[4:]] or SIZES


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
