#!/usr/bin/env bash
# Benchmarks: micro-benchmarks (Google Benchmark), and whole jobs against the Python tools that a user would otherwise
# run, in turn (A B A B …), each side pinned to one core. Prints Markdown tables; docs/benchmarks.md shows one such run.
#
#   scripts/bench.sh            everything (about 20 minutes)
#   scripts/bench.sh micro      the micro-benchmarks alone
#   scripts/bench.sh compare    the comparisons alone
#
# The Python tools live in a virtual environment of their own in .deps/bench; nothing else of songmap needs them.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}
runs=${SONGMAP_BENCH_RUNS:-5}
data="${SONGMAP_TEST_DATA:-$PWD/../shared/data}"
work="${TMPDIR:-/tmp}/songmap-bench"
clips="$work/clips"
python=.deps/bench/bin/python
program="$PWD/build-bench/bin/songmap"
# Python's linear algebra would start a thread a core; both sides get one.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

scripts/setup.sh
scripts/build.sh bench
mkdir -p "$work"
printf 'Machine: %s, %s cores; %s\n\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(nproc)" \
  "$(. /etc/os-release; echo "$PRETTY_NAME")"

if [ ! -x "$python" ]; then
  python3 -m venv .deps/bench
  "$python" -m pip install -q --disable-pip-version-check -r bench/python/requirements.txt >&2
fi
if [ ! -d "$clips" ]; then
  [ -d "$data/music" ] || { echo "bench: no music at $data/music (SONGMAP_TEST_DATA)" >&2; exit 1; }
  "$python" bench/python/make_clips.py "$data/music" "$clips" >&2
fi
export SONGMAP_BENCH_CLIPS="$clips"

if [ "$what" != compare ]; then
  taskset -c 0 build-bench/bin/songmap_bench --benchmark_repetitions=3 --benchmark_report_aggregates_only=true \
    --benchmark_display_aggregates_only=true
fi

compare() { "$python" bench/compare.py --runs "$runs" "$@"; }
fresh() { echo "rm -rf $work/run $work/store; $program $* -o $work/run --store $work/store --threads 1 --quiet"; }
if [ "$what" != micro ]; then
  first20() { ls "$clips/$1"/*."$1" | head -20 | tr '\n' ' '; }
  echo '| job, one core a side | songmap | Python | ratio: median (range) |'
  echo '|---|---|---|---|'
  for kind in mp3 wav; do
    ours="taskset -c 0 build-bench/bin/songmap_vectors $(first20 $kind)"
    compare "70 values of 20 clips of 30 s, $kind; librosa, each function on the signal" --inside-a --inside-b \
      "$ours" "$python bench/python/study_vector.py each --seconds 30 $(first20 $kind)"
    compare "the same; librosa, one shared STFT" --inside-a --inside-b \
      "$ours" "$python bench/python/study_vector.py shared --seconds 30 $(first20 $kind)"
  done
  compare "Basic VAE, 800 rows of 70, 50 epochs; PyTorch with a DataLoader" --inside-a --inside-b \
    "build-bench/bin/songmap_train" "$python bench/python/train_vae.py loader"
  compare "easy tier on 100 WAV clips, whole process; librosa, PyTorch, scikit-learn" \
    "$(fresh run "$clips/wav/tracks.csv" --preset easy --set projection.umap=false --set projection.three_dimensions=false)" \
    "$python bench/python/easy_tier.py $clips/wav/tracks.csv -o $work/easy.png"
fi
