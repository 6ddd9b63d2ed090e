#!/usr/bin/env python3
"""How well do pictures of classes explain? One network draws them, another one names them.

    transfer.py PHOSPHENE-CLI A.onnx B.onnx [--classes 1,9,22 | --random 20 --seed 1] \\
        [--keep FOLDER] [--json | --table [--ideas WORD,WORD] [--results FOLDER]] \\
        [-- SETTINGS FOR RENDER...]

Draws a picture of each class on A and shows it, whole, to B, which had no part in it; then the other
way round. Prints how many B names first, how many are among its first five, the mean probability that
it gives to the right class, the mean of its logarithm, and the seconds that one picture took. Both
networks must know the classes of ImageNet in their usual order, with or without one for "background".

--table measures the defaults, then each idea in the list below by itself, and prints rows of
Markdown, with how much better or worse than the defaults the same classes fare on average, and the
standard error of that. --results keeps the pictures, in a folder for each row, so that the same
command goes on where it was interrupted.

Classes: the twenty that are usually shown by default; --random draws others, none of those, and
different ones for each seed below 49: choose settings on these and leave the twenty for the end.
"""
import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile

N_CLASSES = 1000
WIDE = "pad grey, scale 0.6 1.2, rotate -30 30, jitter 20%"
IDEAS = [
    ("defaults", []),
    ("with noise inside the network, 0.1", ["--inner-noise", "0.1"]),
    ("with noise inside the network, 0.15", ["--inner-noise", "0.15"]),
    ("with noise inside the network, 0.2", ["--inner-noise", "0.2"]),
    ("without random changes", ["--transforms", "none"]),
    ("small random changes, as for parts",
     ["--transforms", "pad grey, scale 0.9 1.1, rotate -10 10, jitter 5%"]),
    ("without turning", ["--transforms", "pad grey, scale 0.6 1.2, jitter 20%"]),
    ("with crops besides", ["--transforms", WIDE + ", crop 0.6 1"]),
    ("with slants and mirrors besides", ["--transforms", WIDE + ", shear 15, mirror"]),
    ("with colours turned and faded besides",
     ["--transforms", WIDE + ", hue 15, saturation 0.4"]),
    ("with noise on the pixels besides", ["--transforms", WIDE + ", noise 0.1"]),
    ("without colour statistics: red, green, blue", ["--colour", "rgb"]),
    ("pixels instead of waves", ["--image", "pixels"]),
    ("waves as in photographs, 1/f", ["--falloff", "1"]),
    ("softer waves, 1/f²", ["--falloff", "2"]),
    ("magnitudes fixed as in photographs (MACO)", ["--image", "maco"]),
    ("Laplacian pyramid", ["--image", "pyramid"]),
    ("with a prior against contrast", ["--l2", "20"]),
    ("with a prior for smoothness", ["--tv", "1"]),
    ("against all other classes", ["--rivals", "1"]),
    ("constant step size", ["--rate-pace", "1"]),
    ("two views a step", ["--views", "2"]),
]
SHOWN = [1, 9, 22, 71, 76, 88, 107, 130, 147, 207, 281, 301, 323, 340, 388, 404, 407, 417, 466, 483]


