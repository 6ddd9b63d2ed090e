#!/usr/bin/env python3
"""phosphene-cli pca, reconstruct, embed, interpolate, direction, map: on faces that the program
draws.  Prints TAP.

  test-embed.py CLI ASSETS"""

import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

CLI, ASSETS = sys.argv[1], sys.argv[2]
ENV = dict(os.environ, PHOSPHENE_DATA_DIR=ASSETS, LC_ALL="C.UTF-8")
FACES = "world:faces, images 60, seed 3, size 24"
AUTOENCODER = """input 3 24 24
conv 6 3x3, relu, maxpool 2
bottleneck
dense 96, relu, reshape 6 4 4, unpool 3, conv 6 3x3, relu, unpool 2
reconstruction
"""
count = 0


def check(good, name, detail=""):
    global count
    count += 1
    print("%sok %d %s" % ("" if good else "not ", count, name))
    if not good and detail:
        print("# " + str(detail).replace("\n", "\n# "))


def run(*args):
    return subprocess.run([CLI, *map(str, args)], env=ENV, capture_output=True, text=True,
                          check=False)


def said(done):
    return json.loads(done.stdout.splitlines()[-1])


def npy_shape(path):
    data = path.read_bytes()
    size = struct.unpack("<H", data[8:10])[0]
    return eval(data[10:10 + size].decode())["shape"]


def png_size(path):
    data = path.read_bytes()
    return struct.unpack(">II", data[16:24]) if data.startswith(b"\x89PNG") else None


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    pca = folder / "pca.onnx"

    done = run("pca", FACES, "--size", 24, "--components", 10, "-o", pca, "--json")
    check(done.returncode == 0 and len(said(done)["variance"]) == 10, "principal components",
          done.stderr)

    few = said(run("reconstruct", pca, FACES, "--json"))
    run("pca", FACES, "--size", 24, "--components", 30, "-o", folder / "more.onnx")
    more = said(run("reconstruct", folder / "more.onnx", FACES, "--json"))
    check(few["images"] == 60 and few["size"] == 10 and more["psnr"] > few["psnr"] + 1,
          "more components give more back", (few, more))

    sheet = folder / "sheet.png"
    done = run("reconstruct", pca, FACES, "--corrupt", "masking", "--level", 0.3, "--columns", 5,
               "-o", sheet, "--json")
    check(done.returncode == 0 and said(done)["spoiled_psnr"] < said(done)["psnr"] and
          png_size(sheet) == (5 * 24 + 4 * 2, 4 * 24 + 3 * 2),
          "what few components give back has less noise; a sheet", done.stdout + done.stderr)

    vectors = folder / "faces.npy"
    done = run("embed", pca, FACES, "-o", vectors)
    rows = (folder / "faces.csv").read_text().splitlines()
    check(done.returncode == 0 and npy_shape(vectors) == (60, 10) and len(rows) == 61 and
          rows[0].startswith("image,class,smile") and rows[2].startswith("1,happy,"),
          "vectors and what they belong to", done.stdout + done.stderr)

    done = run("embed", "textbook", FACES, "-o", folder / "features.npy")
    check(done.returncode == 0 and npy_shape(folder / "features.npy")[0] == 60,
          "features of a classifier", done.stderr)

    walk = folder / "walk.png"
    done = run("interpolate", pca, 3, 17, "--data", FACES, "--format", "strip", "--steps", 5, "-o",
               walk)
    check(done.returncode == 0 and png_size(walk) == (5 * 24 + 4 * 2, 2 * 24 + 2),
          "a walk above fading pictures", done.stderr)
    done = run("interpolate", pca, 3, 17, 4, 5, "--data", FACES, "--steps", 4, "-o", walk)
    check(done.returncode == 0 and png_size(walk) == (8 * 24 + 7 * 2, 4 * 24 + 3 * 2), "a grid",
          done.stderr)
    done = run("interpolate", pca, 3, 17, "--data", FACES, "--path", "spherical", "-o",
               folder / "walk.gif")
    check(done.returncode == 0 and (folder / "walk.gif").read_bytes().startswith(b"GIF8"), "a film",
          done.stderr)
    done = run("interpolate", "textbook", 3, 17, "--data", FACES, "--format", "strip", "-o", walk)
    check(done.returncode == 0, "the nearest images on the way", done.stderr)
    run("draw", "faces", "--images", 2, "--size", 24, "-o", folder / "drawn")
    files = sorted((folder / "drawn").glob("*/*.png"))
    done = run("interpolate", "textbook", *files, "-o", walk)
    check(done.returncode == 1 and "--data" in done.stderr, "what draws nothing says so",
          done.stderr)

    changed = folder / "glasses.png"
    done = run("direction", pca, FACES, "--attribute", "glasses", "--image", 3, "--image", 5,
               "--steps", 4, "-o", changed)
    check(done.returncode == 0 and png_size(changed) == (5 * 24 + 4 * 2, 2 * 24 + 2), "a direction",
          done.stderr)
    done = run("direction", pca, FACES, "--class", "happy", "-o", folder / "happy.npy")
    check(done.returncode == 0 and npy_shape(folder / "happy.npy") == (10,), "a class as a direction",
          done.stderr)
    done = run("direction", pca, FACES, "--attribute", "wings", "-o", changed)
    check(done.returncode == 1 and "smile, mouth-open" in done.stderr, "an unknown attribute",
          done.stderr)

    done = run("map", vectors, FACES, "--method", "umap", "--iterations", 50, "-o",
               folder / "map.npy", "--picture", folder / "map.png", "--json")
    check(done.returncode == 0 and npy_shape(folder / "map.npy") == (60, 2) and
          0.5 < said(done)["trustworthiness"] <= 1 and png_size(folder / "map.png") is not None,
          "a map", done.stdout + done.stderr)
    done = run("map", vectors, "world:faces, images 5", "-o", folder / "map.npy")
    check(done.returncode == 1 and "a row of real numbers" in done.stderr,
          "vectors of other images", done.stderr)

    (folder / "tiny.txt").write_text(AUTOENCODER)
    out = folder / "trained"
    train = ["train", folder / "tiny.txt", FACES, "--bottleneck", 12, "--epochs", 3, "-o", out]
    done = run(*train, "--json")
    check(done.returncode == 0 and "psnr" in said(done), "an autoencoder is trained",
          done.stdout + done.stderr)
    done = run("reconstruct", out / "network.onnx", FACES, "--json")
    check(done.returncode == 0 and said(done)["size"] == 12, "and gives back pictures", done.stderr)
    first = (out / "network.onnx").read_bytes()
    done = run("train", "--recipe", out / "recipe.txt", "-o", folder / "again")
    check(done.returncode == 0 and (folder / "again" / "network.onnx").read_bytes() == first,
          "its recipe makes it again, bit for bit", done.stderr)
    done = run("train", folder / "tiny.txt", FACES, "--unpool", "max", "-o", folder / "max")
    check(done.returncode == 1 and "unpool" not in done.stdout and "maxpool" in done.stderr,
          "remembered places that nobody remembers", done.stderr)
    done = run("reconstruct", "textbook", FACES)
    check(done.returncode == 1 and "no autoencoder" in done.stderr, "what is no autoencoder",
          done.stderr)

print("1..%d" % count)
