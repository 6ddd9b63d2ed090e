#!/usr/bin/python3
"""Autoencoders as PyTorch trains them, step by step: writes tests/golden/autoencoder.json.

Small networks with the three ways of un-pooling learn to give back eight pictures of noise, all of
them in each step, by SGD, in double precision. Weights and pictures are made by formulas, so the
test in C begins with the same numbers."""

import json
import pathlib

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
N, ROWS, COLUMNS, STEPS, RATE = 8, 8, 12, 7, 0.5

TEXT = """input 3 8 12
conv 6 3x3 no-bias, batchnorm, relu, maxpool 2
conv 8 3x3, relu, maxpool 2
bottleneck
dense 48, relu
reshape 8 2 3
unpool 2, conv 6 3x3 no-bias, batchnorm, relu
unpool 2
reconstruction
"""


def bits(count, seed):
    h = np.arange(count, dtype=np.uint64) * 2654435761 + seed * 40503
    h &= 0xffffffff
    h ^= h >> np.uint64(15)
    h = h * 2246822519 & 0xffffffff
    h ^= h >> np.uint64(13)
    return h >> np.uint64(8)


def noise(shape, seed):
    """Numbers in [-1, 1), multiples of 2^-23, by a hash of the position."""
    return (bits(int(np.prod(shape)), seed).astype(np.float64) / 2 ** 23 - 1).reshape(shape)


class Net(nn.Module):
    def __init__(self, unpool):
        super().__init__()
        self.way = unpool
        self.conv1, self.bn1 = nn.Conv2d(3, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 8, 3, padding=1)
        self.bottleneck, self.dense1 = nn.Linear(48, 10), nn.Linear(10, 48)
        self.conv3, self.bn2 = nn.Conv2d(8, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6)
        self.pixels1 = nn.Conv2d(6, 3, 3, padding=1)
        if unpool == "transposed":
            self.unpool1, self.unpool2 = (nn.ConvTranspose2d(c, c, 2, stride=2) for c in (8, 6))

    def enlarge(self, x, number, places):
        if self.way == "max":
            return F.max_unpool2d(x, places, 2)
        if self.way == "transposed":
            return getattr(self, f"unpool{number}")(x)
        return F.interpolate(x, scale_factor=2, mode="nearest")

    def forward(self, x):
        x, first = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2, return_indices=True)
        x, second = F.max_pool2d(F.relu(self.conv2(x)), 2, return_indices=True)
        x = F.relu(self.dense1(self.bottleneck(x.flatten(1)))).view(-1, 8, 2, 3)
        x = F.relu(self.bn2(self.conv3(self.enlarge(x, 1, second))))
        return torch.sigmoid(self.pixels1(self.enlarge(x, 2, first)))


NAMES = {"bn1": "batchnorm1", "bn2": "batchnorm2"}


def ours(name):
    module, part = name.split(".")
    return NAMES.get(module, module) + "." + part


def case(unpool):
    net = Net(unpool)
    named = [(k, p) for k, p in net.named_parameters() if "bn" not in k]
    with torch.no_grad():
        for i, (key, p) in enumerate(named):
            p.copy_(torch.from_numpy(noise(tuple(p.shape), 100 + i)) * 0.4)
    opt = torch.optim.SGD(net.parameters(), lr=RATE, momentum=0.9)
    pictures = torch.from_numpy((bits(N * 3 * ROWS * COLUMNS, 7) >> np.uint64(16)).astype(
        np.float64).reshape(N, ROWS, COLUMNS, 3) / 255).permute(0, 3, 1, 2)
    losses, first = [], {}
    for _ in range(STEPS):
        opt.zero_grad()
        loss = F.mse_loss(net((pictures - 0.5) / 0.5), pictures)
        loss.backward()
        first = first or {ours(k): p.grad.flatten().tolist()[:6]
                          for k, p in net.named_parameters() if "bn" not in k}
        opt.step()
        losses.append(loss.item())
    return {"unpool": unpool, "losses": losses, "gradients": first,
            "weights": [{"name": ours(k), "seed": 100 + i} for i, (k, p) in enumerate(named)]}


golden = {"torch": torch.__version__, "text": TEXT, "n": N, "rows": ROWS, "columns": COLUMNS,
          "steps": STEPS, "rate": RATE, "picture_seed": 7, "bottleneck": 10,
          "cases": [case("nearest"), case("max"), case("transposed")]}
path = pathlib.Path(__file__).with_name("autoencoder.json")
path.write_text(json.dumps(golden, indent=1) + "\n")
for c in golden["cases"]:
    print(c["unpool"], c["losses"])
