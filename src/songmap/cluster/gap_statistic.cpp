#include "songmap/cluster/gap_statistic.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "songmap/cluster/kmeans.h"
#include "songmap/core/error.h"
#include "songmap/core/linalg.h"
#include "songmap/core/parallel.h"
#include "songmap/core/random.h"

namespace songmap::cluster {
namespace {

/// log of the within-cluster sum of squares for k = 1 … n_ks.
std::vector<double> log_dispersions(MatrixView x, std::size_t n_ks, std::uint64_t seed) {
  std::vector<double> result;
  for (std::size_t k = 1; k <= n_ks; ++k) {
    KMeansOptions options;
    options.n_clusters = k;
    options.n_init = 3;
    options.seed = seed;
    Execution one_thread;
    one_thread.threads = 1;
    result.push_back(std::log(std::max(fit_kmeans(x, options, one_thread).inertia, 1e-30)));
  }
  return result;
}

Matrix with_shuffled_columns(MatrixView x, std::uint64_t seed, std::size_t reference) {
  Matrix shuffled(x.rows(), x.cols());
  Random random(seed, reference);
  for (std::size_t j = 0; j < x.cols(); ++j) {
    const std::vector<std::size_t> order = random.permutation(x.rows());
    for (std::size_t i = 0; i < x.rows(); ++i) shuffled(i, j) = x(order[i], j);
  }
  return shuffled;
}

/// Some number of groups above 1 explains clearly more than in the shuffled copies.
bool has_structure(const GapResult& result) {
  constexpr double kClearly = 3;  // standard errors; real collections reach 10 to 80, structureless ones stay below 2
  for (std::size_t k = 1; k < result.gap.size(); ++k) {
    if (result.gap[k] > kClearly * result.standard_error[k]) return true;
  }
  return false;
}

}  // namespace

Matrix sampled_rows(MatrixView x, std::size_t max_rows, std::uint64_t seed) {
  if (x.rows() <= max_rows) return Matrix(x);
  std::vector<std::size_t> order = Random(seed, ~std::uint64_t{0}).permutation(x.rows());
  order.resize(max_rows);
  std::ranges::sort(order);
  return take_rows(x, order);
}

GapResult gap_statistic(MatrixView x, const GapOptions& options, const Execution& run) {
  require(options.max_clusters > 0 && options.references > 0 && options.components > 0 && options.max_rows > 0,
          "gap_statistic: every option must be at least 1");
  const Matrix sample = sampled_rows(x, options.max_rows, options.seed);
  const PcaModel pca = fit_pca(sample, options.components);
  const Matrix reduced = transform(pca, sample);
  // One k beyond the largest that can be chosen, since the rule looks at k + 1.
  const std::size_t largest = std::max<std::size_t>(1, std::min(options.max_clusters, reduced.rows() / 2));
  const std::size_t n_ks = std::min(largest + 1, reduced.rows());

  std::vector<std::vector<double>> dispersions(options.references + 1);
  parallel_for(dispersions.size(), run.thread_count(), [&](std::size_t i) {
    dispersions[i] = i == 0 ? log_dispersions(reduced, n_ks, options.seed)
                            : log_dispersions(with_shuffled_columns(reduced, options.seed, i), n_ks, options.seed);
  });

  GapResult result;
  const auto references = static_cast<double>(options.references);
  for (std::size_t k = 0; k < n_ks; ++k) {
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 1; i < dispersions.size(); ++i) {
      sum += dispersions[i][k];
      squares += dispersions[i][k] * dispersions[i][k];
    }
    const double mean = sum / references;
    const double variance = std::max(0.0, squares / references - mean * mean);
    result.gap.push_back(mean - dispersions[0][k]);
    result.standard_error.push_back(std::sqrt(variance * (1 + 1 / references)));
  }
  // Two groups often explain no more of a collection of many groups than of its shuffled columns, so that the rule
  // would stop at 1: whether there is any structure is asked of every k, and where there is, the rule starts at 2.
  if (!has_structure(result)) return result;
  for (std::size_t k = 1; k + 1 < n_ks; ++k) {
    if (result.gap[k] >= result.gap[k + 1] - result.standard_error[k + 1]) {
      result.n_clusters = k + 1;
      return result;
    }
  }
  result.found = false;
  const auto best = std::max_element(result.gap.begin(), result.gap.begin() + static_cast<std::ptrdiff_t>(largest));
  result.n_clusters = static_cast<std::size_t>(best - result.gap.begin()) + 1;
  return result;
}

}  // namespace songmap::cluster
