#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/features/extract.h"
#include "songmap/library/store.h"
#include "songmap/library/track.h"

/// Vectors of tracks from a model of windows of sound.
namespace songmap::features {

/// A network that turns windows of samples into vectors, and what it wants to be fed.
struct EmbeddingModel {
  int rate_hz = 0;
  std::size_t window_samples = 0;
  std::size_t n_columns = 0;
  std::string identity;  ///< Names the model's content: what the store tells it from others by.
  /// [n, window_samples] to [n, n_columns], called from several threads at once. What it throws (songmap::Error) is the
  /// failure of that track.
  std::function<Matrix(MatrixView)> embed;
  std::size_t most_windows = 60;  ///< Of a track, evenly spread.
};

/// What the store files a track's vector under: the model and all that decides what it is fed.
[[nodiscard]] std::string recipe_key(const EmbeddingModel& model);

/// Starts of the windows of a track in samples: as many as cover it, at most `most_windows`; the first starts with the
/// track, the last one ends with it, the others lie evenly between. A track shorter than a window has one, from 0.
[[nodiscard]] std::vector<std::size_t> window_starts(std::size_t n_samples, std::size_t window_samples,
                                                     std::size_t most_windows);

/// Mean vector of the windows of a track: [1, n_columns]. A track shorter than a window is followed by zeros.
[[nodiscard]] Matrix embed_samples(const EmbeddingModel& model, std::span<const float> samples);

struct EmbeddingReport {
  Matrix rows;                             ///< [n_tracks, n_columns] of the report's tracks; NaN where it failed.
  std::vector<library::Failure> failures;  ///< Stage "embedding".
  std::size_t n_computed = 0;              ///< Vectors that were not in the store.
};

/// The vector of every track, computing only those that the store does not hold. Tracks run side by side, longest
/// first; each is saved as soon as it is finished. Long tracks are heard in excerpts, as everywhere. Progress is in
/// seconds of audio.
/// @throws IoError    the store fails.
/// @throws Cancelled
[[nodiscard]] EmbeddingReport embed_tracks(const ExtractReport& report, library::Store& store,
                                           const EmbeddingModel& model, const Execution& run = {});

}  // namespace songmap::features
