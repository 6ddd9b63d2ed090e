#!/usr/bin/python3
"""Principal components as NumPy's singular value decomposition gives them: writes
tests/golden/pca.json. The data are made by a formula, so the test in C has the same."""

import json
import pathlib

import numpy as np


def data(n, size, seed):
    """Directions of falling strength, turned by a matrix of noise, and a mean that is not zero."""
    def noise(count, salt):
        h = np.arange(count, dtype=np.uint64) * 2654435761 + (seed + salt) * 40503
        h &= 0xffffffff
        h ^= h >> np.uint64(15)
        h = h * 2246822519 & 0xffffffff
        h ^= h >> np.uint64(13)
        return (h >> np.uint64(8)).astype(np.float64) / 2 ** 23 - 1
    strength = 0.8 ** np.arange(size)
    x = noise(n * size, 0).reshape(n, size) * strength @ noise(size * size, 1).reshape(size, size)
    return (x + 0.5 * noise(size, 2)).astype(np.float32)


def case(n, size, k, seed):
    x = data(n, size, seed).astype(np.float64)
    mean = x.mean(0)
    _, s, v = np.linalg.svd(x - mean, full_matrices=False)
    v = v[:k] * np.sign(v[np.arange(k), np.abs(v[:k]).argmax(1)])[:, None]
    return {"n": n, "size": size, "k": k, "seed": seed, "mean": mean.tolist(),
            "components": v.flatten().tolist(), "variance": (s[:k] ** 2 / (n - 1)).tolist(),
            "total_variance": float((s ** 2).sum() / (n - 1))}


golden = {"numpy": np.__version__,
          "cases": [case(40, 7, 7, 1), case(9, 30, 5, 2), case(300, 20, 4, 3)]}
pathlib.Path(__file__).with_name("pca.json").write_text(json.dumps(golden) + "\n")
