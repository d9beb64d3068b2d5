#!/usr/bin/env bash
# Sets up, builds and passes the tests. `--all` adds the slow ones; other arguments go to ctest (-R NAME, -L LABEL).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
scripts/build.sh release
selection=(-LE slow)
if [ "${1:-}" = --all ]; then selection=(); shift; fi
export SONGMAP_TEST_DATA="${SONGMAP_TEST_DATA:-$PWD/../shared/data}"
if [ ! -d "$SONGMAP_TEST_DATA" ]; then
  echo "test: NO REAL DATA at $SONGMAP_TEST_DATA (SONGMAP_TEST_DATA): every test that needs it will be skipped" >&2
fi
exec ctest --test-dir build --output-on-failure -j "$(nproc)" "${selection[@]}" "$@"
