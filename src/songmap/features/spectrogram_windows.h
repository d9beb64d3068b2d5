#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/features/extract.h"
#include "songmap/library/store.h"

namespace songmap::features {

/// Log-mel spectrograms as a convolutional network sees them: rows of equal length, however long the track.
struct WindowOptions {
  std::size_t frames = 432;      ///< Of a window: 10 s of the study's frames and one more, a multiple of 16.
  std::size_t most_windows = 0;  ///< Of a track, evenly spread over it, the first at its start; 0: as many as cover it.
};

/// Windows of one track: [n_windows, bands * frames], each row [bands, frames] row-major, its levels in [0, 1]: 0 the
/// track's quietest, 1 its loudest. The first window starts with the track and the last one ends with it, the others
/// lie evenly between; a track shorter than a window is followed by zeros.
/// @throws InvalidArgument  log_mel ([n_frames, bands]) is empty or not finite, or frames is 0.
[[nodiscard]] Matrix spectrogram_window_rows(MatrixView log_mel, const WindowOptions& options = {});

/// Windows of several tracks.
struct WindowedRows {
  Matrix rows;                     ///< See `spectrogram_window_rows`.
  std::vector<std::size_t> track;  ///< Whose window each row is: 0 … n_tracks - 1, rising.
};

/// The decibels of recipe `log-mel` or `log-mel-track`: [n_frames, 64].
/// @throws InvalidArgument  another recipe.
/// @throws IoError          the store holds no sound values for the track: extracting again mends it.
[[nodiscard]] Matrix load_log_mel(library::Store& store, const ExtractedTrack& track, std::string_view recipe);

/// The windows of all tracks of a report, in their order.
///
/// A window of 64 x 432 takes 110 KB, so a four-minute track in full 2.6 MB and a thousand of them 2.6 GB: to train on
/// a large library, take a few windows of each (`most_windows`), and to encode it go track by track.
/// @throws InvalidArgument, IoError  as the functions above.
[[nodiscard]] WindowedRows gather_windows(const ExtractReport& report, library::Store& store, std::string_view recipe,
                                          const WindowOptions& options = {});

/// Means of the rows of each track: [n_tracks, cols]; a track without rows is a row of NaN.
/// @throws InvalidArgument  `track` has not one entry a row, or one is not below n_tracks.
[[nodiscard]] Matrix mean_by_track(MatrixView latents, std::span<const std::size_t> track, std::size_t n_tracks);

}  // namespace songmap::features
