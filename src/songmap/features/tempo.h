#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "songmap/features/frame_tile.h"
#include "songmap/features/recipe.h"

namespace songmap::features {

inline constexpr std::string_view kTempoDefinition =
    "22050 Hz mono; STFT 2048/512 Hann centred, short signals padded to 2048; onset strength: mean rise over 128 "
    "Slaney "
    "mel bands (top 80 dB), segment by segment; tempo of 8 s autocorrelations, likely 120 bpm +- 1 octave, below 320; "
    "0: nothing begins; version 1";

/// What a track's tempo is found from: the levels of its frames.
class Tempo {
 public:
  static constexpr FrameNeeds kNeeds = {.fine_mel = true};
  void begin_segment();
  void add(const FrameTile& tile);
  /// [1, 1]: beats a minute, 0 where nothing ever begins. @throws InvalidArgument  no frames.
  [[nodiscard]] Matrix finish() const;

 private:
  std::vector<float> levels_;             // [frames, kFineMels]
  std::vector<std::size_t> first_frame_;  // of each segment
};

}  // namespace songmap::features
