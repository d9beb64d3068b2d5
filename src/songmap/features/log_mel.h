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

inline constexpr std::string_view kLogMelTrackDefinition =
    "22050 Hz mono; STFT 2048/512 Hann centred, short signals padded to 2048; 64 Slaney mel bands of power; dB under "
    "the maximum, >= -80, in 255 steps; version 1";

/// A picture of what is added: decibels under the loudest value, at least -80, `[frames, 64]`.
class LogMel {
 public:
  static constexpr FrameNeeds kNeeds = {.coarse_mel = true};
  void add(const FrameTile& tile);
  /// @throws InvalidArgument  no frames.
  [[nodiscard]] Matrix finish() const;

 private:
  std::vector<float> levels_;  // [frames, kCoarseMels]
};

/// Levels of `[frames, 64]` in 255 equal steps of 80 dB, three in each float, which holds them as a whole number:
/// `[frames, 22]`. A third of the size, and as fine as the picture of it could show.
[[nodiscard]] Matrix packed_levels(MatrixView log_mel);
/// What was packed, to within half a step (0.16 dB). @throws InvalidArgument  it is nothing that was packed.
[[nodiscard]] Matrix unpacked_levels(MatrixView packed);

}  // namespace songmap::features
