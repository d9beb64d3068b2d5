#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/model/latent_model.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/tables.h"

namespace songmap::run {

/// What a picture of a model is made from: everything of its first seed.
struct Inspected {
  const model::LatentModel& model;
  MatrixView inputs;     ///< One row a track: what the model reads of it (of a spectrogram model, the first window).
  MatrixView condition;  ///< As the model wants it; may be empty.
  std::vector<double> kl_per_dimension;
};

/// Steps of a traversal, over -3 … 3 standard deviations, and the most dimensions that are traversed.
inline constexpr std::size_t kTraversalSteps = 7;
inline constexpr std::size_t kTraversedDimensions = 8;

/// Writes inspections/NAME.examples.csv (track_id, error: mean squared error a value), NAME.example_tracks.csv (the
/// tracks of the next file, from well to badly reconstructed), NAME.reconstructions.npy (rows 2 i and 2 i + 1: original
/// and reconstruction of example i), NAME.traversal.npy (row kTraversalSteps i + s: what the decoder makes of step s
/// along dimension i, all others at their mean) and NAME.traversal.csv (dimension, kl: the dimensions i, by falling
/// KL).
void save_inspections(const RunFolder& folder, const std::string& name, const Inspected& inspected,
                      const std::vector<TrackRow>& tracks, std::span<const std::size_t> shown);

}  // namespace songmap::run
