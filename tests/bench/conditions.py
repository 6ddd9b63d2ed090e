"""Rows about the conditions of a step rather than its rivals: threads, instruction sets, a busy
neighbour, what surrounds the network, opening, memory. Used by compare.py."""
import os
import statistics
import subprocess
import sys
import time

# A neighbour that draws 60 times a second and needs 4 ms for it, as a window does.
NEIGHBOUR = """
import time
while True:
    start = time.perf_counter()
    while time.perf_counter() < start + 0.004:
        pass
    time.sleep(max(0, start + 1 / 60 - time.perf_counter()))
"""


def peak_mb(command, environment):
    """What a program needs at most, and how long it takes."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit("%s failed" % command)
    return usage.ru_maxrss / 1024, (time.perf_counter() - start) * 1e3


def step_of(bench, network, target, threads, **environment):
    return bench.ours("bench", bench.file(network), "--unit", bench.unit(network, target),
                      "--seconds", str(bench.o.seconds), threads=threads,
                      **environment)["step_ms"]


def medians(bench, cases):
    """The median of each case over rounds in which they take turns."""
    found = {name: [] for name in cases}
    for _ in range(bench.o.rounds):
        for name, measure in cases.items():
            found[name].append(measure())
    return {name: round(statistics.median(values), 3) for name, values in found.items()}


def threads(bench, network):
    counts = [n for n in (1, 2, 4, 8, 16) if n <= bench.o.threads]
    row = {"row": "threads: step %s → logit" % network}
    row.update(medians(bench, {"%d threads" % n: lambda n=n: step_of(bench, network, "logit", n)
                               for n in counts}))
    return row


def instructions(bench, network):
    row = {"row": "instruction sets: step %s → middle" % network}
    row.update(medians(bench, {
        level: lambda level=level: step_of(bench, network, "middle", bench.o.threads,
                                           PHOSPHENE_CPU=level)
        for level in ("avx512", "avx2", "portable")}))
    row["avx2 / avx512"] = round(row["avx2"] / row["avx512"], 2)
    return row


def redraw(bench, network):
    def beside():
        neighbour = subprocess.Popen([sys.executable, "-c", NEIGHBOUR])
        try:
            return step_of(bench, network, "logit", bench.o.threads)
        finally:
            neighbour.kill()
            neighbour.wait()
    row = {"row": "redrawing at 60 Hz: step %s → logit" % network}
    row.update(medians(bench, {
        "alone": lambda: step_of(bench, network, "logit", bench.o.threads), "beside": beside}))
    row["beside / alone"] = round(row["beside"] / row["alone"], 2)
    return row


def around(bench, network):
    found = [bench.ours("bench", bench.file(network), "--unit", bench.unit(network, "logit"),
                        "--seconds", str(bench.o.seconds), "--ascent")
             for _ in range(bench.o.rounds)]
    m = {key: statistics.median(f[key] for f in found)
         for key in ("step_ms", "ascent_ms", "preview_ms")}
    # A preview is wanted fifteen times a second at most.
    rest = m["ascent_ms"] - m["step_ms"] + m["preview_ms"] * m["ascent_ms"] / 1e3 * 15
    return {"row": "around the network: %s → logit" % network, "network": round(m["step_ms"], 3),
            "whole step": round(m["ascent_ms"], 3), "a preview": round(m["preview_ms"], 3),
            "share of the rest": round(rest / m["step_ms"], 3)}


def opening(bench, network):
    command = [bench.o.cli, "layers", bench.file(network), "--json"]
    empty = [bench.o.cli, "--version"]
    row = {"row": "opening %s" % network}
    row.update(medians(bench, {"open": lambda: peak_mb(command, bench.clean)[1],
                               "program alone": lambda: peak_mb(empty, bench.clean)[1]}))
    row["network"] = round(row["open"] - row["program alone"], 3)
    return row


def memory(bench, network, new_torch):
    """Of a process that makes steps to the scores; PyTorch cut and with its weights frozen."""
    ours, _ = peak_mb([bench.o.cli, "bench", bench.file(network), "--unit",
                       bench.unit(network, "logit"), "--runs", "2", "--threads",
                       str(bench.o.threads)], bench.clean)
    row = {"row": "memory, MB: steps of %s → logit" % network, "phosphene": round(ours)}
    peer = new_torch()
    if peer is not None:
        reply = peer.ask(network=network, what="step", batch=1, target="logit",
                         way="cut, channels last", seconds=0.1)
        row["torch"] = round(reply["peak_mb"])
        row["torch before"] = round(peer.hello["start_mb"])
        peer.close()
    return row
