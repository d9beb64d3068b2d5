#include "songmap/run/grouping.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "songmap/projection/umap.h"
#include "songmap/run/deep_grouping.h"

namespace songmap::run {
namespace {

constexpr std::string_view kUmapKMeans = "umap-k-means";

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

cluster::Clustering found_by(MatrixView x, const std::string& method, std::size_t n_clusters, std::uint64_t seed,
                             const GroupingOptions& options, const Execution& run) {
  if (is_deep(method)) return deep_group(x, method, n_clusters, seed, options, options.deep, run);
  if (method != kUmapKMeans) return cluster::fit(x, cluster::method(method, n_clusters, seed, options), run);
  projection::UmapOptions umap;
  umap.dimensions = std::min<std::size_t>(8, x.cols());
  umap.neighbors = 15;
  umap.min_dist = 0;
  umap.seed = seed;
  const Matrix embedded = projection::umap(x, umap, run).points;
  return cluster::fit(embedded, cluster::method("k-means", n_clusters, seed, options), run);
}

}  // namespace

void describe(OptionSet& set, GroupingOptions& options) {
  cluster::describe(set, options);
  set.section("deep");
  model::describe(set, options.deep);
  set.section("groups");
  cluster::describe(set, options.groups);
}

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all = cluster::method_names();
    all.emplace_back(kUmapKMeans);
    all.insert(all.end(), deep_method_names().begin(), deep_method_names().end());
    all.emplace_back(kConsensus);
    return all;
  }();
  return names;
}

std::string method_title(const std::string& method) {
  if (method == kUmapKMeans) return "UMAP + K-Means";
  if (method == kConsensus) return "Consensus of all seeds";
  return is_deep(method) ? deep_method_title(method) : cluster::method_title(method);
}

bool is_deterministic(const std::string& method) {
  constexpr std::array<std::string_view, 6> kDeterministic{"ward",   "complete", "average",
                                                           "single", "dbscan",   kConsensus};
  return std::ranges::find(kDeterministic, method) != kDeterministic.end();
}

bool is_repeatable(const std::string& method) { return method != kConsensus && !is_deep(method); }

std::vector<std::string> methods_for(const std::vector<std::string>& asked, bool described) {
  require(!asked.empty(), "cluster.methods is empty: name at least one clustering");
  require(is_repeatable(asked.front()),
          fmt::format("cluster.methods begins with {}, which not every space has: begin with another one, such as "
                      "k-means or spectral, whose groups are the run's",
                      asked.front()));
  std::vector<std::string> methods;
  for (const std::string& method : asked) {
    if (method == kConsensus || (is_deep(method) && !described)) continue;
    add_once(methods, starting_point(method));
    add_once(methods, method);
  }
  if (std::ranges::find(asked, kConsensus) != asked.end()) methods.emplace_back(kConsensus);
  return methods;
}

cluster::Clustering group(MatrixView x, const std::string& method, std::size_t n_clusters, std::uint64_t seed,
                          const GroupingOptions& options, const Execution& run) {
  cluster::Clustering found = found_by(x, method, n_clusters, seed, options, run);
  if (found.undefined.empty()) found.labels = cluster::within_bounds(x, std::move(found.labels), options.groups, run);
  return found;
}

}  // namespace songmap::run
