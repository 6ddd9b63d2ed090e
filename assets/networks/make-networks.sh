#!/bin/sh
# Makes the networks that come with the program anew, from pictures that the program draws itself.
# On two idle cores it takes about a quarter of an hour; interrupted, it goes on where it was.
#
#   assets/networks/make-networks.sh PHOSPHENE-CLI WORK [FOLDER]
#
# WORK keeps the state of each training; what has become of them goes to FOLDER, by default the
# folder of this script.
set -eu

cli=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)
folder=${3:-$here}
mkdir -p "$work" "$folder"

# Drawings need no random changes besides being mirrored: there are as many of them as are wanted.
plain="--shift 0 --rotate 0 --scale 0 --crop 0 --colour-change 0"

# Textures and things: first small pictures, which are quick, then those of full size, then others.
"$cli" train inception "world:things, images 16200, seed 1" --validation 0.05 -o "$work/small" \
  --size 64 --epochs 5 --batch 32 --weight-decay 0.02 --threads 1 $plain
"$cli" train "$work/small/network.onnx" "world:things, images 16200, seed 1" --validation 0.05 \
  -o "$work/things" --size 96 --mode fine-tune --head keep --frozen none --freeze-statistics no \
  --block-rate 1 --epochs 5 --batch 32 --learning-rate 0.0015 --weight-decay 0.02 --threads 1 $plain
"$cli" train "$work/things/network.onnx" "world:things, images 16200, seed 5" --validation 0.05 \
  -o "$work/things-more" --size 96 --mode fine-tune --head keep --frozen none \
  --freeze-statistics no --block-rate 1 --epochs 5 --batch 32 --learning-rate 0.001 \
  --weight-decay 0.02 --threads 1 $plain

"$cli" export "$work/things-more/network.onnx" --fold --half --about "$here/things.md" \
  -o "$folder/things.onnx"
