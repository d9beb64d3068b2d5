#pragma once

#include <vector>

#include "songmap/model/joint_checks.h"
#include "songmap/run/model_training.h"

namespace songmap::run {

/// Trains the model of sound and words together with every seed. It reads what the other models read of the sound, and
/// of the words what they say beside their language; a track without words has its place by its sound. Writes
/// spaces/NAME.npy, NAME.decoded.npy, NAME.ensemble.npy, models/ and cross_modal.csv, and gives the spaces of the view
/// that looks at both, all seeds together first. None, with a note, where too few tracks have words.
[[nodiscard]] std::vector<SpaceRecord> train_joint(const Training& training, const ModelSpec& spec,
                                                   TrainingTables& tables);

/// Below these, what cross_modal.csv says of a side means that the model has lost it: kl, r2_from_itself and
/// precision_share (model::CrossModalCheck).
inline constexpr double kCollapsedKl = model::kCollapsedKl;
inline constexpr double kUnlearnedR2 = model::kUnlearnedR2;
inline constexpr double kIgnoredShare = model::kIgnoredShare;

}  // namespace songmap::run
