#include "songmap/neighbors/knn.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/row_tiles.h"

namespace songmap::neighbors {
namespace {

constexpr std::size_t kRows = RowTiles::kRows;
constexpr std::size_t kTilesAChunk = 8;  // these and a block of points stay in the first-level cache
constexpr std::size_t kBlock = 64;

// The k nearest rows so far of the rows of one tile.
class TileNeighbors {
 public:
  TileNeighbors(std::size_t first_row, std::size_t rows, std::size_t k)
      : first_row_(first_row), rows_(rows), k_(k), distances_(kRows * k, kInfinity), indices_(kRows * k) {
    // Rows that only fill the tile up take nothing.
    std::fill_n(limits_, kRows, -1.0F);
    std::fill_n(limits_, rows, kInfinity);
  }

  // `distances[p * kRows + r]` from row r to point `first_point + p`.
  void offer(const float* distances, std::size_t first_point, std::size_t n_points) {
    for (std::size_t p = 0; p < n_points; ++p, distances += kRows) {
      int any = 0;
#pragma omp simd reduction(| : any)
      for (std::size_t r = 0; r < kRows; ++r) any |= distances[r] < limits_[r] ? 1 : 0;
      if (any == 0) continue;
      for (std::size_t r = 0; r < rows_; ++r) {
        if (distances[r] < limits_[r] && first_row_ + r != first_point + p) insert(r, distances[r], first_point + p);
      }
    }
  }

  void store(Neighbors& to) const {
    for (std::size_t i = 0; i < rows_ * k_; ++i) {
      to.distances[first_row_ * k_ + i] = std::sqrt(distances_[i]);
      to.indices[first_row_ * k_ + i] = indices_[i];
    }
  }

 private:
  static constexpr float kInfinity = std::numeric_limits<float>::infinity();

  // After the equally near ones that are there: points come in rising order, so the first of them stays first.
  void insert(std::size_t r, float distance, std::size_t point) {
    float* distances = distances_.data() + r * k_;
    std::uint32_t* indices = indices_.data() + r * k_;
    const auto at = static_cast<std::size_t>(std::upper_bound(distances, distances + k_, distance) - distances);
    std::copy_backward(distances + at, distances + k_ - 1, distances + k_);
    std::copy_backward(indices + at, indices + k_ - 1, indices + k_);
    distances[at] = distance;
    indices[at] = static_cast<std::uint32_t>(point);
    limits_[r] = distances[k_ - 1];
  }

  std::size_t first_row_;
  std::size_t rows_;
  std::size_t k_;
  float limits_[kRows];           // distance to the farthest of the k
  std::vector<float> distances_;  // [kRows, k] squared, rising
  std::vector<std::uint32_t> indices_;
};

void search_tiles(MatrixView x, const RowTiles& tiles, std::size_t first, std::size_t last, Neighbors& to) {
  std::vector<TileNeighbors> found;
  for (std::size_t tile = first; tile < last; ++tile) found.emplace_back(tile * kRows, tiles.rows_in(tile), to.k);
  float distances[kBlock * kRows];
  for (std::size_t point = 0; point < x.rows(); point += kBlock) {
    const std::size_t count = std::min(kBlock, x.rows() - point);
    for (std::size_t tile = first; tile < last; ++tile) {
      squared_distances(tiles, tile, x.row(point).data(), count, distances);
      found[tile - first].offer(distances, point, count);
    }
  }
  for (const TileNeighbors& of_tile : found) of_tile.store(to);
}

}  // namespace

Neighbors nearest_neighbors(MatrixView x, std::size_t k, const Execution& run) {
  require(!x.empty(), "nearest_neighbors: the matrix is empty");
  require(k > 0, "nearest_neighbors: k must be at least 1");
  require(x.rows() <= std::numeric_limits<std::uint32_t>::max(), "nearest_neighbors: too many rows");
  require(all_finite(x), "nearest_neighbors: the matrix holds values that are not finite");

  Neighbors result;
  result.k = std::min(k, x.rows() - 1);
  result.indices.resize(x.rows() * result.k);
  result.distances.resize(x.rows() * result.k);
  if (result.k == 0) return result;
  const RowTiles tiles(x);
  parallel_chunks(
      tiles.count(), kTilesAChunk, run.thread_count(),
      [&](std::size_t, std::size_t first, std::size_t last) { search_tiles(x, tiles, first, last, result); });
  return result;
}

}  // namespace songmap::neighbors
