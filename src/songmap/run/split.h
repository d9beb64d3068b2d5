#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "songmap/run/stage_record.h"

namespace songmap::run {

/// Which tracks train the models, and which are clustered and scored.
struct Split {
  std::vector<std::size_t> training;   ///< Ascending.
  std::vector<std::size_t> evaluated;  ///< Ascending; empty: every track.
};

/// The study's split: a seeded random part of the n tracks to cluster and score, the model being trained on the rest.
/// With `test_fraction` 0, or where that part would be too small to cluster (a warning says so), both are all tracks.
[[nodiscard]] Split split_tracks(std::size_t n, double test_fraction, std::uint64_t seed, StageRecord& record);

}  // namespace songmap::run
