#!/usr/bin/python3
"""Phosphene beside PyTorch and ONNX Runtime, taking turns: one command, one table.

    make-networks.py nets
    npm install --ignore-scripts onnxruntime-node
    compare.py build/app/phosphene-cli nets --ort node_modules/onnxruntime-node --json figures.jsonl

measures every row of every network; --rows, --networks and --batch choose, so that a part fits into
two minutes. With --json each row is added to the file as soon as it is there, in place of an older
one of the same name; --table FILE prints such a file as Markdown and measures nothing. A row is the
median over rounds in which the programs take turns, as the machine may be busy with other things:
trust the ratios, not the milliseconds.

DIR may also hold other networks; those are measured to the unit --unit (or the last layer) with
PyTorch interpreting the file. Needs python3-torch and python3-torchvision, and node for ONNX
Runtime; what is missing is left out.
"""
import argparse
import glob
import json
import os
import statistics
import subprocess

import conditions

HERE = os.path.dirname(os.path.abspath(__file__))
SIZES = {"inception_v3": 299}
CLEAN = {k: v for k, v in os.environ.items()
         if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OMP_PROC_BIND")}


class Peer:
    """A program that answers lines of JSON with lines of JSON."""

    def __init__(self, command, **environment):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=dict(CLEAN, **environment))
        self.hello = self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("a peer ended before it answered: %s" % self.process.args)
        return json.loads(line)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Bench:
    def __init__(self, options):
        self.o = options
        self.clean = CLEAN
        self.ort = None
        self.torch = self.new_torch()
        if options.ort:
            self.ort = Peer(["node", os.path.join(HERE, "peer-onnxruntime.js"), options.ort,
                             str(options.threads)])

    def new_torch(self):
        if self.o.no_torch:
            return None
        return Peer(["/usr/bin/python3", os.path.join(HERE, "peer-torch.py"),
                     str(self.o.threads)], OMP_PROC_BIND="true")

    def close(self):
        for peer in (self.torch, self.ort):
            if peer is not None:
                peer.close()

    def ours(self, *arguments, threads=None, **environment):
        out = subprocess.run([self.o.cli, *arguments, "--json", "--threads",
                              str(threads or self.o.threads)], check=True, capture_output=True, text=True,
                             env=dict(CLEAN, **environment)).stdout
        return json.loads(out)

    def file(self, network):
        return os.path.join(self.o.folder, network + ".onnx")

    def unit(self, network, target):
        with open(os.path.join(self.o.folder, network + ".bench.json")) as file:
            return json.load(file)[target]

    def is_known(self, network):
        return os.path.exists(os.path.join(self.o.folder, network + ".bench.json"))

    def best_way(self, **request):
        """The way of driving PyTorch that is fastest here, and what it said of the arithmetic."""
        found = []
        for way in self.torch.hello["ways"][request["what"]]:
            reply = self.torch.ask(way=way, seconds=0.3, **request)
            if "error" not in reply:
                found.append((statistics.median(reply["ms"]), way, reply["gflop"]))
        return min(found)[1:]

    def forward(self, network, batch):
        figures, way, gflop = {"ours": [], "torch": [], "onnxruntime": []}, None, None
        if self.torch:
            way, gflop = self.best_way(network=network, what="forward", batch=batch)
        for _ in range(self.o.rounds):
            # A unit at the very end, so that the whole network is run, as the others do.
            mine = self.ours("bench", self.file(network), "--unit", self.unit(network, "logit"),
                             "--batch", str(batch), "--seconds", str(self.o.seconds),
                             "--forward-only")
            figures["ours"].append(mine["forward_ms"])
            if self.torch:
                figures["torch"] += self.torch.ask(network=network, what="forward", batch=batch,
                                                   way=way, seconds=self.o.seconds)["ms"]
            if self.ort:
                figures["onnxruntime"] += self.ort.ask(
                    file=os.path.abspath(self.file(network)), batch=batch,
                    size=SIZES.get(network, 224), seconds=self.o.seconds)["ms"]
        return self.row("forward %s, batch %d" % (network, batch), figures, gflop, way, batch)

    def step(self, network, target):
        figures, way, gflop = {"ours": [], "torch plain": [], "torch": []}, None, None
        request = dict(network=network, what="step", batch=1, target=target)
        if self.torch:
            way, gflop = self.best_way(**request)
        for _ in range(self.o.rounds):
            mine = self.ours("bench", self.file(network), "--unit", self.unit(network, target),
                             "--seconds", str(self.o.seconds))
            figures["ours"].append(mine["step_ms"])
            if self.torch:
                figures["torch plain"] += self.torch.ask(way="plain", seconds=self.o.seconds,
                                                         **request)["ms"]
                figures["torch"] += self.torch.ask(way=way, seconds=self.o.seconds,
                                                   **request)["ms"]
        unit = self.unit(network, target)
        return self.row("step %s → %s" % (network, unit), figures, gflop, way)

    def other(self, network):
        """A file that is not one of ours to compare with, through PyTorch's interpreter."""
        info = self.ours("layers", self.file(network))
        unit = self.o.unit or info["layers"][-1]["name"] + ":0"
        figures = {"ours": [], "torch plain": [], "torch": []}
        rows = []
        for what in ("forward", "step"):
            figures = {key: [] for key in figures}
            request = dict(network=self.file(network), what=what, batch=1,
                           shape=[1] + info["input"], value=unit.rsplit(":", 1)[0])
            for _ in range(self.o.rounds):
                mine = self.ours("bench", self.file(network), "--unit", unit, "--seconds",
                                 str(self.o.seconds))
                figures["ours"].append(mine[what + "_ms"])
                for key, way in (("torch plain", "plain"), ("torch", "tuned")):
                    figures[key] += self.torch.ask(way=way, seconds=self.o.seconds,
                                                   **request)["ms"]
            rows.append(self.row("%s %s → %s" % (what, network, unit), figures, None, "tuned"))
        return rows

    def train(self):
        figures = {"ours": [], "torch": []}
        way, gflop = self.best_way(network="resnet18_64", what="train")
        for _ in range(self.o.rounds):
            out = subprocess.run([self.o.train, self.file("resnet18_64"), "64",
                                  str(self.o.threads), str(self.o.seconds)], check=True,
                                 capture_output=True, text=True, env=CLEAN).stdout
            figures["ours"].append(json.loads(out)["ms"])
            figures["torch"] += self.torch.ask(network="resnet18_64", what="train", way=way,
                                               seconds=self.o.seconds)["ms"]
        return self.row("training step resnet18 64×64, batch 64", figures, gflop, way)

    def row(self, name, figures, gflop, way, batch=1):
        row = {"row": name, "threads": self.o.threads, "torch way": way}
        for key, values in figures.items():
            if values:
                row[key] = round(statistics.median(values) / batch, 3)
        if gflop:
            row["gflops"] = round(gflop / row["ours"] * 1e3 / batch, 1)
        return row


