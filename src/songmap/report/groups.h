#pragma once

#include <string>

#include "songmap/report/data.h"

namespace songmap::report {

/// The groups of the main clustering: size, what labels they hold, their most typical tracks (closest to the group's
/// centre in its space) and those on the border (fewest neighbours of the same group). Empty without a clustering.
[[nodiscard]] std::string groups_html(const RunData& run);

/// A track as lists show it: its name, and its path for those who point at it.
[[nodiscard]] std::string track_html(const TrackRow& track);

/// The tracks that each model reconstructs worst. Empty without reconstructions.
[[nodiscard]] std::string worst_reconstructed_html(const RunData& run);

}  // namespace songmap::report
