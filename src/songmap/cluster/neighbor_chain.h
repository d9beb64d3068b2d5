#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "songmap/cluster/merge_tree.h"
#include "songmap/core/execution.h"

namespace songmap::cluster {

/// The merges of n clusters by a chain of nearest neighbours (Murtagh 1983; Müllner 2011), which equal those of the
/// greedy algorithm where no merge brings clusters nearer to a third. `Clusters` has
///   any()               the name of a cluster that is left,
///   nearest(a, before)  {name, height} of the one nearest to a; of equally near ones `before`, unless that is a,
///   merge(a, b)         makes one of them that bears the name a, where a < b.
template <class Clusters>
MergeTree merge_by_chain(Clusters& clusters, std::size_t n, std::string_view stage, const Execution& run) {
  constexpr std::size_t kOffChain = ~std::size_t{0};
  MergeTree tree{n, {}};
  std::vector<std::size_t> chain;
  std::vector<std::size_t> position(n, kOffChain);
  while (tree.merges.size() + 1 < n) {
    if (chain.empty()) {
      chain.push_back(clusters.any());
      position[chain[0]] = 0;
    }
    const std::size_t last = chain.back();
    const auto [next, height] = clusters.nearest(last, chain.size() > 1 ? chain[chain.size() - 2] : last);
    if (position[next] == kOffChain) {
      position[next] = chain.size();
      chain.push_back(next);
      continue;
    }
    // The nearest is the one before: a pair. (An earlier one can only be as near up to rounding, and is as good.)
    for (std::size_t left = position[next]; chain.size() > left; chain.pop_back()) position[chain.back()] = kOffChain;
    const auto [first, second] = std::minmax(last, next);
    tree.merges.push_back({first, second, height});
    clusters.merge(first, second);
    constexpr std::size_t kReportEvery = 256;
    if (tree.merges.size() % kReportEvery == 0) {
      run.report({stage, static_cast<double>(tree.merges.size()), static_cast<double>(n - 1), "merges"});
    }
  }
  // A chain finds the merges out of order; ordered by height they are those of the greedy algorithm.
  std::ranges::stable_sort(tree.merges, {}, &Merge::height);
  return tree;
}

}  // namespace songmap::cluster
