#!/usr/bin/python3
"""Training as PyTorch does it, step by step: writes tests/golden/training.json.

A small network with batch normalisation and a residual block learns from 48 pictures of noise in
batches of 16, by SGD and by Adam, in double precision. Weights and pictures are made by formulas,
the order of the pictures is that of PhRng (PCG32), so the test in C begins with the same numbers."""

import json
import math
import pathlib

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
N, CHANNELS, ROWS, COLUMNS, CLASSES, BATCH, EPOCHS, SEED = 48, 3, 12, 10, 4, 16, 7, 5

TEXT = """input 3 12 10
conv 8 3x3 no-bias, batchnorm, relu, maxpool 2
residual { conv 8 3x3 no-bias, batchnorm, relu, conv 8 3x3 no-bias, batchnorm }
relu
conv 10 3x3 stride 2, relu
globalpool
classes
"""


def noise(shape, seed):
    """Numbers in [-1, 1), multiples of 2^-23, by a hash of the position."""
    h = np.arange(np.prod(shape), dtype=np.uint64) * 2654435761 + seed * 40503
    h &= 0xffffffff
    h ^= h >> np.uint64(15)
    h = h * 2246822519 & 0xffffffff
    h ^= h >> np.uint64(13)
    return ((h >> np.uint64(8)).astype(np.float64) / 2 ** 23 - 1).reshape(shape)


class Rng:
    """PCG32 (O'Neill 2014)."""

    def __init__(self, seed, stream):
        self.state, self.increment = 0, (stream << 1 | 1) & (1 << 64) - 1
        self.next()
        self.state = self.state + seed & (1 << 64) - 1
        self.next()

    def next(self):
        old = self.state
        self.state = old * 6364136223846793005 + self.increment & (1 << 64) - 1
        x, r = ((old >> 18) ^ old) >> 27 & 0xffffffff, old >> 59
        return (x >> r | x << (-r & 31)) & 0xffffffff

    def below(self, n):
        threshold = (1 << 32) % n
        while True:
            r = self.next()
            if r >= threshold:
                return r % n


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.rconv1, self.rbn1 = nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.rconv2, self.rbn2 = nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 10, 3, stride=2, padding=1)
        self.dense = nn.Linear(10, CLASSES)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        y = self.rbn2(self.rconv2(F.relu(self.rbn1(self.rconv1(x)))))
        x = F.relu(self.conv2(F.relu(x + y)))
        return self.dense(x.mean((2, 3)))


NAMES = {"conv1": "conv1", "bn1": "batchnorm1", "rconv1": "residual1/conv1",
         "rbn1": "residual1/batchnorm1", "rconv2": "residual1/conv2",
         "rbn2": "residual1/batchnorm2", "conv2": "conv2", "dense": "logits"}


def ours(name):
    module, part = name.split(".")
    if "bn" in module:
        part = {"weight": "scale", "bias": "bias", "running_mean": "mean",
                "running_var": "variance"}[part]
    return NAMES[module] + "." + part


def rate_at(kind, rate, step, total, warm_up):
    if step < warm_up:
        return rate * (step + 1) / (warm_up + 1)
    if kind == "constant":
        return rate
    return rate * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / (total - warm_up)))


def case(name, optimiser, rate, schedule, warm_up_epochs, decay, smoothing, clip):
    net = Net()
    with torch.no_grad():
        for i, (key, p) in enumerate(net.named_parameters()):
            if "bn" not in key:
                p.copy_(torch.from_numpy(noise(tuple(p.shape), 100 + i)) * 0.4)
    weights = [p for k, p in net.named_parameters() if p.dim() > 1]
    others = [p for k, p in net.named_parameters() if p.dim() == 1]
    groups = [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0}]
    opt = {"sgd": lambda: torch.optim.SGD(groups, lr=rate, momentum=0.9),
           "adam": lambda: torch.optim.Adam(groups, lr=rate),
           "adamw": lambda: torch.optim.AdamW(groups, lr=rate)}[optimiser]()
    pictures = torch.from_numpy(noise((N, CHANNELS, ROWS, COLUMNS), 7))
    labels = torch.tensor([i * CLASSES // N for i in range(N)])
    steps, losses, step = EPOCHS * (N // BATCH), [], 0
    for epoch in range(EPOCHS):
        order, rng = list(range(N)), Rng(SEED, epoch)
        for i in range(N, 1, -1):
            j = rng.below(i)
            order[i - 1], order[j] = order[j], order[i - 1]
        for b in range(N // BATCH):
            items = order[b * BATCH:(b + 1) * BATCH]
            for g in opt.param_groups:
                g["lr"] = rate_at(schedule, rate, step, steps, int(warm_up_epochs * (N // BATCH)))
            opt.zero_grad()
            loss = F.cross_entropy(net(pictures[items]), labels[items], label_smoothing=smoothing)
            loss.backward()
            if clip:
                nn.utils.clip_grad_norm_(net.parameters(), clip)
            opt.step()
            losses.append(loss.item())
            step += 1
    net.eval()
    with torch.no_grad():
        scores = net(pictures)
    final = {ours(k): v.flatten().tolist()[:8] for k, v in net.state_dict().items()
             if "num_batches" not in k}
    return {"name": name, "optimiser": optimiser, "learning-rate": rate, "schedule": schedule,
            "warm-up": warm_up_epochs, "weight-decay": decay, "smoothing": smoothing, "clip": clip,
            "losses": losses, "final": final, "scores": scores[:4].flatten().tolist()}


names = [(ours(k), list(p.shape), 100 + i)
         for i, (k, p) in enumerate(Net().named_parameters()) if "bn" not in k]
golden = {"torch": torch.__version__, "text": TEXT, "n": N, "classes": CLASSES, "batch": BATCH,
          "epochs": EPOCHS, "seed": SEED, "picture_seed": 7,
          "weights": [{"name": n, "seed": s} for n, shape, s in names],
          "cases": [case("sgd", "sgd", 0.05, "constant", 0, 1e-3, 0.0, 0),
                    case("sgd-clip", "sgd", 0.05, "cosine", 1, 0, 0.1, 0.3),
                    case("adam", "adam", 0.002, "constant", 0, 1e-3, 0.0, 0),
                    case("adamw", "adamw", 0.002, "cosine", 1, 0.1, 0.1, 0)]}
path = pathlib.Path(__file__).with_name("training.json")
path.write_text(json.dumps(golden, indent=1) + "\n")
for c in golden["cases"]:
    print(c["name"], c["losses"][0], c["losses"][-1])
