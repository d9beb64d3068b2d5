#pragma once

#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "songmap/features/frame_tile.h"
#include "songmap/features/recipe.h"

namespace songmap::features {

inline constexpr std::string_view kTimbreDefinition =
    "22050 Hz mono; STFT 2048/512 Hann centred, short signals padded to 2048; frames within 60 dB of the loudest, at "
    "least 3; 20 MFCC of 128 bands mean, log std; shape 13; contrast 7 mean, std; delta-spectral pattern 32 x 3; "
    "fluctuation pattern 16 x 10; version 1";

/// Names of the 323 values.
[[nodiscard]] std::vector<std::string> timbre_columns();

/// songmap's own description of a track, in five blocks: mfcc 40, shape 13, contrast 14, delta 96, fluctuation 160.
class Timbre {
 public:
  static constexpr FrameNeeds kNeeds = {.fine_mel = true, .coarse_mel = true, .shape = true, .timbre = true};
  /// Frames from here on are a signal of their own; their statistics are pooled with the others'.
  void begin_segment();
  void add(const FrameTile& tile);
  /// [1, 323]. @throws InvalidArgument  no frames.
  [[nodiscard]] Matrix finish();

 private:
  struct Segment {
    std::deque<FrameTile> tiles;  // in chunks: growing copies nothing
    std::size_t n_frames = 0;
  };
  std::vector<Segment> segments_;
};

}  // namespace songmap::features
