#!/usr/bin/python3
"""How good the autoencoders are: trains them on drawn faces and prints tables.

  tests/bench/autoencoders.py PHOSPHENE-CLI WORK [--images N] [--epochs N] [--only TABLE,...]

Reconstruction against principal components, ways of un-pooling, bottlenecks, noise; whether
neighbours share attributes; whether attributes change evenly along a path, and whether adding the
direction of glasses adds glasses, as a network sees it that was trained to tell. WORK keeps every
training, so what is interrupted goes on. Needs python3-numpy and python3-pil."""

import argparse
import csv
import json
import pathlib
import subprocess

import numpy as np
from PIL import Image

SIDE, STEPS, LEVELS, BOTTLENECKS = 64, 9, (0.05, 0.1, 0.2, 0.3, 0.4), (8, 32, 64, 128)
STILL = ("--flip no --shift 0 --rotate 0 --scale 0 --crop 0 --colour-change 0 "
         "--weight-decay 0 --validation 0.05 --batch 16 --learning-rate 0.003").split()

parser = argparse.ArgumentParser()
parser.add_argument("cli")
parser.add_argument("work", type=pathlib.Path)
parser.add_argument("--images", type=int, default=8000)
parser.add_argument("--held-out", type=int, default=2000)
parser.add_argument("--pairs", type=int, default=60)
parser.add_argument("--epochs", type=int, default=40)
parser.add_argument("--threads", type=int, default=0)
parser.add_argument("--only", default="unpooling,bottlenecks,noise,neighbours,paths")
args = parser.parse_args()
args.work.mkdir(parents=True, exist_ok=True)
FACES = f"world:faces, images {args.images}, seed 1, size {SIDE}"
HELD_OUT = f"world:faces, images {args.held_out}, seed 2, size {SIDE}"


def run(*words):
    done = subprocess.run([args.cli, *map(str, words), "--json", "--threads", str(args.threads)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, words))}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}


def trained(name, description, *options, faces=FACES):
    folder = args.work / name
    if not (folder / "network.onnx").exists():
        run("train", description, faces, "-o", folder, "--epochs", args.epochs, *STILL, *options)
    return folder / "network.onnx"


def components(n):
    path = args.work / f"pca-{n}.onnx"
    if not path.exists():
        run("pca", FACES, "--size", SIDE, "--components", n, "--images", min(args.images, 4000),
            "-o", path)
    return path


def convolutional(n=64, unpool="nearest", **options):
    more = [word for key, value in options.items() for word in (f"--{key.replace('_', '-')}", value)]
    return trained("-".join(["conv", unpool, str(n), *options.values()]), "conv-autoencoder",
                   "--bottleneck", n, "--unpool", unpool, *more)


def denoiser():
    return convolutional(corrupt="gaussian", corrupt_level="0.4", vary_level="yes")


def psnr(network, *options):
    return run("reconstruct", network, HELD_OUT, *options)


def table(head, rows):
    print(f"\n| {' | '.join(head)} |\n|---|{'---:|' * (len(head) - 1)}", flush=True)
    for row in rows:
        print("| " + " | ".join(x if isinstance(x, str) else f"{x:.2f}" for x in row) + " |",
              flush=True)


def unpooling():
    rows = [("principal components", components(64)),
            ("dense", trained("dense-64", "dense-autoencoder", "--bottleneck", 64))]
    rows += [(f"convolutional, {way}", convolutional(unpool=way))
             for way in ("nearest", "transposed", "max")]
    table(["64 numbers", "PSNR, dB"], [(name, psnr(path)["psnr"]) for name, path in rows])


def bottlenecks():
    rows = [(str(n), psnr(components(n))["psnr"],
             psnr(trained(f"dense-{n}", "dense-autoencoder", "--bottleneck", n))["psnr"],
             psnr(convolutional(n))["psnr"]) for n in BOTTLENECKS]
    table(["numbers", "principal components, dB", "dense, dB", "convolutional, dB"], rows)


def noise():
    rows = []
    for level in LEVELS:
        options = ("--corrupt", "gaussian", "--level", level)
        mended = psnr(denoiser(), *options)
        rows.append((str(level), mended["spoiled_psnr"], mended["psnr"],
                     psnr(convolutional(), *options)["psnr"],
                     psnr(components(64), *options)["psnr"]))
    table(["deviation of the noise", "spoiled, dB", "denoiser, dB", "autoencoder, dB",
           "principal components, dB"], rows)


def embed(network, images, name, *options):
    path = args.work / f"{name}.npy"
    run("embed", network, images, "-o", path, *options)
    return np.load(path), list(csv.DictReader(path.with_suffix(".csv").open()))


