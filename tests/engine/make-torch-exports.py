#!/usr/bin/env python3
"""Export torchvision's classification networks with random weights: make-torch-exports.py DIR [NAME ...]

Each becomes DIR/NAME.onnx with DIR/NAME.input.npy, DIR/NAME.output.npy (the class scores in float64
arithmetic) and DIR/NAME.gradient.npy (of the largest score at the input), which test-torch-exports
compares with what Phosphene computes when PHOSPHENE_TORCH_EXPORTS names the folder. A tool for
development; needs python3-torchvision and some two gigabytes of disk.
"""
import os
import sys
import warnings

warnings.filterwarnings('ignore')
import numpy as np  # noqa: E402
import torch  # noqa: E402
import torchvision.models as models  # noqa: E402

# name: height, width (never square where the network allows it)
NETS = {
    'alexnet': (224, 416), 'vgg11_bn': (224, 224), 'squeezenet1_0': (192, 160),
    'squeezenet1_1': (192, 160), 'googlenet': (192, 160), 'inception_v3': (299, 267),
    'resnet18': (192, 160), 'resnet50': (160, 128), 'resnext50_32x4d': (160, 128),
    'wide_resnet50_2': (128, 96), 'densenet121': (160, 128), 'mobilenet_v2': (192, 160),
    'mobilenet_v3_small': (192, 160), 'mobilenet_v3_large': (192, 160),
    'shufflenet_v2_x1_0': (192, 160), 'mnasnet1_0': (192, 160), 'efficientnet_b0': (192, 160),
    'efficientnet_v2_s': (160, 128), 'regnet_x_400mf': (192, 160), 'regnet_y_400mf': (192, 160),
    'convnext_tiny': (160, 128), 'swin_t': (192, 160), 'swin_v2_t': (192, 160),
    'vit_b_16': (224, 224), 'maxvit_t': (224, 224),
}


def make(name):
    torch.manual_seed(0)
    keys = {'weights': None}
    if name in ('googlenet', 'inception_v3'):
        keys.update(aux_logits=False, init_weights=True)
    net = getattr(models, name)(**keys)
    with torch.no_grad():
        for p in net.parameters():
            # A head that starts as zeros gives scores that cannot be compared.
            if p.dim() > 1 and not p.any():
                p.normal_(std=0.02)
    return net


def settle(net, size):
    """Give batch norms the statistics of noise, so that signals neither fade nor explode."""
    for m in net.modules():
        if isinstance(m, torch.nn.BatchNorm2d):
            m.momentum = None
    net.train()
    with torch.no_grad():
        net(torch.randn(4, 3, *size))
    return net.eval()


def export(out, name):
    size = NETS[name]
    net = settle(make(name), size)
    x = torch.randn(1, 3, *size)
    path = os.path.join(out, name)
    torch.onnx.export(net, x, path + '.onnx', opset_version=13, input_names=['x'],
                      output_names=['y'], dynamic_axes={'x': {0: 'n'}, 'y': {0: 'n'}})
    net = net.double()
    x = x.double().requires_grad_()
    y = net(x)
    y.flatten()[y.argmax()].backward()
    for what, value in (('input', x), ('output', y), ('gradient', x.grad)):
        np.save('%s.%s.npy' % (path, what), value.detach().float().numpy())
    print(name, os.path.getsize(path + '.onnx'), flush=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    for name in sys.argv[2:] or NETS:
        if not hasattr(models, name):
            print('%s: not in this torchvision' % name)
            continue
        export(sys.argv[1], name)


main()
