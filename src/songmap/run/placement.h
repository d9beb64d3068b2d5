#pragma once

#include <memory>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/features/spectrogram_windows.h"
#include "songmap/model/latent_model.h"
#include "songmap/run/description.h"
#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"

namespace songmap::run {

/// The way of a track that comes later into the space in which a finished run groups its tracks. A track that was in
/// the run arrives where it is.
class Placement {
 public:
  /// @throws IoError          a file of the run is missing: the run is not finished, or older than this.
  /// @throws InvalidArgument  the run's main space cannot take new tracks; says why, and what to do.
  [[nodiscard]] static Placement load(const RunFolder& folder, const Manifest& manifest);

  /// Features that a track must have, by the names of their recipes; empty for a table of ready features.
  [[nodiscard]] const std::vector<std::string>& recipes() const { return recipes_; }
  /// Whether `place` wants the windows of the tracks.
  [[nodiscard]] bool reads_windows() const { return reads_windows_; }

  struct Placed {
    Matrix rows;                 ///< Of the main space, as its file has them: [tracks, n_columns].
    std::vector<double> errors;  ///< As ReconstructionRow::error, one a track; empty where the space has no model.
    /// What the model reads of each track and what it makes of that, the mean over its windows and over all seeds:
    /// [tracks, n_inputs]. Empty where the space has no model.
    Matrix given;
    Matrix made;
  };
  /// `raw` has a row a track, of the first recipe; `windows` are needed where `reads_windows`.
  [[nodiscard]] Placed place(MatrixView raw, const features::WindowedRows& windows = {}) const;

 private:
  FittedDescription description_;
  std::vector<std::unique_ptr<model::LatentModel>> models_;  ///< One a seed.
  std::size_t n_shown_ = 0;                                  ///< The space shows the first so many of them.
  std::vector<std::string> recipes_;
  bool reads_windows_ = false;
  bool decodes_ = false;  ///< The space is what the models decode, not their latent means.
};

}  // namespace songmap::run
