#include "songmap/metrics/two_samples.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "songmap/core/error.h"

namespace songmap::metrics {

double mann_whitney_p(std::span<const double> a, std::span<const double> b) {
  std::vector<std::pair<double, bool>> all;  // value, whether of a
  for (const double value : a) all.emplace_back(value, true);
  for (const double value : b) all.emplace_back(value, false);
  require(std::ranges::all_of(all, [](const auto& one) { return std::isfinite(one.first); }),
          "mann_whitney_p: a value is not finite");
  if (a.empty() || b.empty()) return 1;
  std::ranges::sort(all);
  double rank_sum = 0;
  double ties = 0;
  for (std::size_t first = 0, end = 0; first < all.size(); first = end) {
    while (end < all.size() && all[end].first == all[first].first) ++end;
    const auto n = static_cast<double>(end - first);
    const double rank = static_cast<double>(first) + (n + 1) / 2;
    ties += n * n * n - n;
    for (std::size_t i = first; i < end; ++i) rank_sum += all[i].second ? rank : 0;
  }
  const auto n_a = static_cast<double>(a.size());
  const auto n_b = static_cast<double>(b.size());
  const double n = n_a + n_b;
  const double u = rank_sum - n_a * (n_a + 1) / 2;
  const double variance = n_a * n_b / 12 * (n + 1 - ties / (n * (n - 1)));
  if (!(variance > 0)) return 1;
  const double off = std::max(std::abs(u - n_a * n_b / 2) - 0.5, 0.0);
  return std::min(1.0, std::erfc(off / std::sqrt(2 * variance)));
}

}  // namespace songmap::metrics
