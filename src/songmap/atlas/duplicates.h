#pragma once

#include <cstddef>
#include <vector>

#include "songmap/atlas/atlas.h"
#include "songmap/core/execution.h"

namespace songmap::atlas {

struct DuplicateOptions {
  /// Two tracks are near-duplicates when they are nearer than this share of what is usual: the median distance of a
  /// track to its fifth nearest. Copies as MP3, half as loud, or cut by a fifth of a second are nearly all within .1;
  /// other recordings of one kind hardly ever.
  double within = 0.1;
};

/// Tracks that are each a near-duplicate of another one of the set.
struct DuplicateSet {
  std::vector<std::size_t> tracks;  ///< Of Atlas::tracks(), the longest first.
  double farthest = 0;              ///< Largest distance of a pair that joined them, in what is usual.
};

/// Sets of near-duplicates, the surest first. They are only told: nothing is merged or left out. Each track is compared
/// with its five nearest: O(n^2 d) time.
/// @throws InvalidArgument  an option out of range.
[[nodiscard]] std::vector<DuplicateSet> near_duplicates(const Atlas& atlas, const DuplicateOptions& options = {},
                                                        const Execution& run = {});

}  // namespace songmap::atlas
