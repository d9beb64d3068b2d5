#!/usr/bin/env bash
# The study's three tiers on the demo library, under both protocols: what docs/study.md walks through. With the test data
# (SONGMAP_TEST_DATA) also ESC-10 and the two feature tables. Prints a run's summary after each; runs lie in OUTPUT.
#
#   scripts/study.sh [OUTPUT: songmap-out/study]      about 10 minutes on two cores, most of it the medium tier's models
#   scripts/study.sh OUTPUT data                      the second part alone; needs the test data
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-songmap-out/study}
part=${2:-demo}
data="${SONGMAP_TEST_DATA:-$PWD/../shared/data}"

tier() {  # NAME INPUT ARGUMENTS...
  local name=$1 input=$2; shift 2
  printf '\n$ songmap run %s %s\n' "${input##*/}" "$*"
  # 3: done, with failed items; the summary names them.
  ./songmap run "$input" -o "$out/$name" --quiet "$@" || [ $? = 3 ]
  for table in "$out/$name"/results/*.csv; do
    [ -f "$table" ] && printf '\n%s\n' "${table##*/}" && cat "$table"
  done
  return 0
}

if [ "$part" = demo ]; then
  ./songmap demo -o "$out/demo" --quiet
  music="$out/demo/music/tracks.csv"
  for preset in easy medium hard; do
    tier "$preset" "$music" --preset "$preset"
    tier "$preset-strict" "$music" --preset "$preset" --protocol strict
  done
  tier conditional "$music" --preset hard --protocol strict --condition language
else
  [ -d "$data/tables" ] || { echo "study: no test data at $data (SONGMAP_TEST_DATA)" >&2; exit 1; }
  words="$data/lyrics/bangla_public_domain.csv"
  for preset in easy medium hard; do
    tier "esc10-$preset" "$data/sounds/esc10.csv" --preset "$preset" --lyrics-table "$words"
  done
  tier esc10-hard-strict "$data/sounds/esc10.csv" --preset hard --protocol strict
  tier gtzan-hard "$data/tables/gtzan_features_30s.csv" --preset hard
  tier gtzan-hard-strict "$data/tables/gtzan_features_30s.csv" --preset hard --protocol strict --seeds 3
  tier bangla-english-hard-strict "$data/tables/bangla_english_features_30s.csv" --preset hard --protocol strict --seeds 3
fi
