#!/usr/bin/env bash
# Benchmarks: micro-benchmarks (Google Benchmark), and jobs compared with the Python tools that a user would otherwise
# run, in turn (A B A B …), both sides pinned to one core. Prints Markdown tables; docs/benchmarks.md shows one such run.
#
#   scripts/bench.sh            everything (about 30 minutes)
#   scripts/bench.sh micro      the micro-benchmarks alone
#   scripts/bench.sh compare    the comparisons alone; further words choose among vectors, training, conv, easy,
#                               medium, numerics, start, library, living, memory, default; strangers; and recipe, the scores that the default
#                               recipe reaches on labelled collections
#
# SONGMAP_BENCH_RUNS    pairs a row (5), after one that warms the caches
# SONGMAP_BENCH_CLOCK   wall, or cpu: processor time, for a machine that has other work to do
# SONGMAP_BENCH_PYTHON  an interpreter that has bench/python/requirements.txt; by default one is set up in .deps/bench
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}; shift || true
parts=${*:-vectors training default recipe conv easy medium numerics start library living memory}
data="${SONGMAP_TEST_DATA:-$PWD/../shared/data}"
work="${TMPDIR:-/tmp}/songmap-bench"
clips="$work/clips"
bin="$PWD/build-bench/bin"
python="${SONGMAP_BENCH_PYTHON:-.deps/bench/bin/python}"
# Python's linear algebra would start a thread a core; both sides get one.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 NUMBA_NUM_THREADS=1

scripts/setup.sh
scripts/build.sh bench
mkdir -p "$work"
printf 'Machine: %s, %s cores; %s. Clock: %s.\n' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)" "$(nproc --all)" \
  "$(. /etc/os-release; echo "$PRETTY_NAME")" "${SONGMAP_BENCH_CLOCK:-wall}"

if [ "$what" != compare ]; then
  echo
  taskset -c 0 "$bin/songmap_bench" --benchmark_repetitions=3 --benchmark_report_aggregates_only=true \
    --benchmark_display_aggregates_only=true
fi
[ "$what" != micro ] || exit 0

if [ ! -x "$python" ]; then
  python3 -m venv .deps/bench
  "$python" -m pip install -q --disable-pip-version-check -r bench/python/requirements.txt >&2
fi
if [ ! -f "$clips/wav/tracks.csv" ]; then
  [ -d "$data/music" ] || { echo "bench: no music at $data/music (SONGMAP_TEST_DATA)" >&2; exit 1; }
  "$python" bench/python/make_clips.py "$data/music" "$clips" >&2
fi

compare() { "$python" bench/compare.py --runs "${SONGMAP_BENCH_RUNS:-5}" "$@"; }
wants() { case " $parts " in *" $1 "*) ;; *) return 1 ;; esac; }
table() { printf '\n| %s | target | %s | memory |\n|---|---|%s---|\n' "$1" "${2// | / | }" "$(sed 's/[^|]//g; s/|/---|/g' <<<"| $2")"; }
twenty() { find "$clips/$1" -name "*.$1" | sort | awk 'NR % 5 == 1' | tr '\n' ' '; }
# A run from nothing, on one thread, in a folder and with a store of its own.
run="$bin/songmap run $clips/wav/tracks.csv --preset easy --threads 1 --quiet -o $work/run --store $work/run.db"
new="rm -rf $work/run $work/run.db*"

if wants vectors; then
  table '70 values of 20 clips of 30 s' 'songmap | Python | ratio'
  for kind in mp3 wav; do
    target='≥ 4'; [ $kind = mp3 ] || target='≥ 12'
    compare "$kind; librosa, each function on the signal" --target "$target" --inside \
      "$bin/songmap_vectors $(twenty $kind)" "$python bench/python/study_vector.py each --seconds 30 $(twenty $kind)"
    compare "$kind; librosa, one shared STFT" --inside \
      "$bin/songmap_vectors $(twenty $kind)" "$python bench/python/study_vector.py shared --seconds 30 $(twenty $kind)"
  done
  table 'the same, and decoding (FFmpeg) with resampling (soxr) alone' 'decoding | all | ratio'
  compare "mp3" --target '≤ 1.6' --inside "$bin/songmap_vectors --decode-only $(twenty mp3)" \
    "$bin/songmap_vectors $(twenty mp3)"
fi
if wants training; then
  table 'Basic VAE, 800 rows of 70, 50 epochs' 'songmap | Python | ratio'
  compare 'PyTorch, DataLoader' --target '≥ 2.5' --inside "$bin/songmap_train" "$python bench/python/train_vae.py loader"
  compare 'PyTorch, slices of the tensor' --inside "$bin/songmap_train" "$python bench/python/train_vae.py slices"
  compare 'PyTorch, slices, fused Adam, denormals flushed' --inside "$bin/songmap_train" \
    "$python bench/python/train_vae.py fused"
  # The batch and epochs that songmap gives so many rows, see bench/train_main.cpp.
  thousand='--recipe default --rows 1000 --batch 128 --epochs 120'
  table 'default VAE, one seed, 1000 rows of 75, 960 steps of 128' 'the other | songmap | ratio'
  compare 'its multiplications and additions at the rate of large products' --target '≤ 1.7' --inside \
    "$python bench/python/train_vae.py limit $thousand" "$bin/songmap_train default"
  table 'the same' 'songmap | Python | ratio'
  for variant in loader slices fused; do
    compare "PyTorch, $variant" --inside "$bin/songmap_train default" "$python bench/python/train_vae.py $variant $thousand"
  done
  table 'default VAE, one seed, 100000 rows of 75, 19 epochs of 128' 'songmap | Python | ratio'
  compare 'PyTorch, fused (with two threads it is ten times slower)' --target '< 180 s, < 1 GB' --runs 0 --inside \
    "$bin/songmap_train default 100000" \
    "$python bench/python/train_vae.py fused --recipe default --rows 100000 --batch 128 --epochs 19"
