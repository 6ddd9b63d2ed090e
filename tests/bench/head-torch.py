#!/usr/bin/python3
"""The protocol of `phosphene-cli train --mode head` by PyTorch: head-torch.py NET.onnx IMAGES [PER_CLASS]

Features of the layer before the classifier, a linear head, AdamW with a cosine schedule, dropout,
the same split sizes. Compare the accuracies; they agree to within what another split changes.
Needs python3-torch, python3-onnx and python3-pil."""

import json
import math
import pathlib
import random
import sys

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "golden"))
import onnx_in_torch  # noqa: E402

path, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
per_class = int(sys.argv[3]) if len(sys.argv) > 3 else 0
about = json.loads(path.with_suffix(".json").read_text())["input"]
size = about["size"][1]
graph, weights = onnx_in_torch.load(str(path))
makers = {o: n for n in graph.node for o in n.output}

value = graph.output[0].name
while makers[value].op_type not in ("Conv", "Gemm"):
    value = makers[value].input[0]
value = makers[value].input[0]
while makers[value].op_type in ("Dropout", "Flatten", "Reshape"):
    value = makers[value].input[0]


def numbers(key, default):
    v = about.get(key, default)
    return np.array(v if isinstance(v, list) else [v] * 3, np.float32).reshape(3, 1, 1)


def load(file):
    image = Image.open(file).convert("RGB").resize((size, size), Image.BILINEAR)
    x = np.asarray(image, np.float32).transpose(2, 0, 1) / 255 * about.get("scale", 1)
    x = (x - numbers("mean", 0)) / numbers("std", 1)
    return x[::-1].copy() if about.get("order") == "BGR" else x


random.seed(0)
learn, measure = [], []
for label, name in enumerate(sorted(p.name for p in folder.iterdir() if p.is_dir())):
    files = sorted((folder / name).glob("*.jpg"))
    random.shuffle(files)
    cut = len(files) // 5
    measure += [(f, label) for f in files[:cut]]
    learn += [(f, label) for f in files[cut:][:per_class or None]]


def features(items):
    out = []
    with torch.no_grad():
        for i in range(0, len(items), 8):
            x = torch.from_numpy(np.stack([load(f) for f, _ in items[i:i + 8]]))
            y = onnx_in_torch.run(graph, weights, x, value)[value]
            out.append(y.mean((2, 3)) if y.dim() == 4 else y)
    return torch.cat(out), torch.tensor([label for _, label in items])


x, t = features(learn)
vx, vt = features(measure)
results = []
for seed in range(5):
    torch.manual_seed(seed)
    head = torch.nn.Linear(x.shape[1], int(t.max()) + 1)
    optimiser = torch.optim.AdamW([{"params": [head.weight], "weight_decay": 1e-4},
                                   {"params": [head.bias], "weight_decay": 0}], lr=2e-3)
    epochs, batch = 40, min(32, len(x))
    steps, step, best = epochs * (len(x) // batch), 0, 0
    warm = int(0.5 * (len(x) // batch))
    for epoch in range(epochs):
        order = torch.randperm(len(x))
        for i in range(len(x) // batch):
            rows = order[i * batch:(i + 1) * batch]
            rate = (2e-3 * (step + 1) / (warm + 1) if step < warm else
                    1e-3 * (1 + math.cos(math.pi * (step - warm) / (steps - warm))))
            for g in optimiser.param_groups:
                g["lr"] = rate
            optimiser.zero_grad()
            F.cross_entropy(head(F.dropout(x[rows], 0.2)), t[rows]).backward()
            optimiser.step()
            step += 1
        with torch.no_grad():
            best = max(best, (head(vx).argmax(1) == vt).double().mean().item())
    results.append(best)
print("features of %s: %d numbers; learned from %d, measured on %d" % (value, x.shape[1], len(x),
                                                                       len(vx)))
print("accuracy of five heads: %s" % ", ".join("%.1f %%" % (100 * r) for r in results))
