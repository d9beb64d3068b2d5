#include "songmap/projection/umap.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "songmap/core/random.h"
#include "songmap/neighbors/knn.h"
#include "songmap/projection/library_threads.h"
// After library_threads.h:
#include "umappp/umappp.hpp"

namespace songmap::projection {
namespace {

umappp::NeighborList<int, float> neighbor_list(MatrixView x, std::size_t k, const Execution& run) {
  const neighbors::Neighbors found = neighbors::nearest_neighbors(x, k, run);
  umappp::NeighborList<int, float> list(x.rows());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < found.k; ++j) {
      list[i].emplace_back(static_cast<int>(found.of(i)[j]), found.distances_of(i)[j]);
    }
  }
  return list;
}

umappp::Options settings_of(const UmapOptions& options, std::size_t threads) {
  umappp::Options settings;
  settings.num_neighbors = static_cast<int>(options.neighbors);
  settings.min_dist = options.min_dist;
  if (options.epochs > 0) settings.num_epochs = options.epochs;
  Random random(options.seed);
  settings.initialize_seed = random.bits();
  settings.optimize_seed = random.bits();
  settings.initialize_random_on_spectral_fail = false;  // the principal components stay
  settings.num_threads = static_cast<int>(threads);
  settings.parallel_optimization = false;  // its result would depend on the number of threads
  return settings;
}

}  // namespace

void describe(OptionSet& set, UmapOptions& options) {
  set.add("neighbors", &options.neighbors, at_least(2), "neighbours that count; more show larger structure");
  set.add("min_dist", &options.min_dist, Range{0, 1}, "how tightly points may be packed");
  set.add("epochs", &options.epochs, at_least(0), "passes over the neighbour graph; 0: chosen from the number of rows");
  set.add("seed", &options.seed, "seed of the start and of the passes");
}

Projection umap(MatrixView x, const UmapOptions& options, const Execution& run) {
  require(!x.empty(), "umap: the matrix is empty");
  require(all_finite(x), "umap: the matrix holds values that are not finite");
  require(options.dimensions >= 1 && options.dimensions <= 64,
          fmt::format("umap: dimensions is {}, but must be 1 to 64", options.dimensions));
  require(options.neighbors >= 2, fmt::format("umap: neighbors is {}, but must be at least 2", options.neighbors));
  require(options.min_dist >= 0 && options.min_dist <= 1,
          fmt::format("umap: min_dist is {}, but must be 0 to 1", options.min_dist));
  require(options.epochs >= 0, fmt::format("umap: epochs is {}, but must not be negative", options.epochs));
  const std::size_t needed = std::max(kMinDistinctRows, options.dimensions + 2);  // the graph's eigenvectors
  if (distinct_rows(x, needed) < needed) {
    Projection result = pca(x, options.dimensions);
    result.reason = fmt::format("UMAP needs at least {} different rows", needed);
    return result;
  }

  const umappp::Options settings = settings_of(options, run.thread_count());
  constexpr double kStartDeviation = 5;  // as wide as a start from the graph, which is scaled to ±10
  Projection result{pca_start(x, options.dimensions, kStartDeviation), "umap", ""};
  auto status =
      umappp::initialize(neighbor_list(x, options.neighbors, run), options.dimensions, result.points.data(), settings);
  constexpr int kStep = 10;
  while (status.epoch() < status.num_epochs()) {
    run.report({"UMAP", static_cast<double>(status.epoch()), static_cast<double>(status.num_epochs()), "epochs"});
    status.run(result.points.data(), std::min(status.epoch() + kStep, status.num_epochs()));
  }
  return result;
}

}  // namespace songmap::projection
