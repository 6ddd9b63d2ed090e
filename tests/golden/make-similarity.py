#!/usr/bin/python3
"""How alike layers are, by definition and with NumPy's own SVD: writes tests/golden/similarity.json.

The unbiased criterion is the mean over all ordered quadruples of different images, of which the
formula that programs use is a short form; the linear probe is fitted anew for each image left out.
"""

import itertools
import json
import pathlib

import numpy as np


def centred(x):
    return x - x.mean(0)


def hsic_of_quadruples(k, l):
    """Song et al. 2012, equation 3, as the U-statistic that it estimates (Gretton et al. 2005)."""
    total, count = 0.0, 0
    for i, j, q, r in itertools.permutations(range(len(k)), 4):
        total += k[i, j] * l[i, j] + k[i, j] * l[q, r] - 2 * k[i, j] * l[i, q]
        count += 1
    return total / count


def cka(x, y):
    k, l = x @ x.T, y @ y.T
    return hsic_of_quadruples(k, l) / np.sqrt(hsic_of_quadruples(k, k) * hsic_of_quadruples(l, l))


def plain_cka(x, y):
    """Kornblith et al. 2019, equation 5."""
    return (np.linalg.norm(y.T @ x) ** 2
            / np.linalg.norm(x.T @ x) / np.linalg.norm(y.T @ y))


def svcca(x, y, variance):
    """Raghu et al. 2017; the correlations by whitening."""
    def keep(a):
        u, s, v = np.linalg.svd(a, full_matrices=False)
        k = int(np.searchsorted(np.cumsum(s ** 2) / (s ** 2).sum(), variance) + 1)
        return a @ v[:k].T

    def whiten(a):
        values, vectors = np.linalg.eigh(a.T @ a)
        return a @ vectors @ np.diag(values ** -0.5) @ vectors.T

    return float(np.linalg.svd(whiten(keep(x)).T @ whiten(keep(y)), compute_uv=False).mean())


def probe(x, labels, n_classes):
    s = np.linalg.svd(x, compute_uv=False)
    s = s[s > 1e-6 * s[0]]
    best = None
    for strength in (1e-4, 1e-3, 1e-2, 1e-1, 1):
        ridge = strength * (s ** 2).mean()
        error, right = 0.0, 0
        for i in range(len(x)):
            rest = [j for j in range(len(x)) if j != i]
            y = np.eye(n_classes)[labels[rest]]
            a, mean, share = x[rest], x[rest].mean(0), y.mean(0)
            a = a - mean
            w = np.linalg.solve(a.T @ a + ridge * np.eye(a.shape[1]), a.T @ (y - share))
            answer = share + (x[i] - mean) @ w
            error += ((answer - np.eye(n_classes)[labels[i]]) ** 2).sum()
            right += int(answer.argmax() == labels[i])
        if best is None or error < best[0]:
            best = error, right / len(x)
    return best[1]


def case(n, c_x, c_y, shared, n_classes, seed):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, shared))
    labels = rng.integers(n_classes, size=n)
    x = common @ rng.normal(size=(shared, c_x)) + 0.5 * rng.normal(size=(n, c_x))
    y = common @ rng.normal(size=(shared, c_y)) + 0.5 * rng.normal(size=(n, c_y))
    x[:, 0] += 1.5 * labels
    x, y = (centred(a).astype(np.float32).astype(float) for a in (x, y))
    return {'n': n, 'c_x': c_x, 'c_y': c_y, 'x': x.flatten().tolist(), 'y': y.flatten().tolist(),
            'labels': labels.tolist(), 'classes': n_classes, 'cka': cka(x, y),
            'plain': float(plain_cka(x, y)), 'svcca': svcca(x, y, 0.9), 'variance': 0.9,
            'probe_x': probe(x, labels, n_classes), 'probe_y': probe(y, labels, n_classes)}


cases = [case(14, 3, 5, 2, 2, 1), case(16, 7, 4, 3, 3, 2), case(12, 20, 17, 4, 2, 3)]
path = pathlib.Path(__file__).with_name('similarity.json')
path.write_text(json.dumps({'numpy': np.__version__, 'cases': cases}, indent=1) + '\n')
