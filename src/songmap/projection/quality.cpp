#include "songmap/projection/quality.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/row_tiles.h"
#include "songmap/neighbors/knn.h"

namespace songmap::projection {
namespace {

constexpr std::size_t kRows = RowTiles::kRows;
constexpr std::size_t kBatch = 8;  // rows whose distances are computed together

// Squared distances from the rows [first, last) to all rows: to[b * stride + i].
void distances_from(MatrixView x, const RowTiles& tiles, std::size_t first, std::size_t last, std::vector<float>& to) {
  float block[kBatch * kRows];
  const std::size_t stride = tiles.count() * kRows;
  for (std::size_t tile = 0; tile < tiles.count(); ++tile) {
    squared_distances(tiles, tile, x.row(first).data(), last - first, block);
    for (std::size_t b = 0; b < last - first; ++b) {
      std::copy_n(block + b * kRows, kRows, to.data() + b * stride + tile * kRows);
    }
  }
}

// Rank of `other` among the rows by distance from `row`, nearest first from 1; the row itself does not count, and of
// equally near ones the one that comes first in the data does.
std::size_t rank_of(const float* distances, std::size_t n, std::size_t row, std::size_t other) {
  const float limit = distances[other];
  int nearer = 0;
#pragma omp simd reduction(+ : nearer)
  for (std::size_t i = 0; i < n; ++i) nearer += distances[i] < limit ? 1 : 0;
  nearer -= distances[row] < limit ? 1 : 0;
  for (std::size_t i = 0; i < other; ++i) nearer += distances[i] == limit && i != row ? 1 : 0;
  return static_cast<std::size_t>(nearer) + 1;
}

}  // namespace

std::optional<double> trustworthiness(MatrixView high, MatrixView low, std::size_t k, const Execution& run) {
  require(high.rows() == low.rows(),
          fmt::format("trustworthiness: {} rows in high but {} in low", high.rows(), low.rows()));
  require(k > 0, "trustworthiness: k must be at least 1");
  require(all_finite(high) && all_finite(low), "trustworthiness: values are not finite");
  const std::size_t n = high.rows();
  k = n == 0 ? 0 : std::min(k, (n - 1) / 2);
  if (k == 0) return std::nullopt;

  const neighbors::Neighbors near = neighbors::nearest_neighbors(low, k, run);
  const RowTiles tiles(high);
  std::vector<double> penalties(chunk_count(n, kBatch));
  parallel_chunks(n, kBatch, run.thread_count(), [&](std::size_t chunk, std::size_t first, std::size_t last) {
    std::vector<float> distances(kBatch * tiles.count() * kRows);
    distances_from(high, tiles, first, last, distances);
    for (std::size_t row = first; row < last; ++row) {
      const float* own = distances.data() + (row - first) * tiles.count() * kRows;
      for (const std::uint32_t other : near.of(row)) {
        const std::size_t rank = rank_of(own, n, row, other);
        if (rank > k) penalties[chunk] += static_cast<double>(rank - k);
      }
    }
  });
  const double penalty = std::accumulate(penalties.begin(), penalties.end(), 0.0);
  const auto count = static_cast<double>(n);
  const auto size = static_cast<double>(k);
  return 1 - penalty * 2 / (count * size * (2 * count - 3 * size - 1));
}

}  // namespace songmap::projection
