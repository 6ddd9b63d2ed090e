#!/bin/sh
# Starts the window from the build folder, without installing anything; where there is no display,
# renders pictures instead.   app/run.sh BUILD [NETWORK.onnx]
set -eu

source=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$1" && pwd)
shift

export GSETTINGS_SCHEMA_DIR="$build/assets"
export PHOSPHENE_DATA_DIR="$source/assets"
export PHOSPHENE_LOCALE_DIR="$build/assets/po"

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" = Darwin ] \
   || [ -n "${MSYSTEM:-}" ]; then
  exec "$build/app/phosphene" "$@"
fi
exec "$source/app/pictures.sh" "$build/app/phosphene-cli" "$build/pictures" "$@"
