#!/usr/bin/python3
"""Losses and their gradients as PyTorch computes them: writes tests/golden/losses.json."""

import json
import pathlib

import torch
import torch.nn.functional as F

N, CLASSES = 5, 4


def case(kind, smoothing, weighted):
    torch.manual_seed(len(kind) + int(10 * smoothing) + weighted)
    scores = (3 * torch.randn(N, CLASSES)).requires_grad_()
    labels = torch.randint(CLASSES, (N,))
    weights = torch.rand(CLASSES) + 0.5 if weighted else None
    if kind == "cross-entropy":
        loss = F.cross_entropy(scores, labels, weights, label_smoothing=smoothing)
    else:
        targets = F.one_hot(labels, CLASSES) * (1 - smoothing) + smoothing / CLASSES
        each = (F.mse_loss if kind == "mse" else F.binary_cross_entropy_with_logits)(
            scores, targets, reduction="none").mean(1)
        w = weights[labels] if weighted else torch.ones(N)
        loss = (w * each).sum() / w.sum()
    loss.backward()
    return {"kind": kind, "smoothing": smoothing, "labels": labels.tolist(),
            "weights": weights.tolist() if weighted else None,
            "scores": scores.detach().flatten().tolist(), "loss": loss.item(),
            "gradient": scores.grad.flatten().tolist()}


cases = [case(kind, smoothing, weighted) for kind in ("cross-entropy", "mse", "bce")
         for smoothing in (0.0, 0.1) for weighted in (False, True)]
path = pathlib.Path(__file__).with_name("losses.json")
path.write_text(json.dumps({"torch": torch.__version__, "n": N, "classes": CLASSES,
                            "cases": cases}, indent=1) + "\n")
