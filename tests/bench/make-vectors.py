#!/usr/bin/env python3
"""Vectors to measure neighbours on, from CIFAR-10 batches in binary format.

Usage: make-vectors.py FOLDER-WITH-data_batch_*.bin OUT [ROWS]

Writes OUT/base-784.npy, 50,000 grey pictures of 28 × 28: crops, mirrored at random, a little lighter
or darker; OUT/query-784.npy, 1000 of the test batch; and both along the 64 largest principal
components of the base, base-64.npy and query-64.npy.
"""
import pathlib
import sys

import numpy


def grey(paths):
    records = numpy.concatenate([numpy.fromfile(p, "u1").reshape(-1, 3073) for p in paths])
    planes = records[:, 1:].reshape(-1, 3, 32, 32).astype("f4") / 255
    return numpy.tensordot(planes, numpy.array([0.299, 0.587, 0.114], "f4"), ([1], [0]))


def crops(pictures, n, rng):
    out = numpy.empty((n, 28, 28), "f4")
    for i in range(n):
        y, x = rng.integers(0, 5, 2)
        picture = pictures[i % len(pictures), y:y + 28, x:x + 28]
        out[i] = (picture[:, ::-1] if rng.random() < 0.5 else picture) * rng.uniform(0.8, 1.2)
    return out.reshape(n, -1)


def main():
    source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    n = int(sys.argv[3]) if len(sys.argv) > 3 else 50000
    rng = numpy.random.default_rng(0)
    out.mkdir(parents=True, exist_ok=True)
    base = crops(grey(sorted(source.glob("data_batch_*.bin"))), n, rng)
    query = crops(grey([source / "test_batch.bin"]), 1000, rng)
    mean = base.mean(0)
    _, axes = numpy.linalg.eigh(numpy.cov((base - mean).T.astype("f8")))
    axes = axes[:, ::-1][:, :64].astype("f4")
    for name, table in (("base", base), ("query", query)):
        numpy.save(out / f"{name}-784.npy", table)
        numpy.save(out / f"{name}-64.npy", numpy.ascontiguousarray((table - mean) @ axes))


if __name__ == "__main__":
    main()
