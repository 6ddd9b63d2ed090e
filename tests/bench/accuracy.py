#!/usr/bin/env python3
"""How often a network names photographs: accuracy.py PHOSPHENE-CLI NET.onnx FOLDER [OFFSET]

FOLDER holds one photograph per class whose sorted position is its class; OFFSET is the number of
the first class (1 where class 0 is "background"). Prints one JSON line.
"""
import json
import os
import subprocess
import sys

cli, net, folder = sys.argv[1:4]
offset = int(sys.argv[4]) if len(sys.argv) > 4 else 0
files = sorted(os.path.join(folder, f) for f in os.listdir(folder) if not f.endswith(".md"))
out = subprocess.run([cli, "classify", net, "--json", "--top", "5", *files], check=True,
                     capture_output=True, text=True).stdout
rows = [[p["class"] - offset for p in json.loads(line)["top"]] for line in out.splitlines()]
print(json.dumps({"network": os.path.basename(net), "images": len(rows),
                  "top1": 100 * sum(r[0] == i for i, r in enumerate(rows)) / len(rows),
                  "top5": 100 * sum(i in r for i, r in enumerate(rows)) / len(rows)}))
