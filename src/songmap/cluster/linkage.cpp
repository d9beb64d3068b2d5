#include "songmap/cluster/linkage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "songmap/cluster/neighbor_chain.h"
#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/row_tiles.h"

namespace songmap::cluster {
namespace {

constexpr std::size_t kRows = RowTiles::kRows;

// The distances of every row to the rows before it, one row after the other.
class Distances {
 public:
  Distances(MatrixView x, std::size_t threads) : values_(x.rows() * (x.rows() - 1) / 2) {
    const RowTiles tiles(x);
    parallel_for(tiles.count(), threads, [&](std::size_t tile) { fill(x, tiles, tile); });
  }

  // To the rows [0, row).
  [[nodiscard]] std::span<float> before(std::size_t row) { return {values_.data() + row * (row - 1) / 2, row}; }
  [[nodiscard]] std::span<const float> before(std::size_t row) const {
    return {values_.data() + row * (row - 1) / 2, row};
  }
  [[nodiscard]] float& at(std::size_t a, std::size_t b) { return a > b ? before(a)[b] : before(b)[a]; }

 private:
  void fill(MatrixView x, const RowTiles& tiles, std::size_t tile) {
    constexpr std::size_t kPoints = 128;  // of which distances are buffered
    std::array<float, kPoints * kRows> squares;
    const std::size_t first = tile * kRows;
    const std::size_t end = first + tiles.rows_in(tile);
    for (std::size_t from = 0; from + 1 < end; from += kPoints) {
      const std::size_t count = std::min(kPoints, end - 1 - from);
      squared_distances(tiles, tile, x.data() + from * x.cols(), count, squares.data());
      for (std::size_t row = std::max<std::size_t>(first, 1); row < end; ++row) {
        const std::span<float> to = before(row);
        const std::size_t last = std::min(row, from + count);
        for (std::size_t p = from; p < last; ++p) to[p] = std::sqrt(squares[(p - from) * kRows + row - first]);
      }
    }
  }

  std::vector<float> values_;
};

// The clusters that are left, and their distances by the formula of Lance and Williams (1967). Rounding to float is
// monotone, so that a mean of two distances never falls below the smaller: the chain needs that.
class Clusters {
 public:
  Clusters(MatrixView x, Linkage linkage, std::size_t threads)
      : linkage_(linkage), distances_(x, threads), left_(x.rows()), sizes_(x.rows(), 1) {
    std::iota(left_.begin(), left_.end(), std::uint32_t{0});
  }

  [[nodiscard]] std::size_t any() const { return left_[0]; }

  [[nodiscard]] std::pair<std::size_t, double> nearest(std::size_t a, std::size_t before) {
    std::size_t best = before;
    float distance = before == a ? std::numeric_limits<float>::infinity() : distances_.at(a, before);
    const auto consider = [&](std::size_t other, float candidate) {
      if (candidate < distance || best == a) {
        distance = candidate;
        best = other;
      }
    };
    const auto own = std::ranges::lower_bound(left_, a);
    const std::span<const float> row = a > 0 ? std::span<const float>(distances_.before(a)) : std::span<const float>();
    for (auto other = left_.begin(); other < own; ++other) consider(*other, row[*other]);
    for (auto other = own + 1; other < left_.end(); ++other) consider(*other, distances_.before(*other)[a]);
    return {best, distance};
  }

  void merge(std::size_t a, std::size_t b) {
    left_.erase(std::ranges::lower_bound(left_, b));
    const double total = sizes_[a] + sizes_[b];
    const double share = sizes_[a] / total;
    for (const std::size_t other : left_) {
      if (other == a) continue;
      float& kept = distances_.at(a, other);
      const float gone = distances_.at(b, other);
      kept = linkage_ == Linkage::kComplete ? std::max(kept, gone)
                                            : static_cast<float>(gone + share * (static_cast<double>(kept) - gone));
    }
    sizes_[a] = total;
  }

 private:
  Linkage linkage_;
  Distances distances_;
  std::vector<std::uint32_t> left_;  // rising
  std::vector<double> sizes_;
};

// Prim's minimum spanning tree: its edges, shortest first, are the merges.
class SpanningTree {
 public:
  explicit SpanningTree(MatrixView x)
      : x_(x), tiles_(x), distance_(x.rows(), std::numeric_limits<float>::infinity()), nearest_(x.rows()) {}

  // Takes a row into the tree; returns the edge to the nearest of those outside.
  Merge add(std::size_t row) {
    distance_[row] = kInside;
    std::size_t next = row;
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t tile = 0; tile < tiles_.count(); tile += kTiles) {
      std::array<float, kTiles * kRows> squares;
      squared_distances_to(x_.row(row).data(), tiles_, tile, std::min(kTiles, tiles_.count() - tile), squares.data());
      const std::size_t first = tile * kRows;
      const std::size_t last = std::min(first + squares.size(), x_.rows());
      for (std::size_t other = first; other < last; ++other) {
        if (squares[other - first] < distance_[other]) {
          distance_[other] = squares[other - first];
          nearest_[other] = row;
        }
        if (distance_[other] != kInside && (distance_[other] < least || next == row)) {
          least = distance_[other];
          next = other;
        }
      }
    }
    return {nearest_[next], next, std::sqrt(static_cast<double>(least))};
  }

 private:
  static constexpr std::size_t kTiles = 8;
  static constexpr float kInside = -1;  // no distance is smaller

  MatrixView x_;
  RowTiles tiles_;
  std::vector<float> distance_;       // squared, to the tree
  std::vector<std::size_t> nearest_;  // row of the tree
};

MergeTree spanning_tree(MatrixView x, const Execution& run) {
  MergeTree tree{x.rows(), {}};
  SpanningTree grown(x);
  for (std::size_t row = 0; tree.merges.size() + 1 < x.rows();) {
    const Merge edge = grown.add(row);
    tree.merges.push_back({std::min(edge.first, edge.second), std::max(edge.first, edge.second), edge.height});
    row = edge.second;
    constexpr std::size_t kReportEvery = 256;
    if (tree.merges.size() % kReportEvery == 0) {
      run.report(
          {"single linkage", static_cast<double>(tree.merges.size()), static_cast<double>(x.rows() - 1), "merges"});
    }
  }
  std::ranges::stable_sort(tree.merges, {}, &Merge::height);
  return tree;
}

}  // namespace

MergeTree linkage_tree(MatrixView x, Linkage linkage, const Execution& run) {
  require(!x.empty(), "linkage_tree: the matrix is empty");
  require(x.rows() <= kMaxLinkageRows,
          fmt::format("complete, average and single linkage take at most {} rows, not {}: take ward, k-means, spectral "
                      "or hdbscan instead",
                      kMaxLinkageRows, x.rows()));
  require(all_finite(x), "linkage_tree: the matrix holds values that are not finite");
  if (x.rows() == 1) return {1, {}};
  if (linkage == Linkage::kSingle) return spanning_tree(x, run);
  Clusters clusters(x, linkage, run.thread_count());
  return merge_by_chain(clusters, x.rows(), linkage == Linkage::kComplete ? "complete linkage" : "average linkage",
                        run);
}

}  // namespace songmap::cluster
