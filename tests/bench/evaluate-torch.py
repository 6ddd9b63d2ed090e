#!/usr/bin/python3
"""Accuracy of a network on a folder of images by an implementation that is not ours.

  evaluate-torch.py NET.onnx IMAGES

IMAGES has a folder for each class, as `phosphene-cli draw` writes them, in the size that the
network wants; preprocessing and labels are those inside the file. Prints one JSON line. Needs
python3-torch, python3-onnx and python3-pil."""

import json
import pathlib
import sys

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "golden"))
import onnx_in_torch  # noqa: E402


def main(path, folder):
    model = onnx_in_torch.onnx.load(path)
    onnx_in_torch.onnx.checker.check_model(model, full_check=True)
    inside = {p.key: p.value for p in model.metadata_props}
    labels = inside["phosphene.labels"].split("\n")
    about = json.loads(inside["phosphene.preprocess"])
    about = about.get("input", about)
    mean, std = (torch.tensor(about[key]).reshape(1, 3, 1, 1) for key in ("mean", "std"))
    graph, weights = onnx_in_torch.load(path)
    files = sorted(pathlib.Path(folder).glob("*/*.png"))
    right = 0
    with torch.no_grad():
        for i in range(0, len(files), 50):
            x = torch.stack([torch.from_numpy(np.array(Image.open(f).convert("RGB"), np.float32))
                             .permute(2, 0, 1) / 255 for f in files[i:i + 50]])
            y = onnx_in_torch.run(graph, weights, (x - mean) / std, None)[graph.output[0].name]
            right += sum(labels[c] == f.parent.name
                         for c, f in zip(y.argmax(1).tolist(), files[i:i + 50]))
    print(json.dumps({"network": pathlib.Path(path).name, "images": len(files), "right": right,
                      "accuracy": right / len(files)}))


main(*sys.argv[1:3])