def neighbours():
    names = ("smile", "glasses", "turn")
    rows = []
    for label, network, options in (("pixels", "pixels", ("--size", 32)),
                                    ("principal components", components(64), ()),
                                    ("convolutional", convolutional(), ()),
                                    ("denoiser", denoiser(), ())):
        x, known = embed(network, HELD_OUT, "embedding", *options)
        y = np.array([[float(row[name]) for name in names] for row in known])
        d = (x ** 2).sum(1)[:, None] + (x ** 2).sum(1) - 2 * x @ x.T
        np.fill_diagonal(d, np.inf)
        near = np.argsort(d, 1)[:, :10]
        rows.append((label, *np.abs(y[near] - y[:, None]).mean((0, 1))))
    rng = np.random.default_rng(0)
    rows.append(("chance", *np.abs(y - y[rng.permutation(len(y))]).mean(0)))
    table(["mean difference among 10 nearest", *names], rows)


def draw_by_glasses(name, n, seed):
    folder = args.work / name
    if not (folder / "done").exists():
        run("draw", "faces", "--images", n, "--seed", seed, "--size", SIDE, "-o", folder / "all")
        for row in csv.DictReader((folder / "all" / "attributes.csv").open()):
            kind = folder / "sorted" / ("glasses" if float(row["glasses"]) > 0.5 else "none")
            kind.mkdir(parents=True, exist_ok=True)
            (folder / "all" / row["file"]).rename(kind / pathlib.Path(row["file"]).name)
        (folder / "done").touch()
    return folder / "sorted"


def cut(sheet, folder, first, rows=1):
    """The pictures of a sheet, row by row, as files."""
    image = Image.open(sheet)
    for i in range(rows):
        for j in range((image.width + 2) // (SIDE + 2)):
            x, y = j * (SIDE + 2), i * (SIDE + 2)
            image.crop((x, y, x + SIDE, y + SIDE)).save(folder / f"{first + i:04}-{j:02}.png")


def probability(probe, folder, name):
    """Of glasses, for each picture of a folder in the order of their names."""
    scores, known = embed(probe, folder, name, "--layer", "logits")
    order = np.argsort([row["image"] for row in known])
    scores = scores[order].astype(np.float64)
    return 1 / (1 + np.exp(scores[:, 1] - scores[:, 0]))  # classes: glasses, none


def paths():
    probe = trained("probe", "small-vgg", faces=draw_by_glasses("drawn", args.images // 2, 11))
    _, known = embed("pixels", HELD_OUT, "known", "--size", 8)
    wears = np.array([float(row["glasses"]) > 0.5 for row in known])
    n = min(args.pairs, wears.sum(), (~wears).sum())
    without, having = np.flatnonzero(~wears)[:n], np.flatnonzero(wears)[:n]
    rows = []
    for label, network in (("principal components", components(64)),
                           ("convolutional", convolutional())):
        folder = args.work / f"paths-{label.split()[0]}"
        parts = [folder / part for part in ("walk", "fade", "direction")]
        for part in parts:
            part.mkdir(parents=True, exist_ok=True)
        for i, (a, b) in enumerate(zip(without, having)):
            sheet = folder / "sheet.png"
            run("interpolate", network, a, b, "--data", HELD_OUT, "--steps", STEPS, "--format", "strip",
                "-o", sheet)
            cut(sheet, parts[0], i)
            Image.open(sheet).crop((0, SIDE + 2, 10 ** 4, 2 * SIDE + 2)).save(sheet)
            cut(sheet, parts[1], i)
        chosen = [word for i in without for word in ("--image", i)]
        run("direction", network, HELD_OUT, "--attribute", "glasses", *chosen, "--strength", 2,
            "--steps", 2, "-o", folder / "sheet.png")
        cut(folder / "sheet.png", parts[2], 0, n)
        curves = [probability(probe, part, "probe").reshape(n, -1) for part in parts]
        even = []
        for curve in curves[:2]:
            # Only where the ends differ is there a way that could turn back.
            net = np.abs(curve[:, -1] - curve[:, 0])
            way = np.abs(np.diff(curve, axis=1)).sum(1)
            even.append(np.mean((net >= 0.9 * way)[net > 0.5]) * 100 if (net > 0.5).any() else np.nan)
        rows.append((label, *even, np.mean(curves[2][:, 1] > 0.5) * 100,
                     np.mean(curves[2][:, 2] > 0.5) * 100))
    table(["share, %", "paths that are even", "cross-fades that are even",
           "seen with glasses, direction taken away", "direction added"], rows)


for wanted in args.only.split(","):
    {"unpooling": unpooling, "bottlenecks": bottlenecks, "noise": noise, "neighbours": neighbours,
     "paths": paths}[wanted]()
