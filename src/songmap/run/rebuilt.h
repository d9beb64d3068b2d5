#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "songmap/core/matrix.h"
#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"

namespace songmap::run {

/// What a model of a finished run was given of some tracks, and what it made of it.
struct Rebuilt {
  Matrix given;              ///< [tracks, n_inputs]
  Matrix made;               ///< [tracks, n_inputs]
  bool spectrogram = false;  ///< The rows are log-mel spectrograms, [64, frames] each.
};

/// Of a model of windows, means over the windows of a track; of spectrograms, the first window as the first seed
/// rebuilds it; else the mean over all seeds. `tracks` are rows of tracks.csv, rising.
/// @throws InvalidArgument  there is no such model, or it reads something that the run did not keep; says what.
/// @throws IoError, FormatError
[[nodiscard]] Rebuilt rebuilt(const RunFolder& folder, const Manifest& manifest, const std::string& model,
                              std::span<const std::size_t> tracks);

}  // namespace songmap::run