def keep(path, row):
    """Adds @row to the file, in place of an older one of that name."""
    rows = read(path) if os.path.exists(path) else []
    rows = [r for r in rows if r["row"] != row["row"]] + [row]
    with open(path + ".new", "w") as file:
        file.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
    os.replace(path + ".new", path)


def read(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def table(rows):
    peers = ["torch plain", "torch", "onnxruntime"]
    for row in rows:
        if "ours" not in row:
            print("- " + row["row"] + ": " + ", ".join(
                "%s %s" % (key, value) for key, value in row.items() if key != "row"))
    print("\n| ms (an image, where there are several) | ours | torch as Lucent | torch tuned | "
          "ONNX Runtime | best other / ours | effective GFLOP/s |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        if "ours" not in row:
            continue
        cells = ["%.4g" % row[p] if p in row else "–" for p in peers]
        others = [row[p] for p in peers if p in row]
        ratio = "%.2f" % (min(others) / row["ours"]) if others else "–"
        print("| %s | **%.4g** | %s | %s | %s |" % (row["row"], row["ours"], " | ".join(cells),
                                                    ratio, row.get("gflops", "–")))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("cli", nargs="?", help="phosphene-cli")
    parser.add_argument("folder", nargs="?", help="networks of make-networks.py, or others")
    parser.add_argument("--rows", default="forward,step,train",
                        help="of these and threads,instructions,redraw,around,opening,memory")
    parser.add_argument("--networks", default="")
    parser.add_argument("--batch", default="1,16")
    parser.add_argument("--unit", help="of networks that make-networks.py does not make")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.4, help="of each program in each round")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--no-torch", action="store_true")
    parser.add_argument("--ort", help="folder of the package onnxruntime-node")
    parser.add_argument("--json", help="file to keep the rows in")
    parser.add_argument("--table", help="print this file and measure nothing")
    options = parser.parse_args()
    if options.table:
        table(read(options.table))
        return
    if not options.cli or not options.folder:
        parser.error("say where phosphene-cli and the networks are")
    options.train = os.path.join(os.path.dirname(options.cli), "..", "tests", "bench",
                                 "bench-train")
    networks = options.networks.split(",") if options.networks else sorted(
        os.path.basename(p)[:-len(".onnx")]
        for p in glob.glob(os.path.join(options.folder, "*.onnx")))
    bench, rows = Bench(options), []

    def done(row):
        rows.append(row)
        print(json.dumps(row, ensure_ascii=False), flush=True)
        if options.json:
            keep(options.json, row)

    try:
        for network in networks:
            if network == "resnet18_64":
                continue
            if not bench.is_known(network):
                for row in bench.other(network):
                    done(row)
                continue
            if "forward" in options.rows:
                for batch in options.batch.split(","):
                    done(bench.forward(network, int(batch)))
            if "step" in options.rows:
                for target in ("middle", "logit"):
                    done(bench.step(network, target))
            for name in ("threads", "instructions", "redraw", "around", "opening"):
                if name in options.rows:
                    done(getattr(conditions, name)(bench, network))
            if "memory" in options.rows:
                done(conditions.memory(bench, network, bench.new_torch))
        if "train" in options.rows and "resnet18_64" in networks:
            done(bench.train())
    finally:
        bench.close()
    print()
    table(rows)


main()
