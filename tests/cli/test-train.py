#!/usr/bin/env python3
"""phosphene-cli train: on pictures drawn here.  Prints TAP.

  test-train.py CLI ASSETS

What is learned, going on after SIGKILL with the same result, recipes, what stands in the folder,
mistakes; where python3-onnx is installed, the exported network by ONNX's checker and its reference
implementation."""

import json
import os
import pathlib
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

CLI, ASSETS = sys.argv[1], sys.argv[2]
ENV = dict(os.environ, PHOSPHENE_DATA_DIR=ASSETS, LC_ALL="C.UTF-8")
NET = """input 3 24 24
conv 8 3x3 no-bias, batchnorm, relu, maxpool 2
conv 12 3x3 no-bias, batchnorm, relu
globalpool, dropout 0.1
classes
"""
# Where distributions put their packages, whatever this script is run by.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
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


def run(*args, **kwargs):
    return subprocess.run([CLI, "train", *map(str, args)], env=ENV, capture_output=True, text=True,
                          check=False, **kwargs)


def write_png(path, pixels, side):
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    rows = b"".join(b"\0" + pixels[y * side * 3:(y + 1) * side * 3] for y in range(side))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" +
                     chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def draw(folder, n=20, side=24):
    """Bars across, bars down and blots, in any colour."""
    rng = random.Random(1)
    for kind in ("across", "blots", "down"):
        (folder / kind).mkdir(parents=True)
        for i in range(n):
            step, shift, colour = rng.randint(3, 5), rng.randint(0, 9), rng.sample(range(60, 256), 3)
            pixels = bytearray()
            for y in range(side):
                for x in range(side):
                    a, b = (y + shift) // step % 2, (x + shift) // step % 2
                    on = {"across": a, "down": b, "blots": a & b}[kind]
                    pixels += bytes(max(0, c * on - rng.randint(0, 20)) for c in colour)
            write_png(folder / kind / ("%02d.png" % i), bytes(pixels), side)


ONNX_CHECK = """
import sys
try:
    import numpy; numpy.bool = bool
    import onnx
except ImportError:
    sys.exit(77)
model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
keys = sorted(p.key for p in model.metadata_props)
assert keys == ['phosphene.labels', 'phosphene.preprocess'], keys
try:
    import torch
    sys.path.insert(0, sys.argv[2])
    import onnx_in_torch
except ImportError:
    sys.exit(78)
x = torch.from_numpy(numpy.load(sys.argv[3]))
want = onnx_in_torch.run(*onnx_in_torch.load(sys.argv[1]), x, 'logits')['logits'].numpy()
have = numpy.load(sys.argv[4])
assert abs(want - have).max() < 1e-4 * abs(want).max(), (want, have)
"""


def check_export(root, network):
    """ONNX's checker, and PyTorch's numbers for noise."""
    golden = pathlib.Path(__file__).resolve().parent.parent / "golden"
    x = root / "x.npy"
    values = [(i * 2654435761 % 1000) / 500 - 1 for i in range(2 * 3 * 24 * 24)]
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 24, 24), }"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    x.write_bytes(b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header.encode() +
                  struct.pack("<%df" % len(values), *values))
    done = subprocess.run([CLI, "run", str(network), "--input", str(x), "-o",
                           str(root / "y.npy")], env=ENV, check=False,
                          capture_output=True, text=True)
    check(done.returncode == 0, "the exported network runs on several images", done.stderr)
    done = subprocess.run([PYTHON, "-c", ONNX_CHECK, str(network),
                           str(golden), str(x), str(root / "y.npy")], check=False,
                          capture_output=True, text=True)
    if done.returncode == 77:
        skip("export: passes ONNX's checker", "python3-onnx is not installed")
    else:
        check(done.returncode in (0, 78), "export: passes ONNX's checker", done.stderr)
    if done.returncode in (77, 78):
        skip("export: PyTorch's numbers", "python3-torch is not installed")
    else:
        check(done.returncode == 0, "export: PyTorch's numbers", done.stderr)


