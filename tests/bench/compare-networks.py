#!/usr/bin/python3
"""What "phosphene-cli compare" says of two networks beside PyTorch's activations and NumPy's algebra.

    compare-networks.py PHOSPHENE-CLI A.onnx B.onnx FOLDER [--limit 200] [--variance 0.99]

Reads the pictures with Pillow, runs both networks in PyTorch in float32, takes the means over the
positions of each channel, and computes for every layer that both have under one name: the relative
change of the weights (from the constants of the file), linear CKA plain (by the norms of products
of features) and unbiased (by whole matrices of inner products), SVCCA (NumPy's SVD); of each unit
the change of its weights and the correlation. Prints each layer and the largest differences; fails
above 1e-3. For networks of the kinds that tests/golden/onnx_in_torch.py knows, with pictures whose
shorter side is 8/7 of the network's (then no resizing is compared). Needs python3-onnx,
python3-torch, python3-pil.
"""
import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
from onnx_in_torch import load, run  # noqa: E402


def read_picture(path, size):
    image = Image.open(path).convert("RGB")
    left, top = (image.width - size[2]) // 2, (image.height - size[1]) // 2
    pixels = np.asarray(image.crop((left, top, left + size[2], top + size[1])), dtype=np.float32)
    return pixels.transpose(2, 0, 1) / 255


class Net:
    def __init__(self, path):
        self.graph, self.weights = load(path)
        side = json.load(open(path[:-len("onnx")] + "json"))["input"]
        self.size = side["size"]
        self.mean, self.std = (np.array(side[k], dtype=np.float32)[:, None, None]
                               for k in ("mean", "std"))
        self.makers = {n.output[0]: n for n in self.graph.node}

    def means(self, paths, names):
        rows = {name: [] for name in names}
        with torch.no_grad():
            for path in paths:
                x = (read_picture(path, self.size) - self.mean) / self.std
                values = run(self.graph, self.weights, torch.from_numpy(x[None]), None)
                for name in names:
                    y = values[name]
                    rows[name].append(y.mean((2, 3))[0] if y.dim() == 4 else y[0])
        return {name: torch.stack(r).numpy().astype(float) for name, r in rows.items()}

    def learned(self, name):
        """Filters and bias of the layer, behind whatever has only one input that is no constant."""
        while name in self.makers:
            node = self.makers[name]
            own = [self.weights[i].numpy() for i in node.input if i in self.weights]
            if node.op_type in ("Conv", "Gemm"):
                return np.concatenate([w.reshape(w.shape[0], -1) for w in own], axis=1)
            inputs = [i for i in node.input if i not in self.weights]
            if len(inputs) != 1:
                return None
            name = inputs[0]


def unbiased(k, l):
    n = len(k)
    k, l = (m - np.diag(np.diag(m)) for m in (k, l))
    return (np.trace(k @ l) + k.sum() * l.sum() / (n - 1) / (n - 2)
            - 2 * (k @ l).sum() / (n - 2)) / n / (n - 3)


def svcca(x, y, variance):
    def directions(a):
        u, s, _ = np.linalg.svd(a, full_matrices=False)
        return u[:, :int(np.searchsorted(np.cumsum(s ** 2) / (s ** 2).sum(), variance)) + 1]
    return np.linalg.svd(directions(x).T @ directions(y), compute_uv=False).mean()


def expected(a, b, x, y, variance):
    x, y = x - x.mean(0), y - y.mean(0)
    k, l = x @ x.T, y @ y.T
    numbers = {
        "cka": unbiased(k, l) / np.sqrt(unbiased(k, k) * unbiased(l, l)),
        "cka-plain": (np.linalg.norm(y.T @ x) ** 2 / np.linalg.norm(x.T @ x)
                      / np.linalg.norm(y.T @ y)),
        "svcca": svcca(x, y, variance)}
    with np.errstate(all="ignore"):
        correlation = (x * y).sum(0) / np.sqrt((x ** 2).sum(0) * (y ** 2).sum(0))
    units = None
    if a is not None and b is not None:
        a, b = a.astype(float), b.astype(float)
        numbers["weights"] = np.linalg.norm(b - a) / np.linalg.norm(a)
        units = np.linalg.norm(b - a, axis=1) / np.maximum(np.linalg.norm(a, axis=1), 1e-30)
    return numbers, correlation, units


def main():
    parser = argparse.ArgumentParser()
    for name in ("cli", "a", "b", "folder"):
        parser.add_argument(name)
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--variance", type=float, default=0.99)
    args = parser.parse_args()
    paths = sorted(p for p in glob.glob(os.path.join(args.folder, "*")) if "README" not in p)
    paths = paths[::max(1, len(paths) // args.limit)][:args.limit]
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            os.symlink(os.path.abspath(path), os.path.join(folder, os.path.basename(path)))
        found = json.loads(subprocess.run(
            [args.cli, "compare", args.a, args.b, "--images", folder, "--variance",
             str(args.variance), "--json", "--units"],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=dict(os.environ, XDG_CACHE_HOME=os.path.join(folder, ".cache"))).stdout)
    assert found["images"] == len(paths), (found["images"], len(paths))
    a, b = Net(args.a), Net(args.b)
    layers = [e for e in found["layers"] if e["layer"] == e["layer-b"] and e["layer"] in a.makers]
    names = [e["layer"] for e in layers]
    x, y = a.means(paths, names), b.means(paths, names)
    worst = {}
    for layer in layers:
        name = layer["layer"]
        numbers, correlation, units = expected(a.learned(name), b.learned(name), x[name], y[name],
                                               args.variance)
        differences = {k: abs(layer[k] - v) for k, v in numbers.items()}
        ours = layer["all-units"]
        # A unit that hardly answers correlates by rounding alone.
        loud = np.minimum(x[name].std(0) / np.median(x[name].std(0)),
                          y[name].std(0) / np.median(y[name].std(0))) > 1e-3
        differences["unit correlation"] = max(
            abs(u["correlation"] - c) for u, c, l in zip(ours, correlation, loud) if l)
        if units is not None:
            differences["unit weights"] = max(abs(u["weights"] - w) / max(1, w)
                                              for u, w in zip(ours, units))
        print("%-36s " % name + " ".join("%s %.6f" % (k, layer[k]) for k in numbers))
        for k, d in differences.items():
            worst[k] = max(worst.get(k, (0, "")), (float(d), name))
    print("%d layers, %d images; largest differences:" % (len(layers), len(paths)))
    for k, (d, name) in worst.items():
        print("  %-17s %.2g (%s)" % (k, d, name))
    sys.exit(any(d > 1e-3 for d, _ in worst.values()))


if __name__ == "__main__":
    main()
