#include "songmap/figures/colour_scale.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace songmap::figures {
namespace {

/// The value below which `share` of the values lie.
double quantile(std::vector<float> values, double share) {
  const auto at = values.begin() + std::lround(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, at);
  return *at;
}

}  // namespace

void ScaledValues::add(std::span<const float> values) {
  std::ranges::copy_if(values, std::back_inserter(values_), [](float v) { return std::isfinite(v); });
}

ColourScale ScaledValues::range_scale() const {
  if (values_.empty()) return {0, 1, perceptual};
  const double low = quantile(values_, 0.01);
  const double high = quantile(values_, 0.995);
  // Equal values stand in the middle of a scale that can still be numbered.
  const double air = high > low ? 0 : std::max(0.5, 0.01 * std::abs(low));
  return {low - air, high + air, perceptual};
}

ColourScale ScaledValues::signed_scale() const {
  std::vector<float> sizes;
  std::ranges::transform(values_, std::back_inserter(sizes), [](float v) { return std::abs(v); });
  const double limit = sizes.empty() ? 1 : quantile(std::move(sizes), 0.99);
  return limit > 0 ? ColourScale{-limit, limit, diverging} : ColourScale{-1, 1, diverging};
}

}  // namespace songmap::figures
