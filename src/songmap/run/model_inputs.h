#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/features/spectrogram_windows.h"
#include "songmap/run/model_specs.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/tables.h"

/// What models read, and what they are told beside it.
namespace songmap::run {

/// The rows that models are trained on: one a track, or several windows of a track's spectrogram.
struct ModelInputs {
  Matrix rows;                     ///< [rows, n_inputs]
  std::vector<std::size_t> track;  ///< Of each row, rising; every track has at least one.
  bool windowed = false;           ///< The rows are spectrogram windows.

  /// The rows of some tracks.
  [[nodiscard]] std::vector<std::size_t> rows_of(std::span<const std::size_t> tracks) const;
  /// What a track has for each of its rows; empty stays empty.
  [[nodiscard]] Matrix for_each_row(MatrixView of_tracks) const;
  /// Mean over each track's rows: [n_tracks, cols].
  [[nodiscard]] Matrix by_track(MatrixView of_rows, std::size_t n_tracks) const;
  /// The first row of each track.
  [[nodiscard]] Matrix first_of_track() const;
};

/// The recipe that describes windows of a track as the recipe timbre does the whole.
inline constexpr const char* kWindowRecipe = "timbre-windows";

/// Keeps the windows of tracks that have several: spaces/windows.npy, and in spaces/windows-of.npy the row of
/// tracks.csv that each belongs to.
void save_windows(const RunFolder& folder, const features::WindowedRows& windows);

/// What `save_windows` kept. @throws IoError  there is none.
[[nodiscard]] ModelInputs load_windows(const RunFolder& folder);

/// One row a track.
[[nodiscard]] ModelInputs track_inputs(Matrix rows);

/// The windows of spectrograms that `save_windows` kept, or else `of_tracks`, the only window of each.
[[nodiscard]] ModelInputs spectrogram_inputs(const RunFolder& folder, const Matrix& of_tracks);

/// Whether the tracks are described by spectrograms.
[[nodiscard]] bool has_spectrograms(const Manifest& manifest);

/// The given models without those that cannot read this input (a warning says which and why).
[[nodiscard]] std::vector<ModelSpec> usable_models(std::vector<ModelSpec> specs, const Manifest& manifest,
                                                   StageRecord& record);

/// Label column `column` as one-hot rows; a track without a label is a row of zeros. Empty for an empty name.
/// @throws InvalidArgument  no track has such a label: names what there is.
[[nodiscard]] Matrix condition_rows(const std::vector<TrackRow>& tracks, const std::string& column);

/// The mean row, `rows` times (none for an empty condition): what a conditional model decodes when it is to say nothing
/// of the condition.
[[nodiscard]] Matrix averaged(MatrixView condition, std::size_t rows);

/// The columns that are no MFCC; empty where the columns have no names.
[[nodiscard]] Matrix descriptors(const Matrix& features, const std::vector<std::string>& columns);

/// How the study's tables call a baseline.
[[nodiscard]] std::string baseline_title(const std::string& baseline);

}  // namespace songmap::run
