#pragma once

#include <cstddef>

#include "songmap/run/model_training.h"

namespace songmap::run {

/// How the model does on tracks that it has not seen: the tracks that it was trained on are parted at random, and each
/// part is judged by a model of the same kind, of the first seed, that was trained on the others. A track that is alone
/// of its kind is learnt by heart by a model that has seen it, and a stranger to one that has not. Scaling and metric
/// are those of all tracks. Writes held_out.csv and inspections/NAME.held_out.npy: what these models made of each
/// track, the mean over its windows: [n_tracks, n_inputs], NaN for tracks that no part has.
/// @throws InvalidArgument  there are fewer than two parts, or more than tracks. @throws Diverged, Cancelled, IoError
void judge_held_out(const Training& training, const ModelSpec& spec, std::size_t n_parts);

}  // namespace songmap::run
