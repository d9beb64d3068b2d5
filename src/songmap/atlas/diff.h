#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "songmap/atlas/atlas.h"

namespace songmap::atlas {

/// A track that is in another group than before.
struct Move {
  std::string track_id;
  std::string title;  ///< "Artist - Title"
  std::int32_t from = 0;
  std::int32_t to = 0;
};

struct AtlasDiff {
  std::vector<Move> moved;        ///< In the order of the second.
  std::vector<std::string> come;  ///< "Artist - Title" of tracks that the second alone has.
  std::vector<std::string> gone;  ///< Of those that the first alone has.
  std::size_t n_common = 0;
  double agreement = 0;  ///< Adjusted Rand index of the groups of the common tracks; their numbers do not matter.
};

/// What differs between two libraries: two run folders, or one and a copy of it from before.
[[nodiscard]] AtlasDiff diff(const Atlas& before, const Atlas& after);

}  // namespace songmap::atlas
