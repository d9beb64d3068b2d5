#include "songmap/neighbors/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "songmap/core/error.h"

namespace songmap::neighbors {
namespace {

MatrixView checked(MatrixView x) {
  require(!x.empty() && all_finite(x), "neighbors::Search needs rows, and finite values in them");
  return x;
}

}  // namespace

Search::Search(MatrixView x) : tiles_(checked(x)) {}

std::vector<Hit> Search::nearest(std::span<const float> query, std::size_t k) const {
  require(query.size() == tiles_.cols(),
          fmt::format("neighbors::Search: a query of {} columns, the rows have {}", query.size(), tiles_.cols()));
  std::vector<float> squared(tiles_.count() * RowTiles::kRows);
  squared_distances_to(query.data(), tiles_, 0, tiles_.count(), squared.data());
  std::vector<std::uint32_t> order(tiles_.rows());
  std::iota(order.begin(), order.end(), 0U);
  const std::size_t n = std::min(k, order.size());
  const auto nearer = [&](std::uint32_t a, std::uint32_t b) {
    return squared[a] < squared[b] || (squared[a] == squared[b] && a < b);
  };
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(n), nearer);
  std::vector<Hit> hits;
  for (std::size_t i = 0; i < n; ++i) hits.push_back({order[i], std::sqrt(squared[order[i]])});
  return hits;
}

}  // namespace songmap::neighbors
