#include "songmap/cluster/reachability_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "songmap/core/error.h"
#include "songmap/core/row_tiles.h"

namespace songmap::cluster {
namespace {

constexpr std::size_t kRows = RowTiles::kRows;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// The rows that are not in the tree yet, each with its shortest edge to it. All distances are squared.
class Fringe {
 public:
  Fringe(MatrixView x, std::span<const float> core_distances) : x_(x), tiles_(x) {
    resize(x.rows());
    for (std::size_t i = 0; i < x.rows(); ++i) {
      row_[i] = static_cast<std::uint32_t>(i);
      core_[i] = squared_limit(core_distances[i]);
      open_[i] = 1;
    }
    left_ = x.rows();
  }

  // Takes the row in `slot` out, and the nearest of the others through it or through rows that were taken before: the
  // slot of that row.
  std::size_t advance(std::size_t slot) {
    const std::uint32_t taken = row_[slot];
    const float taken_core = core_[slot];
    best_[slot] = core_[slot] = kInfinity;
    open_[slot] = 0;
    --left_;
    float nearest = kInfinity;
    std::size_t nearest_tile = tiles_.count();
    for (std::size_t tile = 0; tile < tiles_.count(); ++tile) {
      const float least = relax(tile, taken, taken_core);
      if (least < nearest) {
        nearest = least;
        nearest_tile = tile;
      }
    }
    if (nearest_tile == tiles_.count()) {  // the squares of all that are left overflow
      return static_cast<std::size_t>(std::ranges::find(open_, 1) - open_.begin());
    }
    const auto first = best_.begin() + static_cast<std::ptrdiff_t>(nearest_tile * kRows);
    return static_cast<std::size_t>(std::find(first, first + kRows, nearest) - best_.begin());
  }

  [[nodiscard]] TreeEdge edge(std::size_t slot) const { return {from_[slot], row_[slot], std::sqrt(best_[slot])}; }

  // Closes the gaps once half of the rows are in the tree; the slot where the row of `slot` is then.
  std::size_t packed(std::size_t slot) {
    if (2 * left_ > row_.size() || left_ <= kRows) return slot;
    std::vector<std::size_t> rows;
    std::size_t moved = 0;
    std::size_t to = 0;
    for (std::size_t i = 0; i < row_.size(); ++i) {
      if (open_[i] == 0) continue;
      if (i == slot) moved = to;
      rows.push_back(row_[i]);
      row_[to] = row_[i];
      from_[to] = from_[i];
      core_[to] = core_[i];
      best_[to] = best_[i];
      open_[to++] = 1;
    }
    resize(to);
    tiles_ = RowTiles(take_rows(x_, rows));
    return moved;
  }

 private:
  // Rows that only fill the last tile up are infinitely far.
  void resize(std::size_t n) {
    const std::size_t padded = (n + kRows - 1) / kRows * kRows;
    row_.resize(n);
    open_.resize(n);
    from_.resize(padded);
    core_.resize(n);
    core_.resize(padded, kInfinity);
    best_.resize(n, kInfinity);
    best_.resize(padded, kInfinity);
  }

  // Offers the edges from row `taken` to the rows of a tile; the shortest edge of the tile.
  float relax(std::size_t tile, std::uint32_t taken, float taken_core) {
    float distances[kRows];
    squared_distances(tiles_, tile, x_.row(taken).data(), 1, distances);
    const float* core = core_.data() + tile * kRows;
    float* best = best_.data() + tile * kRows;
    std::uint32_t* from = from_.data() + tile * kRows;
    float least = kInfinity;
#pragma omp simd reduction(min : least)
    for (std::size_t r = 0; r < kRows; ++r) {
      const float higher = core[r] > taken_core ? core[r] : taken_core;
      const float reach = distances[r] > higher ? distances[r] : higher;
      const bool better = (reach < best[r]) | ((reach == best[r]) & (taken < from[r]));
      from[r] = better ? taken : from[r];
      best[r] = reach < best[r] ? reach : best[r];
      least = best[r] < least ? best[r] : least;
    }
    return least;
  }

  MatrixView x_;
  RowTiles tiles_;
  std::size_t left_ = 0;
  std::vector<std::uint32_t> row_;   // in a slot
  std::vector<std::uint8_t> open_;   // not in the tree
  std::vector<std::uint32_t> from_;  // padded to whole tiles, as the next two
  std::vector<float> core_;
  std::vector<float> best_;
};

}  // namespace

float squared_limit(double distance) {
  if (!(distance < std::sqrt(std::numeric_limits<float>::max()))) return std::numeric_limits<float>::max();
  auto limit = static_cast<float>(distance * distance);
  while (static_cast<double>(std::sqrt(limit)) > distance) limit = std::nextafter(limit, 0.0F);
  for (float next = limit; static_cast<double>(std::sqrt(next)) <= distance; next = std::nextafter(next, kInfinity)) {
    limit = next;
  }
  return limit;
}

std::vector<TreeEdge> reachability_tree(MatrixView x, std::span<const float> core_distances, const Execution& run) {
  require(!x.empty(), "reachability_tree: the matrix is empty");
  require(x.rows() <= std::numeric_limits<std::uint32_t>::max(), "reachability_tree: too many rows");
  require(core_distances.size() == x.rows(),
          fmt::format("reachability_tree: {} core distances for {} rows", core_distances.size(), x.rows()));
  require(all_finite(x), "reachability_tree: the matrix holds values that are not finite");
  std::vector<TreeEdge> edges;
  edges.reserve(x.rows() - 1);
  Fringe fringe(x, core_distances);
  std::size_t slot = 0;
  while (edges.size() + 1 < x.rows()) {
    slot = fringe.advance(slot);
    edges.push_back(fringe.edge(slot));
    slot = fringe.packed(slot);
    constexpr std::size_t kReportEvery = 256;
    if (edges.size() % kReportEvery == 0) {
      run.report({"reachability tree", static_cast<double>(edges.size()), static_cast<double>(x.rows() - 1), "edges"});
    }
  }
  return edges;
}

}  // namespace songmap::cluster
