#pragma once

#include <cstddef>
#include <vector>

#include "songmap/dsp/lanes.h"
#include "songmap/dsp/stft.h"

namespace songmap::dsp {

/// Share of a frame's samples whose sign differs from the sample before (librosa.feature.zero_crossing_rate: samples
/// within 1e-10 of zero count as positive; beyond its ends the signal keeps its last value and so never crosses).
class ZeroCrossings {
 public:
  explicit ZeroCrossings(const StftOptions& options);
  /// One rate a lane, in [0, 1].
  [[nodiscard]] Lanes rate(const FrameBlock& block);

 private:
  StftOptions options_;
  std::vector<std::uint8_t> crosses_;
  std::vector<std::int32_t> stretches_;  // crossings in each stretch of one hop
};

}  // namespace songmap::dsp