fi
if wants default; then
  # 100 clips of 5 s, what the default recipe was tuned on; all cores, as a user runs it.
  [ -d "$data/sounds/esc10" ] || { echo "bench: no sounds at $data/sounds (SONGMAP_TEST_DATA)" >&2; exit 1; }
  cores=$(seq -s, 0 $(($(nproc --all) < 2 ? 0 : 1)))
  default="$bin/songmap run $data/sounds/esc10.csv -k 10 --quiet -o $work/default --store $work/default.db"
  table 'default recipe on 100 clips of 5 s: `songmap run`, every model, figure and table of it, two cores' 'time'
  compare 'from nothing' --target '< 25 s' --cpu "$cores" --before "rm -rf $work/default $work/default.db*" "$default"
  compare 'features stored' --target '< 8 s' --cpu "$cores" --before "rm -rf $work/default" "$default"
fi
if wants recipe; then
  "$python" bench/python/recipe.py "$bin/songmap" "$data" "$work/recipe"
fi
if wants conv; then
  table 'convolutional VAE of the medium tier, 80 spectrograms of 64 x 432, 4 epochs' 'songmap | Python | ratio'
  for threads in 1 2; do
    [ "$threads" -le "$(nproc --all)" ] || continue
    cpus=0; [ "$threads" = 1 ] || cpus=0,1
    torch="$python bench/python/train_conv_vae.py --epochs 4 --threads $threads"
    [ "$threads" != 1 ] || compare 'PyTorch, one thread' --cpu $cpus --inside "$bin/songmap_conv 4 $threads" "$torch plain"
    compare "PyTorch, channels_last, fused Adam, threads: $threads" --target '≥ .87' --cpu $cpus --inside \
      "$bin/songmap_conv 4 $threads" "$torch best"
  done
fi
if wants easy; then
  table 'easy tier on 100 WAV clips, whole process' 'songmap | Python | ratio'
  python_easy="$python bench/python/easy_tier.py $clips/wav/tracks.csv -o $work/easy.png"
  compare 'the same work: 10 seeds, scores, one t-SNE picture' --target '≥ 8' --before "$new" \
    "$bin/songmap_easy $clips/wav/tracks.csv $work/run" "$python_easy"
  compare '`songmap run`: also UMAP, maps in 3-D, all figures, the report' --before "$new" "$run" "$python_easy"
fi
if wants medium; then
  table 'medium tier on 100 WAV clips, one seed, 10 epochs, whole process' 'songmap | Python | ratio'
  compare '`songmap run` with figures and report; PyTorch at its best' --target '> 1' --runs 1 --before "$new" \
    "${run/--preset easy/--preset medium --seeds 1 --set train.epochs=10}" \
    "$python bench/python/medium_tier.py $clips/wav/tracks.csv --epochs 10 -o $work/medium.png"
fi
if wants numerics; then
  for n in 1000 10000 50000 100000; do
    [ -f "$work/rows-$n.npy" ] || "$python" bench/python/numerics.py make "$work/rows-$n.npy" -n $n
  done
  table 'rows of 32 values around 20 centres' 'songmap | Python | ratio'
  while IFS=: read -r name n target eps title; do
    library=scikit-learn; [ "$name" != umap ] || library=umap-learn
    compare "$title, $n rows; $library" --target "$target" --inside \
      "$bin/songmap_numerics $name $work/rows-$n.npy $eps" "$python bench/python/numerics.py $name $work/rows-$n.npy $eps"
  done <<'JOBS'
kmeans:1000:≥ 1::k-means, 10 starts
kmeans:10000:≥ 2::k-means, 10 starts
kmeans:50000:::k-means, 10 starts
ward:1000:≥ 1::Ward, the whole tree
ward:10000:≥ 3::Ward, the whole tree
dbscan:1000:≥ 1:6:DBSCAN, eps 6
dbscan:10000:≥ 3:5.5:DBSCAN, eps 5.5
spectral:1000:≥ 1::spectral clustering
spectral:10000:≥ 1::spectral clustering
silhouette:1000:≥ 1::silhouette
silhouette:10000:≥ 3::silhouette
tsne:1000:::t-SNE
umap:1000:::UMAP
JOBS
  table 'the same rows, more of them; no matrix of all pairs' 'time'
  compare 'spectral clustering, 100000 rows' --target '< 500 MB' --runs 0 --inside \
    "$bin/songmap_numerics spectral $work/rows-100000.npy"
  compare 'Ward, 50000 rows' --target '< 100 MB' --runs 0 --inside \
    "$bin/songmap_numerics ward $work/rows-50000.npy"
  compare 'silhouette, 100000 rows' --target '< 100 MB' --runs 0 --inside \
    "$bin/songmap_numerics silhouette $work/rows-100000.npy"
