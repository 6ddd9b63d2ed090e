#!/usr/bin/env python3
"""Phosphene and PyTorch on the same network files, taking turns.

    compare-torch.py PHOSPHENE-CLI NET.onnx... [--rounds 3] [--threads 2]

For each network: milliseconds of one forward pass, and of one forward and backward pass to the
image, to a layer in the middle and to the scores (or the last layer). PyTorch twice: "plain" as
Lucent drives it (weights want gradients, the whole network is run, NCHW) and "tuned" (weights
frozen, nothing after the target, channels last). Each figure is the median over all rounds; the
programs take turns, as the machine may be busy with other things. Prints a table; --json prints
lines instead. Needs python3-onnx and python3-torch; run it with OMP_PROC_BIND=true.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

# Taken before torch is imported: bound to a core, its first thread would hand that core down.
CORES = os.sched_getaffinity(0)
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "OMP_PROC_BIND"}

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
from onnx_in_torch import load, run  # noqa: E402
import torch  # noqa: E402

MIDDLE = {
    "squeezenet1_0": "fire6/concat",
    "mobilenet_v2_1.0_224": "expanded_conv_7/add",
    "mobilenet_v2_1.0_224_inat_bird": "expanded_conv_7/add",
    "inception_v3_2015_trunk": "mixed_5",
    "tinyvgg": "max_pool_1",
}


class Torch:
    """One way to drive PyTorch: @tuned or as Lucent does."""

    def __init__(self, path, target, tuned):
        self.graph, weights = load(path)
        self.stop = target if tuned else None
        self.target = target
        layout = torch.channels_last if tuned else torch.contiguous_format
        self.weights = {}
        for name, weight in weights.items():
            if weight.dim() == 4:
                weight = weight.contiguous(memory_format=layout)
            if weight.is_floating_point() and weight.dim() > 0:
                weight.requires_grad_(not tuned)
            self.weights[name] = weight
        image = [i for i in self.graph.input if i.name not in weights][0]
        shape = [d.dim_value or 1 for d in image.type.tensor_type.shape.dim]
        self.x = torch.randn(shape).contiguous(memory_format=layout)

    def forward(self):
        with torch.no_grad():
            run(self.graph, self.weights, self.x, self.stop)

    def step(self):
        x = self.x.detach().requires_grad_(True)
        y = run(self.graph, self.weights, x, self.stop)[self.target]
        (y[0, 0].mean() if y.dim() == 4 else y[0, 0]).backward()

    def times(self, function, n):
        result = []
        for i in range(n + 1):
            start = time.perf_counter()
            function()
            if i > 0:
                result.append((time.perf_counter() - start) * 1e3)
        return result


def ours(cli, path, unit, threads, runs):
    out = subprocess.run([cli, "bench", path, "--unit", unit, "--json", "--threads", str(threads),
                          "--runs", str(runs)], check=True, capture_output=True, text=True,
                         env=ENVIRONMENT,
                         preexec_fn=lambda: os.sched_setaffinity(0, CORES)).stdout
    return json.loads(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("cli")
    parser.add_argument("networks", nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if not options.json:
        print(f"PyTorch {torch.__version__}, {options.threads} threads, median of "
              f"{options.rounds} × {options.runs} runs, ms\n")
        print("| network → unit | forward: ours | torch plain | torch tuned | step: ours | "
              "torch plain | torch tuned | plain/ours | tuned/ours |")
        print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for path in options.networks:
        name = os.path.splitext(os.path.basename(path))[0]
        info = json.loads(subprocess.run([options.cli, "layers", path, "--json"], check=True,
                                         capture_output=True, text=True).stdout)
        last = info["layers"][-1]["name"]
        units = [(MIDDLE[name] + ":0", MIDDLE[name])] if name in MIDDLE else []
        units.append(("class:0", "logits") if info["classes"] else (last + ":0", last))
        for unit, target in units:
            graph, _ = load(path)
            made = {o for n in graph.node for o in n.output}
            if target not in made:
                target = [n for n in graph.node if n.op_type == "Softmax"][-1].input[0]
            plain, tuned = Torch(path, target, False), Torch(path, target, True)
            figures = {key: [] for key in ("forward", "step", "plain forward", "plain step",
                                           "tuned forward", "tuned step")}
            for _ in range(options.rounds):
                mine = ours(options.cli, path, unit, options.threads, options.runs)
                figures["forward"].append(mine["forward_ms"])
                figures["step"].append(mine["step_ms"])
                figures["plain forward"] += plain.times(plain.forward, options.runs)
                figures["plain step"] += plain.times(plain.step, options.runs)
                figures["tuned forward"] += tuned.times(tuned.forward, options.runs)
                figures["tuned step"] += tuned.times(tuned.step, options.runs)
            m = {key: statistics.median(value) for key, value in figures.items()}
            if options.json:
                print(json.dumps(dict(m, network=name, unit=unit, threads=options.threads)))
            else:
                print(f"| {name} → {unit} | {m['forward']:.1f} | {m['plain forward']:.1f} | "
                      f"{m['tuned forward']:.1f} | {m['step']:.1f} | {m['plain step']:.1f} | "
                      f"{m['tuned step']:.1f} | {m['plain step'] / m['step']:.2f} | "
                      f"{m['tuned step'] / m['step']:.2f} |", flush=True)


if __name__ == "__main__":
    main()
