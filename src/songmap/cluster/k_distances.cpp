#include "songmap/cluster/k_distances.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/row_tiles.h"
#include "songmap/neighbors/knn.h"

namespace songmap::cluster {
namespace {

void check(const char* where, MatrixView x, std::size_t k) {
  require(!x.empty(), fmt::format("{}: the matrix is empty", where));
  require(k >= 1 && k < x.rows(),
          fmt::format("{}: k is {}, but must be 1 to the number of other rows, {}", where, k, x.rows() - 1));
  require(all_finite(x), fmt::format("{}: the matrix holds values that are not finite", where));
}

}  // namespace

std::vector<double> k_distances(MatrixView x, std::size_t k, const Execution& run) {
  check("k_distances", x, k);
  const neighbors::Neighbors near = neighbors::nearest_neighbors(x, k, run);
  std::vector<double> distances;
  for (std::size_t i = 0; i < x.rows(); ++i) distances.push_back(near.distances_of(i)[k - 1]);
  std::ranges::sort(distances);
  return distances;
}

double typical_k_distance(MatrixView x, std::size_t k) {
  check("typical_k_distance", x, k);
  constexpr std::size_t kMostRows = 64;
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < x.rows(); i += (x.rows() + kMostRows - 1) / kMostRows) chosen.push_back(i);
  const RowTiles tiles(take_rows(x, chosen));
  std::vector<float> distances(x.rows() * RowTiles::kRows);
  std::vector<float> of_row(x.rows());
  std::vector<double> found;
  for (std::size_t tile = 0; tile < tiles.count(); ++tile) {
    squared_distances(tiles, tile, x.data(), x.rows(), distances.data());
    for (std::size_t r = 0; r < tiles.rows_in(tile); ++r) {
      for (std::size_t i = 0; i < x.rows(); ++i) of_row[i] = distances[i * RowTiles::kRows + r];
      // The smallest is that of the row to itself.
      const auto kth = of_row.begin() + static_cast<std::ptrdiff_t>(k);
      std::ranges::nth_element(of_row, kth);
      found.push_back(std::sqrt(*kth));
    }
  }
  std::ranges::sort(found);
  return quantile(found, .5);
}

double quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace songmap::cluster
