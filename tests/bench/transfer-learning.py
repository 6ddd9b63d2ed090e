#!/usr/bin/env python3
"""What transfer learning is good for: transfer-learning.py CLI IMAGES OUTPUT NET.onnx...

Trains each network on the images three ways (head only, fine-tuned, from scratch) with all images
and with 20 per class, and prints a table of accuracies on the images that were kept for measuring,
with the minutes each took. Takes hours on a small computer; what is in OUTPUT already is not
trained again, so it may be interrupted. EPOCHS and SCRATCH in the environment choose the epochs of
fine-tuning and of training from scratch, SIZE the side of the pictures for the latter."""

import json
import os
import pathlib
import subprocess
import sys

cli, images, output = sys.argv[1:4]
EPOCHS, SCRATCH = os.environ.get("EPOCHS", "4"), os.environ.get("SCRATCH", "40")
SIZE = os.environ.get("SIZE", "96")
MODES = {"head only": ["--mode", "head"],
         "fine-tuned": ["--mode", "fine-tune", "--epochs", EPOCHS],
         "from scratch": ["--mode", "scratch", "--epochs", SCRATCH, "--size", SIZE]}


def train(net, mode, per_class):
    name = "%s %s %s" % (pathlib.Path(net).stem, mode, per_class or "all")
    folder = pathlib.Path(output) / name.replace(" ", "-")
    result = folder.parent / (folder.name + ".json")
    if not result.exists():
        done = subprocess.run([cli, "train", net, images, "-o", folder, "--json", "--per-class",
                               str(per_class), *MODES[mode]], check=True, capture_output=True,
                              text=True)
        result.write_text(done.stdout.splitlines()[-1])
    return json.loads(result.read_text())


pathlib.Path(output).mkdir(parents=True, exist_ok=True)
print("| network | images per class | " + " | ".join(MODES) + " |")
print("|---|---|" + "---|" * len(MODES))
for net in sys.argv[4:]:
    for per_class in (0, 20):
        cells = []
        for mode in MODES:
            r = train(net, mode, per_class)
            cells.append("%.1f %% (%.1f min)" % (100 * r["accuracy"], r["seconds"] / 60))
        print("| %s | %s | %s |" % (pathlib.Path(net).stem, per_class or "all", " | ".join(cells)),
              flush=True)
