#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "songmap/atlas/atlas.h"

namespace songmap::atlas {

/// A part of the library at some level of detail: several groups together, one group, or a piece of one.
struct Part {
  std::string name;                  ///< "0+4", "3", "3.1.2": the groups in it, or the way down to it.
  std::vector<std::int32_t> groups;  ///< That it is made of; one for a group and for its pieces.
  std::vector<std::size_t> tracks;   ///< Of Atlas::tracks(), rising.
};

/// The library in `n` parts. With fewer parts than groups, groups are put together, those first whose joining adds
/// least to the squared distances from their centres (Ward 1963); with more, the part with the largest such sum is cut
/// in two by 2-means, again and again. So every level lies inside the one before it. Tracks in no group are in no part.
/// @throws InvalidArgument  n is 0, or more than there are tracks in groups.
[[nodiscard]] std::vector<Part> parts(const Atlas& atlas, std::size_t n);

}  // namespace songmap::atlas
