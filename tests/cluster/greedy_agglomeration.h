#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "songmap/cluster/merge_tree.h"
#include "songmap/core/matrix.h"

namespace songmap::testing {

using cluster::Merge;
using cluster::MergeTree;

/// What two clusters that merge and a third look like: their sizes and distances.
struct Merging {
  double size_a, size_b, size_c;
  double ac, bc, ab;
};
using Update = std::function<double(const Merging&)>;  ///< Distance of the merged cluster to the third.

inline double ward_update(const Merging& m) {
  const double sum = m.size_a + m.size_b + m.size_c;
  return std::sqrt(
      ((m.size_a + m.size_c) * m.ac * m.ac + (m.size_b + m.size_c) * m.bc * m.bc - m.size_c * m.ab * m.ab) / sum);
}
inline double complete_update(const Merging& m) { return std::max(m.ac, m.bc); }
inline double single_update(const Merging& m) { return std::min(m.ac, m.bc); }
inline double average_update(const Merging& m) { return (m.size_a * m.ac + m.size_b * m.bc) / (m.size_a + m.size_b); }

/// The definition: of all pairs always the nearest, on the whole matrix of distances in double.
inline MergeTree greedy_tree(MatrixView x, const Update& update) {
  const std::size_t n = x.rows();
  std::vector<double> distances(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) distances[i * n + j] = std::sqrt(squared_distance(x.row(i), x.row(j)));
  }
  std::vector<double> sizes(n, 1);
  std::vector<std::size_t> left(n);
  for (std::size_t i = 0; i < n; ++i) left[i] = i;
  MergeTree tree{n, {}};
  while (left.size() > 1) {
    Merge best{0, 0, std::numeric_limits<double>::infinity()};
    for (std::size_t i = 0; i < left.size(); ++i) {
      for (std::size_t j = i + 1; j < left.size(); ++j) {
        const double distance = distances[left[i] * n + left[j]];
        if (distance < best.height) best = {left[i], left[j], distance};
      }
    }
    const auto [a, b, height] = best;
    tree.merges.push_back(best);
    std::erase(left, b);
    for (const std::size_t c : left) {
      if (c == a) continue;
      const double joined = update({sizes[a], sizes[b], sizes[c], distances[a * n + c], distances[b * n + c], height});
      distances[a * n + c] = distances[c * n + a] = joined;
    }
    sizes[a] += sizes[b];
  }
  return tree;
}

/// Equal heights (`tolerance` is relative) and equal groups at many numbers of groups.
inline void expect_equal_trees(const MergeTree& tree, const MergeTree& expected, double tolerance) {
  ASSERT_EQ(tree.n, expected.n);
  ASSERT_EQ(tree.merges.size(), expected.merges.size());
  for (std::size_t m = 0; m < tree.merges.size(); ++m) {
    ASSERT_NEAR(tree.merges[m].height, expected.merges[m].height, tolerance * expected.merges[m].height) << m;
  }
  for (std::size_t k = 1; k <= tree.n; k += std::max<std::size_t>(1, k / 4)) EXPECT_EQ(cut(tree, k), cut(expected, k));
}

}  // namespace songmap::testing
