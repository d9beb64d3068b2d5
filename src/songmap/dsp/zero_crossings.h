#pragma once

#include "songmap/dsp/lanes.h"
#include "songmap/dsp/stft.h"

namespace songmap::dsp {

/// Share of a frame's samples whose sign differs from the sample before (librosa.feature.zero_crossing_rate: samples
/// within 1e-10 of zero count as positive; beyond its ends the signal keeps its last value and so never crosses).
class ZeroCrossings {
 public:
  explicit ZeroCrossings(const StftOptions& options) : options_(options) {}
  /// One rate a lane, in [0, 1].
  [[nodiscard]] Lanes rate(const FrameBlock& block) const;

 private:
  StftOptions options_;
};

}  // namespace songmap::dsp
