#pragma once

#include <span>

namespace songmap::metrics {

/// Whether values of one sample tend to be larger than those of another (Mann & Whitney 1947): two-sided p by the
/// normal approximation with correction for ties and continuity. 1 where a sample is empty or all values are equal.
/// @throws InvalidArgument  a value is not finite.
[[nodiscard]] double mann_whitney_p(std::span<const double> a, std::span<const double> b);

}  // namespace songmap::metrics
