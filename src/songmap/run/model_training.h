#pragma once

#include <optional>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/model/train.h"
#include "songmap/run/audio_space.h"
#include "songmap/run/model_specs.h"
#include "songmap/run/split.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/tables.h"

namespace songmap::run {

/// What all models of a run share.
struct Training {
  const RunFolder& folder;
  const RunOptions& options;
  const StageContext& context;
  StageRecord& record;
  const std::vector<TrackRow>& tracks;
  const Split& split;
  const AudioSpace& audio;
  const ModelInputs& inputs;            ///< What models read, but for those of windows.
  const std::optional<Matrix>& lyrics;  ///< What of the words joins the sound; none: there is no such view.
};

/// Spaces that one model gives.
struct ModelSpaces {
  SpaceRecord own;                      ///< A matrix a seed.
  std::optional<SpaceRecord> ensemble;  ///< All seeds together.
  std::optional<SpaceRecord> fused;     ///< Of all seeds together, or a matrix a seed.
};

/// What training leaves for the tables.
struct TrainingTables {
  std::vector<CurveRow> curves;
  std::vector<ReconstructionRow> reconstruction;
};

/// Trains one model with every seed and writes all that it gives: spaces/NAME.npy, NAME.decoded.npy, NAME.ensemble.npy,
/// models/, inspections/ and its record in the manifest.
[[nodiscard]] ModelSpaces train_model(const Training& training, const ModelSpec& spec, TrainingTables& tables);

/// What the seeds made, as one space: side by side, or `averaged`.
[[nodiscard]] Matrix together(const std::vector<Matrix>& of_seeds, bool averaged);

/// Notes a training of one seed in its tables and its record.
void add_report(const model::TrainingReport& report, std::uint64_t seed, ModelRecord& record, TrainingTables& tables);

/// Checkpoints are of no use once every model is trained.
void remove_checkpoints(const RunFolder& folder);

}  // namespace songmap::run
