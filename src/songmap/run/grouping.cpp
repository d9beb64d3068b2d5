#include "songmap/run/grouping.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "songmap/projection/umap.h"

namespace songmap::run {
namespace {

constexpr std::string_view kUmapKMeans = "umap-k-means";

}  // namespace

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all = cluster::method_names();
    all.emplace_back(kUmapKMeans);
    return all;
  }();
  return names;
}

std::string method_title(const std::string& method) {
  return method == kUmapKMeans ? "UMAP + K-Means" : cluster::method_title(method);
}

bool is_deterministic(const std::string& method) {
  constexpr std::array<std::string_view, 5> kDeterministic{"ward", "complete", "average", "single", "dbscan"};
  return std::ranges::find(kDeterministic, method) != kDeterministic.end();
}

cluster::Clustering group(MatrixView x, const std::string& method, std::size_t n_clusters, std::uint64_t seed,
                          const cluster::MethodOptions& options, const Execution& run) {
  if (method != kUmapKMeans) return cluster::fit(x, cluster::method(method, n_clusters, seed, options), run);
  projection::UmapOptions umap;
  umap.dimensions = std::min<std::size_t>(8, x.cols());
  umap.neighbors = 15;
  umap.min_dist = 0;
  umap.seed = seed;
  const Matrix embedded = projection::umap(x, umap, run).points;
  return cluster::fit(embedded, cluster::method("k-means", n_clusters, seed, options), run);
}

}  // namespace songmap::run
