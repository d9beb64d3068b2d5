// songmap_numerics kmeans|silhouette|ward|spectral|tsne|umap ROWS.npy, or dbscan ROWS.npy EPS: one job of
// bench/python/numerics.py on one core. Prints the number of rows and the seconds; how good the result is goes to
// stderr.
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "bench/stopwatch.h"
#include "songmap/cluster/dbscan.h"
#include "songmap/cluster/kmeans.h"
#include "songmap/cluster/method.h"
#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/metrics/internal.h"
#include "songmap/projection/quality.h"
#include "songmap/projection/tsne.h"
#include "songmap/projection/umap.h"

namespace songmap::bench {
namespace {

const Execution kOneCore{.threads = 1, .progress = {}};
constexpr std::size_t kGroups = 20;

void measure(std::string_view job, const Matrix& x, double eps) {
  if (job == "kmeans") {
    const Stopwatch watch;
    const auto model = cluster::fit_kmeans(x, {.n_clusters = kGroups}, kOneCore);
    watch.print(x.rows());
    fmt::print(stderr, "inertia {:.1f}\n", model.inertia);
  } else if (job == "silhouette") {
    const auto labels = cluster::fit_kmeans(x, {.n_clusters = kGroups, .n_init = 1}, kOneCore).labels;
    const Stopwatch watch;
    const auto score = metrics::silhouette(x, labels, kOneCore);
    watch.print(x.rows());
    fmt::print(stderr, "silhouette {:.4f}\n", score.value_or(0));
  } else if (job == "ward") {
    const Stopwatch watch;
    const auto labels = cluster::fit_labels(x, cluster::WardOptions{kGroups}, kOneCore);
    watch.print(x.rows());
    fmt::print(stderr, "calinski_harabasz {:.3f}\n", metrics::calinski_harabasz(x, labels).value_or(0));
  } else if (job == "spectral") {
    const Stopwatch watch;
    const auto result = cluster::fit_spectral(x, {.n_clusters = kGroups}, kOneCore);
    watch.print(x.rows());
    fmt::print(stderr, "calinski_harabasz {:.3f}, converged {}\n",
               metrics::calinski_harabasz(x, result.labels).value_or(0), result.converged);
  } else if (job == "dbscan") {
    const Stopwatch watch;
    const auto result = cluster::fit_dbscan(x, {.eps = eps, .min_samples = 5}, kOneCore);
    watch.print(x.rows());
    fmt::print(stderr, "clusters {}, coverage {:.4f}\n", std::ranges::max(result.labels) + 1, result.coverage);
  } else if (job == "tsne" || job == "umap") {
    const Stopwatch watch;
    const auto map = job == "tsne" ? projection::tsne(x, {}, kOneCore) : projection::umap(x, {}, kOneCore);
    watch.print(x.rows());
    fmt::print(stderr, "trustworthiness {:.4f}\n",
               projection::trustworthiness(x, map.points, 15, kOneCore).value_or(0));
  } else {
    throw InvalidArgument(fmt::format("there is no job '{}'", job));
  }
}

}  // namespace
}  // namespace songmap::bench

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    fmt::print(stderr, "usage: songmap_numerics kmeans|silhouette|ward|spectral|dbscan|tsne|umap ROWS.npy [EPS]\n");
    return 2;
  }
  try {
    songmap::bench::measure(argv[1], songmap::read_npy(argv[2]), argc > 3 ? std::atof(argv[3]) : 0);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "songmap_numerics: {}\n", failure.what());
    return 1;
  }
}
