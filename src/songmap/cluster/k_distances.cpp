#include "songmap/cluster/k_distances.h"

#include <fmt/format.h>

#include <algorithm>

#include "songmap/core/error.h"
#include "songmap/neighbors/knn.h"

namespace songmap::cluster {

std::vector<double> k_distances(MatrixView x, std::size_t k, const Execution& run) {
  require(!x.empty(), "k_distances: the matrix is empty");
  require(k >= 1 && k < x.rows(),
          fmt::format("k_distances: k is {}, but must be 1 to the number of other rows, {}", k, x.rows() - 1));
  const neighbors::Neighbors near = neighbors::nearest_neighbors(x, k, run);
  std::vector<double> distances;
  for (std::size_t i = 0; i < x.rows(); ++i) distances.push_back(near.distances_of(i)[k - 1]);
  std::ranges::sort(distances);
  return distances;
}

double quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace songmap::cluster
