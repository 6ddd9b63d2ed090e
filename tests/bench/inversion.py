#!/usr/bin/env python3
"""What layers keep of photographs: inverts each photograph at each layer and prints how far the
layer's output for the picture is from that for the photograph, |a - a0|² / |a0|².

inversion.py phosphene-cli network.onnx out-folder --layers a,b,c photo.jpg ... [-- --steps 128 ...]

The pictures lie in the folder afterwards; with ImageMagick there, beside the photographs on one
sheet: a row for each photograph, a column for each layer.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys


def invert(cli, network, layer, photo, path, options):
    objective = f'invert({layer}, "{photo}")'
    done = subprocess.run([cli, "render", network, "--objective", objective, "-o", path, "--json",
                           *options], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr.strip())
    result = json.loads(done.stdout.splitlines()[-1])
    return -result["objective"], result["seconds"]


def make_sheet(folder, photos, layers, size):
    tiles = []
    for photo in photos:
        tiles.append(f"{photo}[0]")
        tiles += [str(folder / name_of(photo, layer)) for layer in layers]
    subprocess.run(["montage", *tiles, "-resize", f"{size}x{size}^", "-gravity", "center",
                    "-extent", f"{size}x{size}", "-geometry", "+3+3", "-tile",
                    f"{len(layers) + 1}x", str(folder / "sheet.png")], check=True)


def name_of(photo, layer):
    return f"{pathlib.Path(photo).stem}-{layer.replace('/', '_')}.png"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cli")
    parser.add_argument("network")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("photos", nargs="+")
    parser.add_argument("--layers", required=True, help="with commas between")
    parser.add_argument("--size", type=int, default=160, help="of a picture on the sheet")
    own = sys.argv[1:]
    options = []
    if "--" in own:
        options = own[own.index("--") + 1:]
        own = own[:own.index("--")]
    args = parser.parse_args(own)
    layers = args.layers.split(",")
    args.folder.mkdir(parents=True, exist_ok=True)

    print(f"{'photograph':32}" + "".join(f"{layer[-20:]:>22}" for layer in layers))
    sums, seconds = [0.0] * len(layers), 0.0
    for photo in args.photos:
        errors = []
        for layer in layers:
            path = args.folder / name_of(photo, layer)
            error, took = invert(args.cli, args.network, layer, photo, path, options)
            errors.append(error)
            seconds += took
        sums = [a + b for a, b in zip(sums, errors)]
        print(f"{pathlib.Path(photo).stem[:31]:32}" + "".join(f"{e:22.5f}" for e in errors),
              flush=True)
    n = len(args.photos)
    print(f"{'mean':32}" + "".join(f"{s / n:22.5f}" for s in sums))
    print(f"{seconds / (n * len(layers)):.1f} seconds a picture")
    if shutil.which("montage"):
        make_sheet(args.folder, args.photos, layers, args.size)


if __name__ == "__main__":
    main()
