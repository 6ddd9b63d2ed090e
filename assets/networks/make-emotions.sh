#!/bin/sh
# Makes the three networks that tell emotions of drawn faces apart anew: a new head on things.onnx,
# things.onnx fine-tuned, the same architecture from scratch. Takes about half an hour with one
# thread; interrupted, it goes on where it was.
#
#   assets/networks/make-emotions.sh PHOSPHENE-CLI WORK [FOLDER]
#
# WORK keeps the state of each training; what has become of them goes to FOLDER, by default the
# folder of this script. The settings are those of tests/bench/data-size.py, which also says how
# good they are with fewer faces.
set -eu

cli=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)
folder=${3:-$here}
mkdir -p "$folder"

python3 "$here/../../tests/bench/data-size.py" "$cli" "$work" "$here/things.onnx" 1000

export_as () {
  "$cli" export "$work/$1-1000/network.onnx" --fold --half --about "$here/$2.md" \
    -o "$folder/$2.onnx"
}
export_as head-only emotions-head
export_as fine-tuned emotions-fine-tuned
export_as from-scratch emotions-scratch
