#!/bin/sh
# Installs what building and testing needs, or says what to install.
#   .ci/packages.sh build [test] [check]     groups of packages, below
#   PHOSPHENE_NO_INSTALL=1                      never install anything, only say what is missing
# On Debian and Ubuntu the packages are installed by apt-get, after naming them; elsewhere the line
# to type is printed. When nothing is missing this says nothing and takes no time.
set -eu

# "a|b": any one of them will do, the first is the one to install.
debian_build="meson ninja-build gcc g++ pkg-config|pkgconf gettext libglib2.0-dev
  libgtk-4-dev libadwaita-1-dev libopenblas-dev|libopenblas-openmp-dev|libopenblas-pthread-dev
  libkissfft-dev libjson-glib-dev libcairo2-dev libgdk-pixbuf-2.0-dev libpng-dev libcgif-dev libonnx-dev
  libjpeg-dev|libjpeg62-turbo-dev|libjpeg-turbo8-dev libarchive-dev libsqlite3-dev libsoup-3.0-dev
  libhnswlib-dev
  libprotobuf-c-dev protobuf-c-compiler libopenmpi-dev openmpi-bin
  libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
  gstreamer1.0-plugins-base gstreamer1.0-plugins-good
  adwaita-icon-theme librsvg2-common fonts-dejavu-core"
debian_test="xvfb xauth dbus at-spi2-core python3-onnx python3-numpy python3-pil
  desktop-file-utils appstream"
debian_check="git clang-format"

fedora_build="meson ninja-build gcc gcc-c++ pkgconf gettext gtk4-devel libadwaita-devel
  openblas-devel kiss-fft-devel json-glib-devel cairo-devel gdk-pixbuf2-devel libpng-devel cgif-devel
  libjpeg-turbo-devel libarchive-devel sqlite-devel libsoup3-devel
  onnx-devel protobuf-c-devel protobuf-c-compiler openmpi-devel adwaita-icon-theme
  gstreamer1-devel gstreamer1-plugins-base-devel
  gstreamer1-plugins-base gstreamer1-plugins-good
  dejavu-sans-fonts"
fedora_test="xorg-x11-server-Xvfb xauth dbus-daemon at-spi2-core python3-onnx python3-numpy
  desktop-file-utils appstream"
fedora_check="git clang-tools-extra"

arch_build="meson ninja gcc pkgconf gettext gtk4 libadwaita openblas kissfft json-glib cairo
  gdk-pixbuf2 libpng libcgif libjpeg-turbo libarchive sqlite libsoup3
  onnx protobuf-c openmpi adwaita-icon-theme ttf-dejavu
  gstreamer gst-plugins-base gst-plugins-good"
arch_test="xorg-server-xvfb xorg-xauth dbus at-spi2-core python-onnx python-numpy
  desktop-file-utils appstream"
arch_check="git clang"

brew_build="meson ninja pkg-config gettext gtk4 libadwaita openblas kissfft json-glib cairo
  gdk-pixbuf libpng cgif jpeg-turbo libarchive sqlite libsoup onnx
  protobuf-c open-mpi adwaita-icon-theme gstreamer"
brew_test="numpy desktop-file-utils"
brew_check="git clang-format"

msys2_build="meson ninja gcc pkgconf gettext gtk4 libadwaita openblas kissfft json-glib cairo
  gdk-pixbuf2 libpng cgif libjpeg-turbo libarchive sqlite3 onnx
  protobuf-c adwaita-icon-theme
  gstreamer gst-plugins-base gst-plugins-good"
msys2_test="python-numpy desktop-file-utils"
msys2_check="clang"

# packages_of FAMILY GROUP...: the names, one a line
packages_of () {
  family=$1
  shift
  for group in "$@"; do
    eval "printf '%s\n' \$${family}_$group"
  done
}

# What the compiler asks pkg-config for; where all of it answers, nothing needs to be installed.
have_everything () {
  for tool in meson ninja cc pkg-config protoc-c msgfmt; do
    command -v "$tool" >/dev/null 2>&1 || return 1
  done
  pkg-config --exists 'gtk4 >= 4.8' 'libadwaita-1 >= 1.2' openblas kissfft-float json-glib-1.0 \
    gdk-pixbuf-2.0 libpng cgif libjpeg libarchive sqlite3 libsoup-3.0 libprotobuf-c
}

debian () {
  wanted=$(packages_of debian "$@")
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $(echo "$wanted" | tr '|' ' ') \
                2>/dev/null | sed -n 's/ installed$//p' | tr '\n' ' ') || true
  missing=
  for choice in $wanted; do
    found=
    for name in $(echo "$choice" | tr '|' ' '); do
      case " $installed " in *" $name "*) found=yes ;; esac
    done
    [ -n "$found" ] || missing="$missing ${choice%%|*}"
  done
  missing=${missing# }
  [ -n "$missing" ] || return 0

  line="apt-get install --no-install-recommends $missing"
  if [ -n "${PHOSPHENE_NO_INSTALL:-}" ]; then
    echo "Missing packages; to install them: $line" >&2
    return 0
  fi
  as_root=
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      echo "Please install these packages as root, then try again: $line" >&2
      return 1
    fi
    as_root=sudo
  fi
  echo "Installing: $missing"
  install="$as_root env DEBIAN_FRONTEND=noninteractive
           apt-get install -y -q --no-install-recommends"
  # A machine that never ran apt-get update, or not for long, fails the first time.
  if ! $install $missing >/dev/null 2>&1; then
    $as_root apt-get update -q
    $install $missing
  fi
  # A build that exists looked for these in vain; this lets it look again.
  touch "$(dirname "$0")/../meson.build"
}

elsewhere () {
  have_everything && return 0
  echo "Please install what is missing of these, then try again: $*" >&2
  return 1
}

[ $# -gt 0 ] || set -- build
if command -v apt-get >/dev/null 2>&1; then
  debian "$@"
elif command -v dnf >/dev/null 2>&1; then
  elsewhere sudo dnf install $(packages_of fedora "$@")
elif command -v pacman >/dev/null 2>&1 && [ -z "${MSYSTEM_PREFIX:-}" ]; then
  elsewhere sudo pacman -S --needed $(packages_of arch "$@")
elif command -v pacman >/dev/null 2>&1; then
  prefix=${MINGW_PACKAGE_PREFIX:-mingw-w64-ucrt-x86_64}
  elsewhere pacman -S --needed $(packages_of msys2 "$@" | sed "s/^/$prefix-/")
elif command -v brew >/dev/null 2>&1; then
  elsewhere brew install $(packages_of brew "$@")
else
  elsewhere meson ninja, a C compiler, pkg-config, gettext, protoc-c and the development files of \
    GTK 4.8, libadwaita 1.2, OpenBLAS, kissfft, json-glib, gdk-pixbuf, libpng, cgif, libjpeg, \
    libarchive, SQLite, libsoup 3, ONNX, protobuf-c
fi
