#!/usr/bin/env python3
"""Whether the two ways of knowing a unit agree: does the picture made for it excite it more than
photographs do?

    agreement.py PHOSPHENE-CLI FOLDER NET.onnx... [--channels 50] [--seed 1] [--steps 256]

Scans FOLDER (what was scanned before is known already), chooses channels of all layers with a map,
makes the picture of each, shows it to the network like any photograph, and compares the largest
activation with those of the photographs. It agrees when at most one photograph in a thousand excites
the channel more: when it lies above the 99.9th percentile. Channels that no photograph excites are
not counted, and told.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

# Kinds of layers that have nothing of their own to say, or that stand for the layer after them.
OTHERS = ("Conv", "BatchNormalization", "Softmax", "MaxPool", "AveragePool", "GlobalAveragePool",
          "Dropout", "Flatten", "Identity")


def run(cli, *arguments):
    process = subprocess.run([cli, *arguments, "--json"], capture_output=True, text=True)
    if process.returncode:
        sys.exit(process.stderr)
    return json.loads(process.stdout or "null")


def choose(about, n, seed):
    layers = [layer for layer in about["layers"]
              if layer["kind"] not in OTHERS and layer["rows"] > 1]
    units = [(layer["name"], channel) for layer in layers for channel in range(layer["channels"])]
    return random.Random(seed).sample(units, min(n, len(units)))


def largest(cli, net, picture, layer, channel):
    layers = run(cli, "activations", net, picture, "--layer", layer, "--top", "100000")["layers"]
    return next(top["value"] for top in layers[0]["top"] if top["channel"] == channel)


def compare(cli, folder, net, options):
    above, silent, below, n = 0, 0, [], 0
    about = run(cli, "layers", net)
    size = ["--height", str(about["input"][1]), "--width", str(about["input"][2])]
    run(cli, "scan", net, folder)
    with tempfile.TemporaryDirectory() as work:
        picture = os.path.join(work, "picture.png")
        for layer, channel in choose(about, options.channels, options.seed):
            unit = f"{layer}:{channel}"
            study = run(cli, "examples", net, folder, "--unit", unit)
            values = [image["value"] for image in study["highest"]]
            if values[0] <= 0:
                silent += 1
                continue
            run(cli, "render", net, "--unit", unit, *size, "--steps", str(options.steps), "-o",
                picture)
            value = largest(cli, net, picture, layer, channel)
            better = sum(v > value for v in values)
            n += 1
            if better <= study["images"] / 1000:
                above += 1
            else:
                below.append(f"{unit} ({value:.3g}, photographs to {values[0]:.3g})")
    print(f"{os.path.basename(net)}: {above} of {n} pictures ({above / max(n, 1):.0%}) above the "
          f"99.9th percentile; {silent} channels that no photograph excites", flush=True)
    for line in below:
        print(f"  not {line}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("cli")
    parser.add_argument("folder")
    parser.add_argument("networks", nargs="+")
    parser.add_argument("--channels", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=256)
    options = parser.parse_args()
    for net in options.networks:
        compare(options.cli, options.folder, net, options)


if __name__ == "__main__":
    main()
