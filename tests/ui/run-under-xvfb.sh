#!/bin/sh
# run-under-xvfb.sh COMMAND...: runs a test of the window on a display of its own, without the user's
# settings, session bus or accessibility bus. Without Xvfb the test is skipped, saying so.
set -u

if ! command -v Xvfb >/dev/null; then
  echo '1..0 # SKIP Xvfb is not installed'
  exit 0
fi

work=$(mktemp -d)
server=
finish () {
  [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP

# The server itself picks a display that is free, and tells once it is ready. Memory checkers must
# not look into it: their options are for the test.
env -u ASAN_OPTIONS -u LSAN_OPTIONS -u LD_PRELOAD \
  Xvfb -displayfd 3 -screen 0 1600x1000x24 -nolisten tcp 3>"$work/display" 2>"$work/log" &
server=$!
tries=0
while [ ! -s "$work/display" ]; do
  tries=$((tries + 1))
  if [ $tries -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
    echo "Bail out! Xvfb did not start: $(tail -n 1 "$work/log")"
    exit 1
  fi
  sleep 0.1
done

mkdir -m 700 "$work/run" "$work/home"
export DISPLAY=":$(cat "$work/display")"
# Nothing is drawn by GL here, and drivers that are loaded and closed again leave nameless leaks.
export GDK_DEBUG=gl-disable
export GDK_BACKEND=x11 GSK_RENDERER=cairo GTK_A11Y=test GSETTINGS_BACKEND=memory LC_ALL=C.UTF-8
export XDG_RUNTIME_DIR="$work/run" HOME="$work/home" XDG_CONFIG_HOME="$work/home/.config"
export XDG_DATA_HOME="$work/home/.local/share" XDG_CACHE_HOME="$work/home/.cache"
unset DBUS_SESSION_BUS_ADDRESS WAYLAND_DISPLAY GTK_THEME

# Libraries keep no frame pointers: only whole stacks, which are slow, name what is lost behind them.
# This test now and then loses one object of theirs, never yet with its name.
case $1 in
*learn-page) [ -n "${ASAN_OPTIONS:-}" ] && export ASAN_OPTIONS="$ASAN_OPTIONS:fast_unwind_on_malloc=0" ;;
esac

if command -v dbus-run-session >/dev/null; then
  dbus-run-session -- "$@" 2>"$work/errors"
else
  "$@" 2>"$work/errors"
fi
status=$?
grep -v 'dbus-daemon.*Failed to set fd limit' "$work/errors" >&2
exit $status
