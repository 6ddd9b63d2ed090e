#!/usr/bin/python3
"""PyTorch as a peer: reads requests, one JSON object a line, and answers each with one.

    {"network": …, "what": "forward" | "step" | "train", "batch": 1, "target": "middle" | "logit",
     "way": …, "seconds": 0.5}

"network" is a name of networks.py or the path of an ONNX file. "way" is how PyTorch is driven:
"plain" as Lucent does (weights want gradients, the whole network is run), or one of the ways to
tune it by hand that the request {"ways": …} lists. The answer holds "ms", one number per run, and
"gflop", the arithmetic of convolutions and products in one run. Started by compare.py; needs
python3-torch.
"""
import copy
import json
import os
import resource
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "golden"))
from networks import NETWORKS, Stop, make, make_for_training, value_of  # noqa: E402
import torch  # noqa: E402

LAST = torch.channels_last
WAYS = {
    "forward": ["eager", "eager, channels last", "frozen", "frozen, channels last"],
    "step": ["cut", "cut, channels last", "folded", "folded, channels last"],
    "train": ["eager", "eager, channels last"],
}


class FromFile(torch.nn.Module):
    """An ONNX file as a module; values take the place of layers."""

    def __init__(self, path):
        super().__init__()
        from onnx_in_torch import load, run
        self.graph, self.weights = load(path)
        self.run = run
        self.names = [i.name for i in self.graph.input if i.name not in self.weights]

    def prepare(self, learn, last):
        for name, weight in self.weights.items():
            if last and weight.dim() == 4:
                self.weights[name] = weight = weight.contiguous(memory_format=LAST)
            if weight.is_floating_point() and weight.dim() > 0:
                weight.requires_grad_(learn)

    def value(self, x, name, stop=True):
        return self.run(self.graph, self.weights, x, name if stop else None)[name]


def image(name, batch):
    torch.manual_seed(0)
    return torch.randn(batch, 3, NETWORKS[name][1], NETWORKS[name][1])


def count(net, x, layer):
    """Billions of floating-point operations of convolutions and products up to @layer."""
    total, handles = [0.0], []

    def add(module, inputs, output):
        total[0] += 2e-9 * output.numel() * module.weight[0].numel()

    for m in net.modules():
        if isinstance(m, (torch.nn.Conv2d, torch.nn.Linear)):
            handles.append(m.register_forward_hook(add))
    with torch.no_grad():
        net(x) if layer is None else value_of(net, layer, x)
    for h in handles:
        h.remove()
    return total[0]


def cut_at(net, layer):
    """The network without what comes after @layer, as a graph that can be folded."""
    import torch.fx as fx

    class Tracer(fx.Tracer):
        def is_leaf_module(self, module, name):
            return name == layer or super().is_leaf_module(module, name)

    graph = Tracer().trace(net)
    for node in graph.nodes:
        if node.op == "output":
            last = [n for n in graph.nodes if n.op == "call_module" and n.target == layer][0]
            node.args = (last,)
    cut = fx.GraphModule(net, graph)
    cut.graph.eliminate_dead_code()
    cut.recompile()
    cut.delete_all_unused_submodules()
    return fx.symbolic_trace(cut)


def forward(name, batch, way):
    net, x = make(name), image(name, batch)
    if "channels last" in way:
        net, x = net.to(memory_format=LAST), x.to(memory_format=LAST)
    if "frozen" in way:
        with torch.no_grad():
            net = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, x)))

    def once():
        with torch.inference_mode():
            net(x)
    return once, count(make(name), image(name, batch), None)


def channel_of(name, layer):
    with torch.no_grad():
        return int(value_of(make(name), layer, image(name, 1)).mean((0, 2, 3)).argmax())


def step(name, batch, target, way):
    layer = NETWORKS[name][0] if target == "middle" else None
    channel = channel_of(name, layer) if layer else 5
    net, x = make(name), image(name, batch)
    gflop = 2 * count(net, x, layer)
    kept = {}
    if way == "plain":
        if layer:
            net.get_submodule(layer).register_forward_hook(
                lambda module, inputs, output: kept.update(value=output))
    else:
        if "folded" in way:
            from torch.fx.experimental.optimization import fuse
            net = fuse(cut_at(net, layer) if layer else net, inplace=False).eval()
            layer = None
        net.requires_grad_(False)
        if "channels last" in way:
            net, x = net.to(memory_format=LAST), x.to(memory_format=LAST)
    x.requires_grad_(True)

    def once():
        x.grad = None
        if layer and way != "plain":
            y = value_of(net, layer, x)
        else:
            y = net(x)
            y = kept.pop("value", y)
        (-y[:, channel].mean()).backward()
    return once, gflop


def from_file(request):
    """The same for a file: as Lucent drives it, or frozen, cut and channels last."""
    net = FromFile(request["network"])
    tuned = request["way"] != "plain"
    net.prepare(not tuned and request["what"] == "step", tuned)
    torch.manual_seed(0)
    x = torch.randn(request["shape"])
    if tuned:
        x = x.to(memory_format=LAST)

    def once():
        if request["what"] == "forward":
            with torch.inference_mode():
                net.value(x, request["value"])
            return
        leaf = x.detach().requires_grad_(True)
        y = net.value(leaf, request["value"], stop=tuned)
        (y[0, 0].mean() if y.dim() == 4 else y[0, 0]).backward()
    return once, None


def train(way):
    net = make_for_training().train()
    x, y = torch.randn(64, 3, 64, 64), torch.randint(0, 10, (64,))
    if "channels last" in way:
        net, x = net.to(memory_format=LAST), x.to(memory_format=LAST)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)

    def once():
        optimiser.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(net(x), y).backward()
        optimiser.step()
    return once, 3 * count(copy.deepcopy(net), x, None)


cache = {}


def prepared(request):
    """What to time; the last one is kept, as rounds ask for the same again and again."""
    key = json.dumps({k: v for k, v in request.items() if k != "seconds"}, sort_keys=True)
    if key not in cache:
        if len(cache) > 8:
            cache.clear()
        name, what = request["network"], request["what"]
        if what == "train":
            cache[key] = train(request["way"])
        elif name.endswith(".onnx"):
            cache[key] = from_file(request)
        elif what == "forward":
            cache[key] = forward(name, request["batch"], request["way"])
        else:
            cache[key] = step(name, request["batch"], request["target"], request["way"])
        for _ in range(2):
            cache[key][0]()
    return cache[key]


def answer(request):
    once, gflop = prepared(request)
    once()
    times, end = [], time.perf_counter() + request.get("seconds", 0.5)
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        once()
        times.append((time.perf_counter() - start) * 1e3)
    return {"ms": times, "gflop": gflop,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main():
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count())
    start_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"version": torch.__version__, "ways": WAYS, "start_mb": start_mb}),
          flush=True)
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line))
        except Exception as error:  # a way that this version cannot go
            reply = {"error": str(error).splitlines()[0][:200] if str(error) else repr(error)}
        print(json.dumps(reply), flush=True)


main()
