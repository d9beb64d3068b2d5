#pragma once

#include <string_view>
#include <vector>

#include "songmap/features/frame_tile.h"
#include "songmap/features/recipe.h"

namespace songmap::features {

inline constexpr std::string_view kLogMelDefinition =
    "22050 Hz mono, first 10 s; STFT 2048/512 Hann centred; 64 Slaney mel bands of power; dB under the maximum, >= "
    "-80; "
    "version 1";

/// The study's picture of a track: decibels under the loudest value, at least -80, `[frames, 64]`.
class LogMel {
 public:
  static constexpr FrameNeeds kNeeds = {.coarse_mel = true};
  void add(const FrameTile& tile);
  /// @throws InvalidArgument  no frames.
  [[nodiscard]] Matrix finish() const;

 private:
  std::vector<float> levels_;  // [frames, kCoarseMels]
};

}  // namespace songmap::features
