#!/usr/bin/env python3
"""Write golden values and gradients of the networks in a folder: make-golden.py MODELS [NAME ...]

An independent implementation: PyTorch runs the graph in float64 and differentiates it. The input of
each network is made by a formula that the test in C repeats exactly (see `noise`). For a neuron, a
channel, a layer and, where there are classes, a class, the JSON file holds the objective and, of
its gradient at the input, the largest entry, sum, norm and samples evenly among what is not zero. Objectives:
neuron and class: the value; channel: its mean over the positions; layer: the mean of its squares.

The seed of each entry is the first for which PyTorch's float32, by two methods of convolution that
round differently, and float64 agree to 1e-5 of the largest entry, so that no Relu or maximum is
decided by rounding, else the best of twelve; "float32" tells how far float32 is off. FIRST_SEED in
the environment skips seeds whose decisions hang on rounding in yet another implementation.
Kernels that round more, such as Winograd's, will decide a few of the millions of a deep network
otherwise, whatever the seed: "decisions" tells whether that is to be expected. One other decision
moves the gradient by up to a hundredth of its largest entry in the receptive field of that
position, and sum and norm by very little.

Needs python3-onnx and python3-torch.
"""
import hashlib
import json
import os
import re
import sys

import numpy as np
import torch

import onnx_in_torch

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = 256
SEEDS = range(int(os.environ.get('FIRST_SEED', 1)), 13)

# value of the neuron with its position; of the channel; of the layer; of the class scores
UNITS = {
    'tinyvgg': ('relu_1_2', (20, 31), 'conv_2_1', 'max_pool_2', 'logits'),
    'squeezenet1_0': ('fire4/concat', (20, 31), 'fire6/expand3x3', 'fire8/concat', 'pool10'),
    'mobilenet_v2_1.0_224': ('expanded_conv_7/add', (5, 9), 'expanded_conv_8/depthwise',
                             'expanded_conv_12/project', 'logits'),
    'mobilenet_v2_1.0_224_inat_bird': ('expanded_conv_3/expand', (11, 30),
                                       'expanded_conv_10/project', 'expanded_conv_15/add',
                                       'logits'),
    'inception_v3_2015_trunk': ('mixed_2', (9, 21), 'mixed_5/tower/conv', 'mixed_8', None),
}


def noise(shape, seed):
    """Numbers in [-1, 1), multiples of 2^-23, by a hash of the position."""
    h = np.arange(np.prod(shape), dtype=np.uint64) * 2654435761 + seed * 40503
    h &= 0xffffffff
    h ^= h >> np.uint64(15)
    h = h * 2246822519 & 0xffffffff
    h ^= h >> np.uint64(13)
    return ((h >> np.uint64(8)).astype(np.float64) / 2 ** 23 - 1).reshape(shape)


def statistics(values):
    flat = values.detach().double().flatten().numpy()
    at = np.flatnonzero(flat)
    at = at[::max(1, at.size // SAMPLES)][:SAMPLES]
    return {'n': flat.size, 'max': float(np.abs(flat).max()), 'sum': float(flat.sum()),
            'norm': float(np.sqrt((flat ** 2).sum())), 'at': [int(i) for i in at],
            'samples': [float('%.8g' % f) for f in flat[at]]}


class Net:
    def __init__(self, folder, name):
        self.path = os.path.join(folder, name + '.onnx')
        self.graph, raw = onnx_in_torch.load(self.path)
        self.weights = {kind: {k: w.to(kind) if w.is_floating_point() else w
                               for k, w in raw.items()}
                        for kind in (torch.float32, torch.float64)}
        side = json.load(open(os.path.join(folder, name + '.json')))
        self.shape = [1] + side['input']['size']

    def value(self, name, seed, kind):
        x = torch.tensor(noise(self.shape, seed), dtype=kind, requires_grad=True)
        return x, onnx_in_torch.run(self.graph, self.weights[kind], x, name)[name]

    def gradient(self, name, objective, seed, kind):
        x, y = self.value(name, seed, kind)
        o = objective(y)
        return float(o), torch.autograd.grad(o, x)[0]


def best(make):
    """@make (seed, kind) → tensor or (number, tensor); the best seed, its result, its error."""
    found = None
    for seed in SEEDS:
        exact = make(seed, torch.float64)
        a = exact[-1].double()
        difference = 0
        for method in (True, False):
            with torch.backends.mkldnn.flags(enabled=method):
                b = make(seed, torch.float32)[-1].double()
            difference = max(difference, float((a - b).abs().max()) / float(a.abs().max()))
        if found is None or difference < found[2]:
            found = (seed, exact, difference)
        if difference <= 1e-5:
            break
    return found


def channel_of(y, row, column):
    """Of several channels the one that says most, so that its gradient is not zero."""
    return int((y[0].abs().mean((1, 2)) if row is None else y[0, :, row, column].abs()).argmax())


def gradient_entry(net, unit, value, objective):
    seed, (o, g), difference = best(lambda seed, kind: net.gradient(value, objective, seed, kind))
    print('  %s: %.4g, seed %d, float32 differs by %.2g' % (unit, o, seed, difference), flush=True)
    # A neuron sees few of them; so do all units of a network of small pictures.
    return dict(unit=unit, seed=seed, objective=o, float32=difference,
                decisions=',' not in unit and net.shape[-1] > 64, **statistics(g))


def make(folder, name):
    net = Net(folder, name)
    neuron, (row, column), channel, layer, scores = UNITS[name]
    print(name, flush=True)
    with torch.no_grad():
        first = {v: net.value(v, 1, torch.float32)[1] for v in (neuron, channel, scores) if v}
        outputs = []
        for o in net.graph.output:
            seed, y, difference = best(lambda seed, kind: (net.value(o.name, seed, kind)[1],))
            outputs.append(dict(value=o.name, seed=seed, float32=difference, **statistics(y[0])))
    n = channel_of(first[neuron], row, column)
    c = channel_of(first[channel], None, None)
    gradients = [
        gradient_entry(net, '%s:%d:%d,%d' % (neuron, n, row, column), neuron,
                       lambda y: y[0, n, row, column]),
        gradient_entry(net, '%s:%d' % (channel, c), channel, lambda y: y[0, c].mean()),
        gradient_entry(net, layer, layer, lambda y: (y ** 2).mean()),
    ]
    if scores:
        k = int(first[scores].flatten().argmax())
        gradients.append(gradient_entry(net, 'class:%d' % k, scores, lambda y: y.flatten()[k]))
    result = {
        'made with': {'python': sys.version.split()[0], 'torch': torch.__version__,
                      'onnx': onnx_in_torch.onnx.__version__, 'numpy': np.__version__},
        'model': name + '.onnx',
        'sha256': hashlib.sha256(open(net.path, 'rb').read()).hexdigest(),
        'shape': net.shape,
        'outputs': outputs,
        'gradients': gradients,
    }
    # One line for each list of numbers.
    text = re.sub(r'\[[-\d.e,\s]*\]', lambda m: ' '.join(m[0].split()),
                  json.dumps(result, indent=1))
    with open(os.path.join(HERE, name + '.json'), 'w') as f:
        f.write(text + '\n')


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    torch.set_num_threads(2)
    for name in sys.argv[2:] or sorted(UNITS):
        make(sys.argv[1], name)


main()
