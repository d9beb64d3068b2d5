#include "songmap/projection/tsne.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "songmap/core/random.h"
#include "songmap/neighbors/knn.h"
#include "songmap/projection/library_threads.h"
// After library_threads.h:
#include "qdtsne/qdtsne.hpp"

namespace songmap::projection {
namespace {

constexpr double kStartDeviation = 1e-4;

qdtsne::NeighborList<int, double> neighbor_list(MatrixView x, double perplexity, const Execution& run) {
  const auto k = static_cast<std::size_t>(std::ceil(3 * perplexity));
  const neighbors::Neighbors found = neighbors::nearest_neighbors(x, k, run);
  qdtsne::NeighborList<int, double> list(x.rows());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < found.k; ++j) {
      list[i].emplace_back(static_cast<int>(found.of(i)[j]), found.distances_of(i)[j]);
    }
  }
  return list;
}

template <std::size_t Dimensions>
void optimise(MatrixView x, const TsneOptions& options, const Execution& run, std::vector<double>& points) {
  const double perplexity = std::min(options.perplexity, static_cast<double>(x.rows() - 1) / 3);
  qdtsne::Options settings;
  settings.perplexity = perplexity;
  settings.infer_perplexity = false;
  settings.max_iterations = options.iterations;
  settings.num_threads = static_cast<int>(run.thread_count());
  // The rule of Belkina et al. 2019; below 2,400 rows the library's own constant.
  settings.eta = std::max(200.0, static_cast<double>(x.rows()) / settings.exaggeration_factor);
  auto status = qdtsne::initialize<Dimensions>(neighbor_list(x, perplexity, run), settings);
  constexpr int kStep = 25;
  while (status.iteration() < options.iterations) {
    run.report(
        {"t-SNE", static_cast<double>(status.iteration()), static_cast<double>(options.iterations), "iterations"});
    status.run(points.data(), std::min(status.iteration() + kStep, options.iterations));
  }
}

}  // namespace

void describe(OptionSet& set, TsneOptions& options) {
  set.add("perplexity", &options.perplexity, at_least(1), "neighbours that count; more show larger structure");
  set.add("iterations", &options.iterations, at_least(250), "steps of the descent");
  set.add("seed", &options.seed, "seed of the start");
}

Projection tsne(MatrixView x, const TsneOptions& options, const Execution& run) {
  require(!x.empty(), "tsne: the matrix is empty");
  require(all_finite(x), "tsne: the matrix holds values that are not finite");
  require(options.dimensions == 2 || options.dimensions == 3,
          fmt::format("tsne: dimensions is {}, but must be 2 or 3", options.dimensions));
  require(options.perplexity >= 1, fmt::format("tsne: perplexity is {}, but must be at least 1", options.perplexity));
  require(options.iterations >= 250,
          fmt::format("tsne: iterations is {}, but must be at least 250", options.iterations));
  if (distinct_rows(x, kMinDistinctRows) < kMinDistinctRows) {
    Projection result = pca(x, options.dimensions);
    result.reason = fmt::format("t-SNE needs at least {} different rows", kMinDistinctRows);
    return result;
  }

  const Matrix start = pca_start(x, options.dimensions, kStartDeviation);
  std::vector<double> points(start.values().begin(), start.values().end());
  Random random(options.seed);
  for (double& value : points) value += 1e-2 * kStartDeviation * random.normal();
  if (options.dimensions == 2) {
    optimise<2>(x, options, run, points);
  } else {
    optimise<3>(x, options, run, points);
  }
  Projection result{Matrix(x.rows(), options.dimensions), "tsne", ""};
  std::ranges::transform(points, result.points.values().begin(),
                         [](double value) { return static_cast<float>(value); });
  return result;
}

}  // namespace songmap::projection
