#include <benchmark/benchmark.h>

#include "songmap/cluster/kmeans.h"
#include "songmap/core/random.h"
#include "songmap/metrics/chance.h"
#include "songmap/metrics/comparison.h"
#include "songmap/metrics/internal.h"
#include "songmap/metrics/labelings.h"
#include "songmap/neighbors/knn.h"
#include "songmap/projection/quality.h"
#include "songmap/projection/tsne.h"
#include "songmap/projection/umap.h"

/// Everything on one core, on overlapping groups: rows around 20 centres in 32 dimensions, all with unit deviation.
namespace songmap {
namespace {

const Execution kOneCore{.threads = 1, .progress = {}};

Matrix groups(std::size_t rows) {
  constexpr std::size_t kGroups = 20;
  constexpr std::size_t kCols = 32;
  Random random(rows);
  Matrix centers(kGroups, kCols);
  for (float& value : centers.values()) value = static_cast<float>(random.normal());
  Matrix x(rows, kCols);
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t group = random.below(kGroups);
    for (std::size_t j = 0; j < kCols; ++j) x(i, j) = centers(group, j) + static_cast<float>(random.normal());
  }
  return x;
}

std::vector<std::int32_t> labels_of(std::size_t rows, std::size_t n_labels, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::int32_t> labels(rows);
  for (std::int32_t& label : labels) label = static_cast<std::int32_t>(random.below(n_labels));
  return labels;
}

void KMeans(benchmark::State& state) {
  const Matrix x = groups(static_cast<std::size_t>(state.range(0)));
  cluster::KMeansOptions options;
  options.n_clusters = 20;
  for (auto _ : state) benchmark::DoNotOptimize(cluster::fit_kmeans(x, options, kOneCore));
}
BENCHMARK(KMeans)->Arg(1000)->Arg(10000)->Arg(50000)->Unit(benchmark::kMillisecond);

void NearestNeighbors(benchmark::State& state) {
  const Matrix x = groups(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(neighbors::nearest_neighbors(x, 15, kOneCore));
}
BENCHMARK(NearestNeighbors)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);

void Silhouette(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const Matrix x = groups(rows);
  const auto labels = labels_of(rows, 20, 1);
  for (auto _ : state) benchmark::DoNotOptimize(metrics::silhouette(x, labels, kOneCore));
}
BENCHMARK(Silhouette)->Arg(1000)->Arg(10000)->Arg(50000)->Unit(benchmark::kMillisecond);

void Chance999Permutations(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto classes = labels_of(rows, 10, 1);
  const auto clusters = labels_of(rows, 10, 2);
  for (auto _ : state) benchmark::DoNotOptimize(metrics::external_chance(classes, clusters, {}, kOneCore));
}
BENCHMARK(Chance999Permutations)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);

// The hard tier's scores against two targets: 21 methods of 10 seeds, chance by 999 permutations, intervals and all
// comparisons with one method by 1,000 halves.
void ScoresOfTheHardTier(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  constexpr std::size_t kTargets = 2;
  std::vector<metrics::Labelings> methods(21);
  std::vector<std::vector<std::int32_t>> labelings;
  for (metrics::Labelings& method : methods) {
    for (int seed = 0; seed < 10; ++seed) {
      method.push_back(labels_of(rows, 10, labelings.size()));
      labelings.push_back(method.back());
    }
  }
  for (auto _ : state) {
    for (std::size_t target = 0; target < kTargets; ++target) {
      const auto classes = labels_of(rows, 10, 1000 + target);
      benchmark::DoNotOptimize(metrics::external_chances(classes, labelings, {}, kOneCore));
      const auto scores =
          metrics::score_halves(rows, metrics::mean_external_scores(classes, methods), {.replicates = 1000}, kOneCore);
      benchmark::DoNotOptimize(metrics::intervals(scores));
      for (std::size_t score = 0; score < scores.whole.size(); ++score) {
        benchmark::DoNotOptimize(metrics::compare_paired(scores, score, score % metrics::kExternalMetrics.size()));
      }
    }
  }
}
BENCHMARK(ScoresOfTheHardTier)->Arg(200)->Arg(2600)->Unit(benchmark::kMillisecond)->Iterations(1);

void Tsne(benchmark::State& state) {
  const Matrix x = groups(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(projection::tsne(x, {}, kOneCore));
}
BENCHMARK(Tsne)->Arg(100)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond)->Iterations(1);

void Umap(benchmark::State& state) {
  const Matrix x = groups(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(projection::umap(x, {}, kOneCore));
}
BENCHMARK(Umap)->Arg(100)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond)->Iterations(1);

void Trustworthiness(benchmark::State& state) {
  const Matrix x = groups(static_cast<std::size_t>(state.range(0)));
  const Matrix low = take_cols(x, 0, 2);
  for (auto _ : state) benchmark::DoNotOptimize(projection::trustworthiness(x, low, 15, kOneCore));
}
BENCHMARK(Trustworthiness)->Arg(1000)->Arg(10000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace songmap
