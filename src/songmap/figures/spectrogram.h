#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap::figures {

/// One item's spectrogram beside what a model made of it. Row 0 is the lowest band; NaN leaves a hole.
struct SpectrogramPair {
  std::string title = {};
  std::string note = {};       ///< At the right of the title, e.g. the error.
  Matrix original = {};        ///< [bands, frames]
  Matrix reconstruction = {};  ///< [bands, frames], as the original.
};

struct SpectrogramOptions {
  std::string title = {};
  std::string subtitle = {};
  double frame_s = 0;                ///< Seconds from frame to frame; 0: the axis counts frames.
  std::vector<double> band_hz = {};  ///< Middle of each band, rising; empty: the axis counts bands.
  std::string unit = {};             ///< Of the values, above the colour bars, e.g. "dB". Short.
  bool difference = true;            ///< A third column: reconstruction minus original, on a scale of its own.
};

/// Items one below the other: original, reconstruction and their difference side by side, time to the right and pitch
/// upwards, all originals and reconstructions on one colour scale (from the 1st to the 99.5th percentile of them all).
///
/// How to read it: bright is loud. What a model has kept looks alike in both columns; upright edges (drums) and thin
/// lines (held notes) that turn into a smooth glow are what it has thrown away. In the difference, blue is energy that
/// is missing, brown is energy that was not there, and a grey field would be a perfect reconstruction.
///
/// Writes NAME.svg and NAME.png.
/// @throws InvalidArgument  no pair, or matrices (or `band_hz`) whose shapes do not fit.
/// @throws IoError
void draw_spectrogram_pairs(const std::filesystem::path& without_extension, const std::vector<SpectrogramPair>& pairs,
                            const SpectrogramOptions& options);

}  // namespace songmap::figures