def command(cli, *arguments):
    out = subprocess.run([cli, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def offset(cli, net, image):
    """Number of the first class of ImageNet: 1 where class 0 is the background."""
    n = len(command(cli, "classify", net, "--json", "--top", "2000", image)[0]["top"])
    if n not in (N_CLASSES, N_CLASSES + 1):
        sys.exit(f"{net} has {n} classes, not those of ImageNet")
    return n - N_CLASSES


def draw(cli, net, classes, folder, settings):
    """Files by class, and seconds for each. What an interrupted call has drawn is not drawn again."""
    log = os.path.join(folder, "seconds.json")
    seconds = {}
    if os.path.exists(log):
        with open(log, encoding="utf-8") as file:
            seconds = {int(c): s for c, s in json.load(file).items()}
    # What the network knows is asked with any picture at hand: one of the network itself.
    probe = os.path.join(folder, "probe.png")
    command(cli, "render", net, "--unit", "class:1", "--steps", "1", "-o", probe, "--json")
    first = offset(cli, net, probe)
    os.unlink(probe)
    files = {c: os.path.join(folder, f"{c:03d}.png") for c in classes}
    for c in classes:
        if c not in seconds:
            row, = command(cli, "render", net, "--unit", f"class:{c + first}", "-o", files[c],
                           "--json", *settings)
            seconds[c] = row["seconds"]
            with open(log, "w", encoding="utf-8") as file:
                json.dump(seconds, file)
    return files, sum(seconds[c] for c in classes) / len(classes)


def judge(cli, net, files):
    """For each class: the place that it takes and its probability among the 1000."""
    first = offset(cli, net, next(iter(files.values())))
    rows = command(cli, "classify", net, "--json", "--whole", "--top", "2000", *files.values())
    result = {}
    for c, row in zip(files, rows):
        known = [p for p in row["top"] if p["class"] >= first]
        total = sum(p["probability"] for p in known)
        place = [p["class"] - first for p in known].index(c)
        result[c] = (place, known[place]["probability"] / total)
    return result


def figures(seconds, result):
    n = len(result)
    return {"pictures": n,
            "top1": sum(place == 0 for place, _ in result.values()) / n,
            "top5": sum(place < 5 for place, _ in result.values()) / n,
            "probability": sum(p for _, p in result.values()) / n,
            "log_probability": sum(math.log(max(p, 1e-12)) for _, p in result.values()) / n,
            "seconds": round(seconds, 2)}


def measure(options, classes, settings):
    """What one network says of the other's pictures: a row for each way."""
    ways = [(options.a, options.b), (options.b, options.a)]
    for drawn, named in ways[:1 if options.one_way else 2]:
        names = [os.path.splitext(os.path.basename(net))[0] for net in (drawn, named)]
        with tempfile.TemporaryDirectory() as scratch:
            folder = os.path.join(options.keep or scratch, names[0])
            os.makedirs(folder, exist_ok=True)
            files, seconds = draw(options.cli, drawn, classes, folder, settings)
            result = judge(options.cli, named, files)
            yield names, figures(seconds, result), result


def logarithms(rows):
    return [math.log(max(p, 1e-6)) for _, _, result in rows for _, p in result.values()]


def measure_once(options, classes, settings):
    """As measure(); with --results what is there is not made again."""
    kept = None
    if options.results:
        kept = "-".join([*settings, str(options.seed)]).replace("/", "_").replace(" ", "_")
        kept = os.path.join(options.results, kept)
    one = argparse.Namespace(**{**vars(options), "keep": kept})
    yield from measure(one, classes, settings)


def print_table(options, classes, settings):
    """One row of Markdown an idea."""
    first = None
    for title, changes in IDEAS:
        if options.ideas and title != "defaults" and \
                not any(word in title for word in options.ideas.split(",")):
            continue
        # What is changed comes last and wins.
        rows = list(measure_once(options, classes, settings + changes))
        if first is None:
            first = logarithms(rows)
            print("| idea | " + " | ".join(" → ".join(names) + ": top-1, top-5, mean probability"
                                           for names, _, _ in rows) + " | Δ log | s |")
            print("|---|" + "---:|" * (len(rows) + 2))
        gains = [new - old for new, old in zip(logarithms(rows), first)]
        mean = sum(gains) / len(gains)
        error = math.sqrt(sum((g - mean) ** 2 for g in gains) / max(1, len(gains) - 1) / len(gains))
        cells = [f"{row['top1']:.2f} {row['top5']:.2f} {row['probability']:.3f}" for _, row, _ in rows]
        seconds = sum(row["seconds"] for _, row, _ in rows) / len(rows)
        print(f"| {title} | " + " | ".join(cells) + f" | {mean:+.2f} ± {error:.2f} | {seconds:.1f} |",
              flush=True)


def main():
    if "--" in sys.argv:
        cut = sys.argv.index("--")
        sys.argv, settings = sys.argv[:cut], sys.argv[cut + 1:]
    else:
        settings = []
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cli", metavar="PHOSPHENE-CLI")
    parser.add_argument("a", metavar="A.onnx")
    parser.add_argument("b", metavar="B.onnx")
    parser.add_argument("--classes", help="numbers with commas between")
    parser.add_argument("--random", type=int, metavar="N", help="so many drawn ones, at most 20")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", metavar="FOLDER", help="where to keep the pictures")
    parser.add_argument("--one-way", action="store_true", help="only from A to B")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--table", action="store_true", help="what each idea contributes")
    parser.add_argument("--ideas", metavar="WORDS", help="only those with one of these words")
    parser.add_argument("--results", metavar="FOLDER", help="keeps the table's pictures; goes on with them")
    options = parser.parse_args()
    classes = SHOWN
    if options.classes:
        classes = [int(c) for c in options.classes.split(",")]
    elif options.random:
        others = [c for c in range(N_CLASSES) if c not in SHOWN]
        random.Random(0).shuffle(others)
        start = 20 * (options.seed - 1)
        classes = sorted(others[start:start + min(options.random, 20)])
        if not classes:
            sys.exit("--seed: from 1 to 49")

    if options.table:
        print_table(options, classes, settings)
        return
    if not options.json:
        print(f"{'drawn on → named by':<48} {'top-1':>6} {'top-5':>6} {'prob.':>6} {'log':>6} {'s':>6}")
    for names, row, result in measure(options, classes, settings):
        if options.json:
            print(json.dumps({"drawn_on": names[0], "named_by": names[1], "settings": settings, **row,
                              "classes": {c: {"place": place + 1, "probability": p}
                                          for c, (place, p) in result.items()}}), flush=True)
        else:
            print(f"{names[0] + ' → ' + names[1]:<48} {row['top1']:6.2f} {row['top5']:6.2f} "
                  f"{row['probability']:6.3f} {row['log_probability']:6.2f} {row['seconds']:6.1f}",
                  flush=True)


if __name__ == "__main__":
    main()
