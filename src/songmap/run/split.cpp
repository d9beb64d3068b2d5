#include "songmap/run/split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/random.h"

namespace songmap::run {

Split split_tracks(std::size_t n, double test_fraction, std::uint64_t seed, StageRecord& record) {
  // Fewer tracks than this in the part that is scored are no clustering task at all.
  constexpr std::size_t kSmallestPart = 10;
  Split split;
  const auto n_test = static_cast<std::size_t>(std::lround(test_fraction * static_cast<double>(n)));
  std::vector<std::size_t> order = Random(seed, 0x5917).permutation(n);
  if (test_fraction > 0 && n_test < kSmallestPart) {
    record.warn(
        fmt::format("{:.0f} % of {} tracks are {}, too few to cluster: every track is clustered instead, and the "
                    "model was trained on the same tracks.",
                    100 * test_fraction, n, n_test));
  } else if (test_fraction > 0) {
    split.evaluated.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n_test));
    order.erase(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n_test));
    record.note(fmt::format(
        "Training and scoring used different tracks: {} trained the model, the other {} were clustered and scored.",
        order.size(), n_test));
  }
  split.training = std::move(order);
  std::ranges::sort(split.training);
  std::ranges::sort(split.evaluated);
  return split;
}

}  // namespace songmap::run
