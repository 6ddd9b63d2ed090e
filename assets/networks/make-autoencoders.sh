#!/bin/sh
# Makes the autoencoders of drawn faces anew. It takes about an hour with one thread;
# interrupted, it goes on where it was.
#
#   assets/networks/make-autoencoders.sh PHOSPHENE-CLI WORK [FOLDER]
#
# WORK keeps the state of each training; what has become of them goes to FOLDER, by default the
# folder of this script. tests/bench/autoencoders.py measures them.
set -eu

cli=$1
work=$2
here=$(cd "$(dirname "$0")" && pwd)
folder=${3:-$here}
mkdir -p "$work" "$folder"

# Drawings need no random changes: there are as many of them as are wanted.
faces="world:faces, images 24000, seed 1, size 64"
common="--batch 16 --weight-decay 0 --validation 0.02 --flip no --shift 0 --rotate 0 --scale 0 \
  --crop 0 --colour-change 0 --threads 1"

"$cli" train "$here/faces-autoencoder.txt" "$faces" -o "$work/faces-autoencoder" --bottleneck 64 --epochs 24 \
  --learning-rate 0.003 $common
# What it has learned about faces need not be learned again from noisy ones.
"$cli" train "$work/faces-autoencoder/network.onnx" "$faces" -o "$work/faces-denoiser" \
  --mode fine-tune --head keep --frozen none --freeze-statistics no --block-rate 1 --epochs 3 \
  --learning-rate 0.002 --corrupt gaussian --corrupt-level 0.4 --vary-level yes $common

for name in faces-autoencoder faces-denoiser; do
  "$cli" export "$work/$name/network.onnx" --fold --half --about "$here/$name.md" \
    -o "$folder/$name.onnx"
done
