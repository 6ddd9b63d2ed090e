#!/usr/bin/python3
"""A scan of a folder of images beside the same forward passes in PyTorch, taking turns.

    compare-scan.py PHOSPHENE-CLI FOLDER NET.onnx... [--batch 16] [--rounds 1] [--limit 300]

Ours: everything "phosphene-cli scan" does: reading, decoding, the network, examples and statistics
of all units, the database. PyTorch: batches, channels last, weights frozen, no gradients, one batch
that is in memory already: neither reading nor decoding nor anything after the scores. Prints images a second of both, and the most
memory the scan took. --limit: so many images, linked into a folder of their own. Needs python3-onnx
and python3-torch.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
from onnx_in_torch import load, run  # noqa: E402
import torch  # noqa: E402


def scan(cli, path, folder):
    most = 0
    with tempfile.TemporaryDirectory() as cache:
        process = subprocess.Popen([cli, "scan", path, folder, "--json"], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   env=dict(os.environ, XDG_CACHE_HOME=cache))
        while process.poll() is None:
            with open(f"/proc/{process.pid}/status") as status:
                most = max([most] + [int(line.split()[1]) for line in status if "VmHWM" in line])
            time.sleep(0.2)
        result = json.loads(process.stdout.read())
    assert result["scanned"] == result["images"], result
    return result["scanned"] / result["seconds"], most / 1024


def forward(path, n, batch):
    graph, weights = load(path)
    weights = {k: w.contiguous(memory_format=torch.channels_last) if w.dim() == 4 else w
               for k, w in weights.items()}
    image = [i for i in graph.input if i.name not in weights][0]
    shape = [d.dim_value or 1 for d in image.type.tensor_type.shape.dim]
    x = torch.rand([batch] + shape[1:]).contiguous(memory_format=torch.channels_last)
    with torch.no_grad():
        run(graph, weights, x, None)
        start = time.perf_counter()
        for _ in range(0, n, batch):
            run(graph, weights, x, None)
        return -(-n // batch) * batch / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("cli")
    parser.add_argument("folder")
    parser.add_argument("networks", nargs="+")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as few:
        folder = options.folder
        if options.limit:
            for name in sorted(os.listdir(folder))[:options.limit]:
                os.link(os.path.join(folder, name), os.path.join(few, name)) \
                    if os.stat(folder).st_dev == os.stat(few).st_dev else \
                    os.symlink(os.path.join(folder, name), os.path.join(few, name))
            folder = few
        n = options.limit or sum(len(f) for _, _, f in os.walk(folder))
        for path in options.networks:
            ours, theirs = [], []
            for _ in range(options.rounds):
                rate, memory = scan(options.cli, path, folder)
                ours.append(rate)
                theirs.append(forward(path, n, options.batch))
            print(f"{os.path.basename(path)}: scan {max(ours):.1f} images/s, PyTorch "
                  f"{max(theirs):.1f} images/s forward alone, ratio {max(ours) / max(theirs):.2f}; "
                  f"at most {memory:.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
