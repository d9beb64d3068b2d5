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

inline constexpr std::string_view kTimbreWindowsDefinition =
    "timbre of windows: 1 s every .26 s of tracks up to 3 s, 1.5/.5 up to 8 s, 3/1 up to 20 s, 5/2.5 beyond, inside "
    "one "
    "segment; floors of the whole track; those 40 dB under the loudest frame left out; at most 24, evenly spread; "
    "version 1";

/// Windows of a track, at most.
inline constexpr std::size_t kMostVectorWindows = 24;

/// Names of the 323 values.
[[nodiscard]] std::vector<std::string> timbre_columns();

/// songmap's own description of sound, in five blocks: mfcc 40, shape 13, contrast 14, delta 96, fluctuation 160; of a
/// track, and of windows of it.
class Timbre {
 public:
  static constexpr FrameNeeds kNeeds = {.fine_mel = true, .coarse_mel = true, .shape = true, .timbre = true};
  /// Frames from here on are a signal of their own; their statistics are pooled with the others'.
  void begin_segment();
  void add(const FrameTile& tile);
  /// [1, 323]. Nothing can be added afterwards. @throws InvalidArgument  no frames.
  [[nodiscard]] Matrix track();
  /// [n_windows, 323], in the order of time, at least one. A segment shorter than a window is one. Nothing can be added
  /// afterwards. @throws InvalidArgument  no frames.
  [[nodiscard]] Matrix windows();

 private:
  struct Segment {
    std::deque<FrameTile> tiles;  // in chunks: growing copies nothing
    std::size_t n_frames = 0;
    Matrix fine_levels;    // of the delta-spectral pattern
    Matrix coarse_levels;  // of the fluctuation pattern
  };
  /// From tiles to descriptors of frames, once.
  void describe_frames();

  std::vector<Segment> segments_;
  Matrix frames_;  // [frames of all segments, descriptors]
};

}  // namespace songmap::features
