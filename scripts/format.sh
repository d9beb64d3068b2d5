#!/usr/bin/env bash
# Formats every source file in place; with --check only names those that are not formatted.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=(-i); [ "${1:-}" = --check ] && mode=(--dry-run -Werror)
git ls-files '*.cpp' '*.h' | xargs clang-format "${mode[@]}"
