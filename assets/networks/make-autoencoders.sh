#!/bin/sh
# Makes the autoencoders of drawn faces anew. On two idle cores it takes about half an hour;
# interrupted, it goes on where it was.
#
#   assets/networks/make-autoencoders.sh PHOSPHENE-CLI WORK [FOLDER]
#
# WORK keeps the state of each training; what has become of them goes to FOLDER, by default WORK.
# tests/bench/autoencoders.py measures them.
set -eu

cli=$1
work=$2
folder=${3:-$work}
mkdir -p "$work" "$folder"

# Drawings need no random changes: there are as many of them as are wanted.
make () {
  name=$1
  shift
  "$cli" train conv-autoencoder "world:faces, images 8000, seed 1, size 64" -o "$work/$name" \
    --bottleneck 64 --epochs 40 --batch 16 --learning-rate 0.003 --weight-decay 0 \
    --validation 0.05 --flip no --shift 0 --rotate 0 --scale 0 --crop 0 --colour-change 0 "$@"
  "$cli" export "$work/$name/network.onnx" --fold --half -o "$folder/$name.onnx"
}
make faces-autoencoder
make faces-denoiser --corrupt gaussian --corrupt-level 0.4 --vary-level yes
