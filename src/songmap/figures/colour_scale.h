#pragma once

#include <span>
#include <vector>

#include "songmap/figures/palette.h"

namespace songmap::figures {

/// What a colour stands for: `colour(0)` for `low` and below, `colour(1)` for `high` and above.
struct ColourScale {
  double low = 0;
  double high = 1;
  Colour (*colour)(double share) = perceptual;

  [[nodiscard]] Colour operator()(double value) const { return colour((value - low) / (high - low)); }
};

/// Values that are to be shown with one scale, which few odd ones among them must not stretch. Those that are not
/// finite are left out.
class ScaledValues {
 public:
  void add(std::span<const float> values);

  /// From the 1st to the 99.5th percentile, in `perceptual` colours.
  [[nodiscard]] ColourScale range_scale() const;

  /// Around 0, as far as 99 % of the values reach, in `diverging` colours.
  [[nodiscard]] ColourScale signed_scale() const;

 private:
  std::vector<float> values_;
};

}  // namespace songmap::figures
