#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "songmap/features/block_scaler.h"

namespace songmap::features {

/// Something that can be computed from a track's samples.
struct Recipe {
  std::string name;
  std::string key;  ///< Name and a hash of all that its values depend on: what the store files them under.
  std::vector<std::string> columns;  ///< One name a value; empty for log-mel, which has a row a frame.
  double length_s = 0;               ///< It looks at this much from the track's start; 0: at all of it.
};

/// The values of one recipe for one track: [1, n] for a vector, a row a window or a frame for the others.
struct FeatureArray {
  std::string recipe;
  Matrix values;
};

/// `study-vector`: the study's 70 values of the first 10 s. `timbre`: songmap's own 323 values of the whole track.
/// `timbre-windows`: the same of up to 24 windows of it, a row each.
/// `log-mel`: 64 bands of the first 10 s in decibels under their maximum, at least -80. `log-mel-track`: the same of
/// the whole track, or of its excerpts one after the other, packed (90 KB a 24 s; see log_mel.h).
[[nodiscard]] const std::vector<Recipe>& recipes();

/// @throws InvalidArgument  there is no such recipe (the nearest name is offered).
[[nodiscard]] const Recipe& recipe(std::string_view name);

/// Runs of columns whose names agree up to the first underscore: `mfcc_mean_1` belongs to block `mfcc`.
[[nodiscard]] std::vector<Block> blocks(const Recipe& recipe);

}  // namespace songmap::features