def check_epochs(root, images):
    """Networks of single epochs change nothing but the folder, and make a film."""
    plain, kept = root / "plain", root / "kept"
    options = [images, "--epochs", 2, "--size", 16, "--json"]
    net = root / "net.txt"
    run(net, *options, "-o", plain)
    done = run(net, *options, "-o", kept, "--keep-epochs", "yes")
    names = sorted(path.name for path in (kept / "epochs").glob("*"))
    check(names == ["0000.onnx", "0001.onnx", "0002.onnx"], "the network of each epoch is kept",
          done.stderr or names)
    same = subprocess.run([CLI, "compare", str(plain / "network.onnx"), str(kept / "network.onnx"),
                           "--json"], env=ENV, capture_output=True, text=True, check=False)
    changes = [layer["weights"] for layer in json.loads(same.stdout)["layers"]]
    check(not (plain / "epochs").exists() and set(changes) <= {0, None},
          "only where it is wanted, and the same is learned", changes)
    film = root / "film.gif"

    def epochs(*args):
        return subprocess.run([CLI, "epochs", *map(str, args), "-o", str(film)], env=ENV,
                              capture_output=True, text=True, check=False)
    done = epochs(kept, "--unit", "class:0", "--steps", 4, "--json")
    rows = json.loads(done.stdout or "{}").get("networks", [])
    changes = [row["unit-weights"] for row in rows]
    check(len(rows) == 3 and changes[0] == 0 and 0 < changes[1] and 0 < changes[2],
          "a unit in each epoch, and how far its weights went", done.stderr or rows)
    check(film.exists() and film.read_bytes()[:4] == b"GIF8", "as a film")
    done = epochs(kept / "epochs" / names[0], kept / "network.onnx", "-u", "class:0", "--steps", 2)
    check(done.returncode == 0 and "2 pictures" in done.stdout, "of any files",
          done.stderr)
    done = epochs(plain, "--unit", "class:0")
    check(done.returncode == 1 and "--keep-epochs" in done.stderr, "a training without them says so",
          done.stderr)
    done = epochs(kept, "--unit", "class:99")
    check(done.returncode == 1 and "99" in done.stderr, "a unit that is not there", done.stderr)


def check_small(root, images):
    """Folded and halved: smaller, simpler, the same answers; from scratch with what was folded."""
    small = root / "small.onnx"
    done = subprocess.run([CLI, "export", str(root / "a/network.onnx"), "--fold", "--half", "-o",
                           str(small)], env=ENV, check=False, capture_output=True, text=True)
    check(done.returncode == 0 and small.stat().st_size <
          (root / "a/network.onnx").stat().st_size, "export --fold --half: is smaller", done.stderr)

    def kinds(network):
        done = subprocess.run([CLI, "layers", "--json", str(network)], env=ENV, check=False,
                              capture_output=True, text=True)
        return [layer["kind"] for layer in json.loads(done.stdout)["layers"]]
    check("BatchNormalization" not in kinds(small) and "Conv" in kinds(small),
          "export --fold: has no normalisation", kinds(small))
    done = subprocess.run([CLI, "ensemble", "--json", "--all", str(root / "a/network.onnx"),
                           str(small), str(images)], env=ENV, check=False, capture_output=True,
                          text=True)
    a, b = [json.loads(line) for line in done.stdout.splitlines()][:2]
    check(a["accuracy"] == b["accuracy"] and abs(a["loss"] - b["loss"]) < 1e-2,
          "export --fold --half: the same answers", (a, b))
    check_export(root, small)
    done = run(small, images, "-o", root / "again", "--mode", "scratch", "--batch", 12, "--epochs",
               60, "--learning-rate", 0.01, "--rotate", 0, "--json")
    check(done.returncode == 0 and json.loads(done.stdout.splitlines()[-1])["accuracy"] >= 0.8,
          "scratch: a network whose normalisation was folded learns", done.stderr)
    check(kinds(root / "again/network.onnx").count("BatchNormalization") == 2,
          "scratch: with its normalisations put back", kinds(root / "again/network.onnx"))
    run(small, images, "-o", root / "without", "--mode", "scratch", "--epochs", 1, "--normalise",
        "no")
    check("BatchNormalization" not in kinds(root / "without/network.onnx"),
          "scratch --normalise no: as it is", kinds(root / "without/network.onnx"))


