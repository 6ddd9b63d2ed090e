"""Runs an ONNX image network with PyTorch: an implementation that is not ours, differentiable.

Knows the operators of the networks that the tests compare. Needs python3-onnx and python3-torch.
"""
import numpy as np
for name, kind in (('float', float), ('int', int), ('bool', bool), ('object', object)):
    if name not in np.__dict__:
        setattr(np, name, kind)
import onnx  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from onnx import numpy_helper  # noqa: E402


def load(path):
    """The graph of a file and its constants, by name."""
    graph = onnx.load(path).graph
    return graph, {i.name: torch.from_numpy(numpy_helper.to_array(i).copy())
                   for i in graph.initializer}


def run(graph, weights, x, want, clamp=None):
    """All values up to the one named @want, or all there are when it is None, by name. Relu and Clip
    may be computed by a @clamp (x, low, high) of the caller's."""
    v = dict(weights)
    v[[i.name for i in graph.input if i.name not in weights][0]] = x
    for n in graph.node:
        a = {t.name: onnx.helper.get_attribute_value(t) for t in n.attribute}
        t = [v[i] for i in n.input]
        pads = a.get('pads', [0, 0, 0, 0])
        around = (pads[1], pads[3], pads[0], pads[2])
        if n.op_type == 'Conv':
            y = F.conv2d(F.pad(t[0], around), *t[1:], stride=a.get('strides', [1, 1]),
                         dilation=a.get('dilations', [1, 1]), groups=a.get('group', 1))
        elif n.op_type == 'Relu':
            y = torch.relu(t[0]) if clamp is None else clamp(t[0], 0, float('inf'))
        elif n.op_type == 'Clip':
            y = (clamp or torch.clamp)(t[0], float(t[1]), float(t[2]))
        elif n.op_type == 'MaxPool':
            y = F.max_pool2d(F.pad(t[0], around, value=-float('inf')), a['kernel_shape'],
                             a['strides'], ceil_mode=bool(a.get('ceil_mode', 0)))
        elif n.op_type == 'AveragePool':
            assert pads[:2] == pads[2:]
            y = F.avg_pool2d(t[0], a['kernel_shape'], a['strides'], padding=pads[:2],
                             count_include_pad=bool(a.get('count_include_pad', 0)))
        elif n.op_type == 'GlobalAveragePool':
            y = t[0].mean((2, 3), keepdim=True)
        elif n.op_type == 'Concat':
            y = torch.cat(t, a['axis'])
        elif n.op_type == 'Add':
            y = t[0] + t[1]
        elif n.op_type == 'Flatten':
            y = t[0].flatten(a.get('axis', 1))
        elif n.op_type == 'Gemm':
            assert a.get('transB') and not a.get('transA')
            y = F.linear(t[0], *t[1:])
        elif n.op_type == 'BatchNormalization':
            y = F.batch_norm(t[0], t[3], t[4], t[1], t[2], eps=a.get('epsilon', 1e-5))
        elif n.op_type == 'Cast':
            assert a['to'] == onnx.TensorProto.FLOAT
            y = t[0].float()
        elif n.op_type == 'Dropout':
            y = t[0]
        elif n.op_type == 'Softmax':
            y = torch.softmax(t[0], a.get('axis', -1))
        else:
            raise SystemExit('%s is not known here' % n.op_type)
        v[n.output[0]] = y
        if n.output[0] == want:
            break
    return v
