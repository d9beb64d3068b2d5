#include "songmap/cluster/hdbscan.h"

#include <fmt/format.h>

#include <algorithm>

#include "songmap/cluster/condensed_tree.h"
#include "songmap/cluster/reachability_tree.h"
#include "songmap/cluster/spectral.h"
#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "songmap/neighbors/knn.h"

namespace songmap::cluster {
namespace {

void check(MatrixView x, const HdbscanOptions& options) {
  require(!x.empty(), "fit_hdbscan: the matrix is empty");
  require(options.min_cluster_size != 1, "fit_hdbscan: min_cluster_size is 1, but must be at least 2, or 0");
  require(options.embed == "spectral" || options.embed == "none",
          fmt::format("fit_hdbscan: embed is '{}', but must be 'spectral' or 'none'", options.embed));
  require(options.n_embed >= 1, "fit_hdbscan: n_embed must be at least 1");
  require(all_finite(x), "fit_hdbscan: the matrix holds values that are not finite");
}

Matrix spectral_embedding(MatrixView x, const HdbscanOptions& options, const Execution& run) {
  SpectralOptions spectral;
  spectral.n_clusters = std::min(options.n_embed, x.rows());
  spectral.n_init = 1;
  spectral.seed = options.seed;
  return fit_spectral(x, spectral, run).embedding;
}

std::vector<float> core_distances(MatrixView x, std::size_t min_samples, const Execution& run) {
  std::vector<float> result(x.rows());
  if (min_samples == 1) return result;
  const neighbors::Neighbors near = neighbors::nearest_neighbors(x, min_samples - 1, run);
  for (std::size_t i = 0; i < x.rows(); ++i) result[i] = near.distances_of(i).back();
  return result;
}

}  // namespace

void describe(OptionSet& set, HdbscanOptions& options) {
  set.add("min_cluster_size", &options.min_cluster_size, at_least(0), "rows of a cluster; 0: max(5, rows / 50)");
  set.add("min_samples", &options.min_samples, at_least(0),
          "the nearest row that makes the core distance; 0: max(3, min_cluster_size / 4)");
  set.add("embed", options.embed, {"spectral", "none"},
          "cluster in the neighbour graph's eigenvectors, or in x itself");
  set.add("n_embed", &options.n_embed, at_least(1), "eigenvectors of the spectral embedding");
}

HdbscanResult fit_hdbscan(MatrixView x, const HdbscanOptions& options, const Execution& run) {
  check(x, options);
  const std::size_t n = x.rows();
  HdbscanResult result;
  result.min_cluster_size = options.min_cluster_size > 0 ? options.min_cluster_size : std::max<std::size_t>(5, n / 50);
  result.min_samples =
      options.min_samples > 0 ? options.min_samples : std::max<std::size_t>(3, result.min_cluster_size / 4);
  if (n < 2 * result.min_cluster_size) {
    result.undefined = fmt::format("{} tracks are too few for two clusters of at least {}", n, result.min_cluster_size);
  } else if (n < result.min_samples) {
    result.undefined = fmt::format("{} tracks are fewer than min_samples, {}", n, result.min_samples);
  }
  if (!result.undefined.empty()) {
    result.labels.assign(n, kNoise);
    result.probabilities.assign(n, 0);
    return result;
  }
  const Matrix embedded = options.embed == "spectral" ? spectral_embedding(x, options, run) : Matrix(x);
  const std::vector<float> core = core_distances(embedded, result.min_samples, run);
  DensityClusters found = dense_clusters(reachability_tree(embedded, core, run), result.min_cluster_size);
  result.labels = std::move(found.labels);
  result.probabilities = std::move(found.probabilities);
  const auto noise = static_cast<double>(std::ranges::count(result.labels, kNoise));
  result.coverage = 1 - noise / static_cast<double>(n);
  if (result.coverage == 0) {
    result.undefined =
        fmt::format("every track is noise: the tracks never part into groups of at least {}", result.min_cluster_size);
  }
  return result;
}

}  // namespace songmap::cluster