def main():
    root = pathlib.Path(tempfile.mkdtemp(prefix="phosphene-train-"))
    ENV["XDG_CACHE_HOME"] = str(root / "cache")
    images = root / "images"
    draw(images)
    net = root / "net.txt"
    net.write_text(NET)
    common = [net, images, "--batch", 12, "--epochs", 60, "--learning-rate", 0.01, "--rotate", 0,
              "--threads", 1]

    done = run(*common, "-o", root / "a", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    epochs = [line for line in lines if "epoch_done" in line]
    check(done.returncode == 0 and len(epochs) == 60, "scratch: trains", done.stderr)
    check(lines[-1]["accuracy"] >= 0.8, "scratch: learns", lines[-1])
    check(sorted(os.listdir(root / "a")) ==
          ["checkpoint", "history.json", "network.onnx", "recipe.txt"],
          "the folder holds what it should", os.listdir(root / "a"))
    confusion = epochs[-1]["confusion"]
    check(sum(map(sum, confusion)) == 12 and len(confusion) == 3, "confusion matrix is complete",
          confusion)
    best = max(e["validation_accuracy"] for e in epochs)
    check(lines[-1]["accuracy"] == best, "the best epoch is kept", (lines[-1], best))

    done = run("--recipe", root / "a" / "recipe.txt", "--threads", 1, "-o", root / "b")
    same = (root / "a" / "network.onnx").read_bytes() == (root / "b" / "network.onnx").read_bytes()
    check(done.returncode == 0 and same, "a recipe repeats a training to the bit", done.stderr)

    def run_killed(*args):
        for _ in range(5):
            process = subprocess.Popen([CLI, "train", *map(str, args)], env=ENV,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            time.sleep(random.uniform(0.02, 0.2))
            process.send_signal(signal.SIGKILL)
            process.communicate()
        return run(*args)

    done = run_killed(*common, "--checkpoint", 0, "-o", root / "k")
    recipe = (root / "k" / "recipe.txt").read_text().replace("checkpoint = 0", "checkpoint = 60")
    check(done.returncode == 0 and recipe == (root / "a" / "recipe.txt").read_text(),
          "killed five times: goes on", done.stderr)

    def weights(path):
        """The file without the recipe in its description."""
        return path.read_bytes().replace(b"checkpoint = 60", b"checkpoint = 0")
    check(len(weights(root / "k" / "network.onnx")) > 5000 and
          weights(root / "k" / "network.onnx")[-5000:] == weights(root / "a" / "network.onnx")[-5000:],
          "killed five times: the same weights")

    done = subprocess.run([CLI, "classify", "--json", "--top", "1", str(root / "a/network.onnx"),
                           *map(str, sorted(images.glob("*/*.png")))], env=ENV, check=False,
                          capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    right = sum(pathlib.Path(a["file"]).parent.name == a["top"][0]["label"] for a in answers)
    check(right >= 45, "the network opens with its labels and knows the images", right)

    check_export(root, root / "a/network.onnx")
    check_small(root, images)
    check_epochs(root, images)

    done = run(root / "a/network.onnx", images, "-o", root / "head", "--mode", "head", "--batch", 8,
               "--learning-rate", 0.01, "--json")
    check(done.returncode == 0 and json.loads(done.stdout.splitlines()[-1])["accuracy"] >= 0.8,
          "head: learns on features", (done.stderr, done.stdout[-900:]))
    cached = list((root / "cache/phosphene/features").iterdir())
    before = [path.stat().st_mtime_ns for path in cached]
    check(len(cached) == 1, "head: features are cached", cached)
    done = run(root / "a/network.onnx", images, "-o", root / "head2", "--mode", "head", "--batch", 8,
               "--learning-rate", 0.01, "--seed", 5)
    after = [path.stat().st_mtime_ns for path in cached]
    check(done.returncode == 0 and before == after, "head: another split needs no new features",
          done.stderr)
    cached[0].write_bytes(cached[0].read_bytes()[:-100])
    done = run(root / "a/network.onnx", images, "-o", root / "head3", "--mode", "head", "--batch", 8,
               "--learning-rate", 0.01)
    check(done.returncode == 0 and (root / "head3/network.onnx").read_bytes() ==
          (root / "head/network.onnx").read_bytes(), "head: a damaged cache is made anew",
          done.stderr)
    for layer in ("conv1", "conv2"):
        done = run(root / "a/network.onnx", images, "-o", root / layer, "--layer", layer,
                   "--epochs", 1, "--batch", 8)
        check(done.returncode == 0, "head: reads the features of the layer that is named",
              done.stderr)
    done = run(root / "a/network.onnx", images, "-o", root / "tuned", "--mode", "fine-tune",
               "--epochs", 8, "--batch", 8, "--learning-rate", 0.003, "--frozen", "conv1", "--json")
    check(done.returncode == 0 and json.loads(done.stdout.splitlines()[-1])["accuracy"] >= 0.8,
          "fine-tune: learns", (done.stderr, done.stdout[-900:]))

    tuning = [root / "a/network.onnx", images, "--mode", "fine-tune", "--epochs", 30, "--batch", 8,
              "--checkpoint", 0, "--freeze-statistics", "no", "--threads", 1]
    run(*tuning, "-o", root / "t0")
    done = run_killed(*tuning, "-o", root / "t1")
    check(done.returncode == 0 and (root / "t0/network.onnx").read_bytes() ==
          (root / "t1/network.onnx").read_bytes(), "fine-tune, killed five times: the same network",
          done.stderr)

    done = subprocess.run([CLI, "ensemble", str(root / "a/network.onnx"),
                           str(root / "tuned/network.onnx"), str(images), "--json"], env=ENV,
                          check=False, capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    check([line["images"] for line in lines] == [12, 12, 12] and
          abs(lines[0]["accuracy"] - best) < 1e-9 and lines[2]["network"] == "together",
          "ensemble: measures what training measured, and all together", (done.stdout, done.stderr))
    done = subprocess.run([CLI, "advise", str(root / "a/network.onnx"), str(images), "--json"],
                          env=ENV, check=False, capture_output=True, text=True)
    advice = json.loads(done.stdout or "{}")
    check(advice.get("per_class") == 16 and advice.get("row", "").startswith("little data") and
          advice.get("distance") is not None and "probe" in advice.get("why", ""),
          "advice: measures and says why", (done.stdout, done.stderr))
    done = subprocess.run([CLI, "ensemble", str(root / "a/network.onnx"), str(images / "down")],
                          env=ENV, check=False, capture_output=True, text=True)
    check(done.returncode == 1, "ensemble: classes must fit", done.stderr)

    for arguments, words in (
            ([net, root / "nowhere", "-o", root / "x"], "nowhere"),
            ([net, images / "across", "-o", root / "x"], "a folder for each class"),
            ([net, images], "--output"),
            ([net, images, "-o", root / "a", "--seed", 3], "holds another training"),
            ([net, images, "-o", images], "is not empty"),
            ([root / "a/network.onnx", images, "-o", root / "x", "--mode", "fine-tune", "--frozen",
              "sky"], "no layer “sky”"),
            ([root / "a/network.onnx", images, "-o", root / "x", "--layer", "sky"],
             "no layer “sky”"),
            (["--recipe", net, "-o", root / "x"], "a recipe begins with"),
            ([net, images, "-o", root / "x", "--batch", 0], "batch")):
        done = run(*arguments)
        check(done.returncode in (1, 2) and words in done.stderr and "\n\n" not in done.stderr,
              "mistake: " + words, (done.returncode, done.stderr))
    check(not (root / "x").exists() or not list((root / "x").iterdir()),
          "mistakes leave nothing behind")

    for name, network in (("described", net), ("opened", root / "a/network.onnx")):
        run(network, images, "--batch", 12, "--epochs", 1, "--mode", "scratch", "--size", 16, "-o",
            root / name)
        done = subprocess.run([CLI, "layers", str(root / name / "network.onnx")], env=ENV,
                              check=False, capture_output=True, text=True)
        check(done.returncode == 0 and done.stderr == "" and "3×16×16" in done.stdout,
              "size: a network that was %s says which it wants" % name, (done.stdout, done.stderr))

    done = run(net, images, "--batch", 12, "--epochs", 2, "-o", root / "watched", "--watch",
               "conv2:3", "--watch", "class:blots")
    pictures = sorted(p.relative_to(root / "watched/units").as_posix()
                      for p in (root / "watched/units").glob("*/*.png"))
    check(done.returncode == 0 and pictures == ["class.blots/001.png", "class.blots/002.png",
                                                "conv2.3/001.png", "conv2.3/002.png"],
          "units are drawn after each epoch", (pictures, done.stderr))

    broken = root / "broken"
    draw(broken, n=8)
    (broken / "down" / "03.png").write_bytes(b"no picture")
    done = run(net, broken, "--batch", 6, "--epochs", 2, "-o", root / "broken-out", "--json")
    check(done.returncode == 0, "an image that cannot be read costs only itself", done.stderr)

    subprocess.run(["rm", "-rf", str(root)], check=False)
    print("1..%d" % count)


main()
