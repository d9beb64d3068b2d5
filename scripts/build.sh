#!/usr/bin/env bash
# Configures (once) and builds: scripts/build.sh [cmake preset: release] [targets...]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}; shift || true
folder=build; [ "$preset" = release ] || folder=build-$preset
export CCACHE_DIR="${CCACHE_DIR:-$PWD/.ccache}"
[ -f "$folder/build.ninja" ] || cmake --preset "$preset" >&2
cmake --build "$folder" ${1:+--target "$@"} >&2
