#!/bin/sh
# What `make run` does where there is no display: pictures of some units, in a folder.
#   app/pictures.sh PHOSPHENE-CLI FOLDER [NETWORK.onnx]
set -eu

cli=$1
folder=$2
network=${3:-$PHOSPHENE_DATA_DIR/networks/things.onnx}
[ -e "$network" ] || network=$PHOSPHENE_DATA_DIR/textbook.onnx

if [ "$(basename "$network")" = textbook.onnx ]; then
  units="gratings:1 gratings:12 colours:0 colours:10 shapes:0 shapes:8 shapes:18 shapes:24
    shapes:27 things:3 things:10 class:4"
else
  # The first channel of each layer but those that only move numbers about, at most twelve.
  units=$("$cli" layers "$network" --json | python3 -c '
import json, sys
layers = json.load(sys.stdin)["layers"]
names = [layer["name"] for layer in layers if not layer.get("obstacle")]
print(*[name + ":0" for name in names[::max(1, len(names) // 12)][:12]])')
fi

echo "There is no display here, so there is no window to open."
echo "Instead, pictures of some units of $(basename "$network") go to $folder:"
mkdir -p "$folder"
set --
for unit in $units; do
  set -- "$@" --unit "$unit"
done
"$cli" render "$network" "$@" --steps 200 -o "$folder"
echo "Done: look at the pictures in $folder"
