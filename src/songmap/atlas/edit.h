#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "songmap/atlas/atlas.h"

/// What people decide on groups. A decision is kept track by track (State::pinned, State::excluded), so that it holds
/// through whatever a later fit says; new tracks vote among the groups as they are then.
namespace songmap::atlas {

/// All tracks of a group keep it from now on. Returns how many.
std::size_t lock(Atlas& atlas, std::int32_t group);
/// Its tracks are again in the groups that the fit gives them. Returns how many were decided on.
std::size_t unlock(Atlas& atlas, std::int32_t group);

/// The tracks of `from` belong to `into`. Returns how many. @throws InvalidArgument  both are one group.
std::size_t merge(Atlas& atlas, std::int32_t into, std::int32_t from);

/// Parts a group by k-means in the space that it was found in: the largest part keeps its number, the others get new
/// ones, which are returned. @throws InvalidArgument  less than two parts, or more than the group has tracks.
std::vector<std::int32_t> split(Atlas& atlas, std::int32_t group, std::size_t n_parts);

/// Tracks are in a group of a person's choice. @throws InvalidArgument  there is no such track.
void move(Atlas& atlas, const std::vector<std::size_t>& tracks, std::int32_t group);

}  // namespace songmap::atlas
