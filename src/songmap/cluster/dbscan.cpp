#include "songmap/cluster/dbscan.h"

#include <fmt/format.h>

#include <cmath>

#include "songmap/cluster/density_scan.h"
#include "songmap/cluster/k_distances.h"
#include "songmap/cluster/radius_clusters.h"
#include "songmap/core/error.h"
#include "songmap/core/options.h"

namespace songmap::cluster {
namespace {

void check(MatrixView x, const DbscanOptions& options) {
  require(!x.empty(), "fit_dbscan: the matrix is empty");
  require(std::isfinite(options.eps) && options.eps >= 0,
          fmt::format("fit_dbscan: eps is {}, but must be 0 or a positive number", options.eps));
  require(options.min_samples >= 1, "fit_dbscan: min_samples must be at least 1");
  require(options.n_candidates >= 1, "fit_dbscan: n_candidates must be at least 1");
  require(options.low_quantile >= 0 && options.low_quantile <= options.high_quantile && options.high_quantile <= 1,
          fmt::format("fit_dbscan: the quantiles are {} and {}, but must rise within 0 to 1", options.low_quantile,
                      options.high_quantile));
  require(options.min_clusters >= 2, "fit_dbscan: min_clusters must be at least 2");
  require(options.min_coverage >= 0 && options.min_coverage <= 1,
          fmt::format("fit_dbscan: min_coverage is {}, but must be in 0 to 1", options.min_coverage));
  require(options.max_largest > 0 && options.max_largest <= 1,
          fmt::format("fit_dbscan: max_largest is {}, but must be above 0 and at most 1", options.max_largest));
  require(all_finite(x), "fit_dbscan: the matrix holds values that are not finite");
}

std::string all_noise(MatrixView x, const DbscanOptions& options) {
  const std::size_t k = options.min_samples - 1;
  if (k >= x.rows())
    return fmt::format("every track is noise: there are fewer than min_samples, {}", options.min_samples);
  return fmt::format(
      "every track is noise: none has {} others within eps, {:.4g} (half of them have so many within {:.4g})", k,
      options.eps, typical_k_distance(x, k));
}

}  // namespace

void describe(OptionSet& set, DbscanOptions& options) {
  set.add("eps", &options.eps, at_least(0), "rows at most this far apart are neighbours; 0: chosen by the scan");
  set.add("min_samples", &options.min_samples, at_least(1), "rows within eps, itself among them, of a core row");
  set.add("n_candidates", &options.n_candidates, at_least(1), "values of eps that the scan tries");
  set.add("low_quantile", &options.low_quantile, Range{0, 1}, "of the k-distances: the smallest eps of the scan");
  set.add("high_quantile", &options.high_quantile, Range{0, 1}, "of the k-distances: the largest eps of the scan");
  set.add("min_clusters", &options.min_clusters, at_least(2), "fewer clusters are not admissible in the scan");
  set.add("min_coverage", &options.min_coverage, Range{0, 1}, "nor is a smaller share of rows in clusters");
  set.add("max_largest", &options.max_largest, Range{0, 1}, "nor a larger share of rows in one cluster");
}

DbscanResult fit_dbscan(MatrixView x, const DbscanOptions& options, const Execution& run) {
  check(x, options);
  if (options.eps == 0) return scan_eps(x, options, run);
  DbscanResult result;
  result.eps = options.eps;
  result.labels = radius_clusters(x, options.eps, options.min_samples, run);
  const EpsCandidate found = describe_labels(result.labels);
  result.coverage = found.coverage;
  if (found.n_clusters == 0) {
    result.undefined = all_noise(x, options);
  } else if (found.n_clusters == 1) {
    result.undefined =
        fmt::format("one cluster only, of {:.0f} % of the tracks, at eps {:.4g}", 100 * found.coverage, options.eps);
  }
  return result;
}

}  // namespace songmap::cluster
