#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/model/learner.h"
#include "songmap/model/options.h"
#include "songmap/model/train.h"

namespace songmap::model {

/// All that a training needs to go on as if it had never stopped. Random streams are functions of seed and epoch, so
/// that they need no state.
struct Checkpoint {
  std::string fingerprint;    ///< Of data and options: see `training_fingerprint`.
  LearnerState state;         ///< After the last epoch of `epochs`.
  std::vector<Epoch> epochs;  ///< So far.
  LearnerState best;          ///< After epoch `best_epoch`; empty when that is 0.
  std::size_t best_epoch = 0;
};

/// Differs whenever a training on this data with these options would take another course.
[[nodiscard]] std::string training_fingerprint(const TrainingData& data, VaeOptions vae, TrainOptions train);

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// @throws IoError, FormatError
[[nodiscard]] Checkpoint read_checkpoint(const std::filesystem::path& path);

}  // namespace songmap::model
