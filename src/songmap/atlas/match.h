#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "songmap/run/run_folder.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {

/// The group of each track that is in one, by track_id.
using GroupOfTrack = std::map<std::string, std::int32_t>;

/// New numbers for the groups of `now`, so that as many tracks as possible keep the number that they have in `before`
/// (an assignment of maximum overlap: Kuhn 1955). A group that shares no track with a free old one gets a number that
/// was not used yet, from `first_free` on.
[[nodiscard]] std::map<std::int32_t, std::int32_t> matched_numbers(const GroupOfTrack& before, const GroupOfTrack& now,
                                                                   std::int32_t first_free);

/// Rows and columns of the largest total weight: the column of each row, or -1 where there are more rows than columns.
/// @param weight  [n_rows, n_cols], row-major, not negative. O(n^3).
[[nodiscard]] std::vector<int> maximum_assignment(std::span<const double> weight, std::size_t n_rows,
                                                  std::size_t n_cols);

/// Renumbers the run's own groups in labels.csv, those of the first seed, after those of an earlier fit. The other
/// seeds tell of the spread alone, and keep the numbers that their clustering gave.
void keep_group_numbers(const run::RunFolder& folder, const GroupOfTrack& before, std::int32_t first_free);

/// Turns, mirrors and moves every map in map.csv so that its tracks lie as near as that allows to where those of an
/// earlier fit did (projection/turn.h).
void keep_map_orientation(const run::RunFolder& folder, const std::vector<run::MapRow>& before);

}  // namespace songmap::atlas
