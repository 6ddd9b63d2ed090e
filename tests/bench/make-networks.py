#!/usr/bin/python3
"""Export the networks that are compared to ONNX: make-networks.py DIR [NAME...]

Each becomes DIR/NAME.onnx, for evaluation, with a free batch axis; beside it DIR/NAME.bench.json
names the units that pictures are drawn of: the liveliest channel of a layer in the middle, and a
class. "resnet18_64" is ResNet-18 for learning, with its batch norms, for images of 64 x 64 pixels.
A tool for development: python3-torchvision and some 800 MB of disk.
"""
import json
import os
import sys

from networks import NETWORKS, make, make_for_training, value_of
import torch


def export(folder, name):
    learning = name == "resnet18_64"
    if learning:
        net, x = make_for_training().eval(), torch.randn(2, 3, 64, 64)
    else:
        layer, size = NETWORKS[name]
        net, x = make(name), torch.randn(1, 3, size, size)
        with torch.no_grad():
            channel = int(value_of(net, layer, x).mean((0, 2, 3)).argmax())
        with open(os.path.join(folder, name + ".bench.json"), "w") as file:
            json.dump({"middle": "%s:%d" % (layer, channel), "logit": "class:5"}, file)
    path = os.path.join(folder, name + ".onnx")
    mode = torch.onnx.TrainingMode
    torch.onnx.export(net, x, path, opset_version=13, input_names=["x"], output_names=["logits"],
                      dynamic_axes={"x": {0: "n"}, "logits": {0: "n"}},
                      training=mode.PRESERVE if learning else mode.EVAL,
                      do_constant_folding=not learning)
    print(path, os.path.getsize(path), flush=True)


folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
for name in sys.argv[2:] or list(NETWORKS) + ["resnet18_64"]:
    export(folder, name)
