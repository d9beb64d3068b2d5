#pragma once

#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/model/latent_model.h"
#include "songmap/run/model_inputs.h"
#include "songmap/run/tables.h"

namespace songmap::run {

/// How far a model is from each track: mean squared error a value, over all rows that it reads of the track.
/// `condition` has one row for each of `inputs.rows`, or is empty.
[[nodiscard]] std::vector<double> reconstruction_errors(const model::LatentModel& model, const ModelInputs& inputs,
                                                        MatrixView condition, std::size_t n_tracks);

/// Rows of reconstruction.csv for one model, its worst track first. `errors` has one vector a seed.
[[nodiscard]] std::vector<ReconstructionRow> reconstruction_rows(const std::string& model,
                                                                 const std::vector<std::vector<double>>& errors,
                                                                 const std::vector<TrackRow>& tracks);

}  // namespace songmap::run