fi
if wants start; then
  $run >/dev/null
  table 'from start to end' 'time'
  compare 'songmap --version' --target '< 30 ms' --runs 20 "$bin/songmap --version"
  compare 'songmap show RUN' --target '< 30 ms' --runs 20 "$bin/songmap show $work/run"
fi
if wants strangers; then
  echo
  "$python" bench/python/strangers.py "$bin/songmap" "$data/sounds/esc10" "$work/strangers"
fi
if wants living; then
  living="$work/living"
  [ -d "$living/new" ] || "$python" bench/python/make_living.py "$data/music" "$living" >&2
  cores=$(seq -s, 0 $(($(nproc --all) < 2 ? 0 : 1)))
  table 'a library of 10000 pieces of music of 4 s, default recipe, two cores' 'time'
  compare '`songmap run`, from nothing to the report' --runs 0 --cpu "$cores" \
    --before "rm -rf $living/run $living/store.db*" "$bin/songmap run $living/music -o $living/run --store $living/store.db -q"
  compare '`songmap run` again, nothing has changed' --target '< 5 s' --cpu "$cores" \
    "$bin/songmap run $living/music -o $living/run --store $living/store.db -q"
  printf '| its folder, and the store, kB a track | < 64 | %s and %s | |\n' \
    $(($(du -sk "$living/run" | cut -f1) / 10000)) $(($(du -sk "$living/store.db" | cut -f1) / 10000))
  table 'adding 100 MP3s of a minute to it, two cores' 'features alone | `songmap add` | ratio'
  compare 'features, encoding, vote, place on the map; beside `songmap extract`' --target '≤ 1.2' --cpu "$cores" \
    --before "rm -rf $living/copy $living/*.copy* $living/ex*; cp -r $living/run $living/copy; cp $living/store.db $living/store.copy" \
    "$bin/songmap extract $living/new -o $living/ex --store $living/ex.db -q" \
    "$bin/songmap add $living/copy $living/new --store $living/store.copy -q"
fi
if wants library; then
  [ -f "$work/library.csv" ] || "$python" bench/python/numerics.py make "$work/library.csv" -n 100000
  cores=$(seq -s, 0 $(($(nproc --all) < 2 ? 0 : 1)))
  table 'a library of 100000 rows of 32 values, two cores' 'time'
  compare '`songmap run`: one seed of the VAE, spectral, k-means and Ward, scores, UMAP in 2-D and 3-D, figures, report' \
    --target '< 1 GB' --runs 0 --cpu "$cores" --before "rm -rf $work/library" \
    "$bin/songmap run $work/library.csv -o $work/library -k 20 --seeds 1 --quiet --set run.models=default-vae \
     --set projection.tsne=false"
  compare '`songmap similar`, the library being read' --runs 0 --cpu "$cores" "$bin/songmap similar $work/library track-500"
  compare '`songmap path`' --runs 0 --cpu "$cores" "$bin/songmap path $work/library track-1 track-99999"
  compare '`songmap explain`, a group' --runs 0 --cpu "$cores" "$bin/songmap explain $work/library 3"
  for command in 'playlists' 'export' 'groups -n 5' 'groups -n 60' 'radio' 'duplicates' 'misfits' 'rename' 'merge' 'exclude' \
    'doctor' 'diff' 'show'; do
    case $command in
      export) line="export $work/library $work/library.export.csv" ;;
      radio) line="radio $work/library track-77 -n 30" ;;
      groups*) line="groups $work/library ${command#groups}" ;;
      rename) line="rename $work/library 3 Three" ;;
      merge) line="merge $work/library 3 4" ;;
      exclude) line="exclude $work/library --group 5" ;;
      diff) line="diff $work/library $work/library" ;;
      *) line="$command $work/library" ;;
    esac
    compare "\`songmap $command\`" --runs 0 --cpu "$cores" "$bin/songmap $line"
  done
  if command -v chromium >/dev/null; then
    echo
    .deps/bin/node bench/explorer.mjs "$bin/songmap" "$work/library" "$(command -v chromium)" \
      "$PWD/src/web/node_modules/playwright-core/index.mjs"
  fi
fi
if wants memory; then
  [ -f "$work/long.mp3" ] || "$python" bench/python/make_clips.py "$data/music" "$work/long.mp3" --long 3
  mkdir -p "$work/long" && ln -f "$work/long.mp3" "$work/long/long.mp3"
  table 'extract on one MP3 of 3 hours' 'time'
  compare 'as excerpts of 15 minutes in all' --target '< 150 MB' --runs 1 --before "rm -rf $work/long-run $work/long.db*" \
    "$bin/songmap extract $work/long --threads 1 --quiet -o $work/long-run --store $work/long.db"
fi
