#include "songmap/cluster/merge_tree.h"

#include <fmt/format.h>

#include <numeric>

#include "songmap/core/error.h"

namespace songmap::cluster {

std::vector<std::int32_t> cut(const MergeTree& tree, std::size_t n_clusters) {
  require(n_clusters >= 1 && n_clusters <= tree.n,
          fmt::format("cut: n_clusters is {}, but must be 1 to the number of rows, {}", n_clusters, tree.n));
  std::vector<std::size_t> parent(tree.n);
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t row) {
    while (parent[row] != row) row = parent[row] = parent[parent[row]];
    return row;
  };
  for (std::size_t m = 0; m < tree.n - n_clusters; ++m) {
    parent[root(tree.merges[m].second)] = root(tree.merges[m].first);
  }
  std::vector<std::int32_t> number(tree.n, -1);
  std::vector<std::int32_t> labels;
  std::int32_t next = 0;
  for (std::size_t row = 0; row < tree.n; ++row) {
    std::int32_t& own = number[root(row)];
    if (own < 0) own = next++;
    labels.push_back(own);
  }
  return labels;
}

}  // namespace songmap::cluster
