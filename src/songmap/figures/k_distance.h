#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace songmap::figures {

/// One radius that was tried for density-based groups.
struct RadiusTrial {
  double radius = 0;
  std::size_t n_groups = 0;
  double coverage = 0;                                         ///< Share of rows in groups, 0 … 1.
  double validity = std::numeric_limits<double>::quiet_NaN();  ///< How well apart the groups are; NaN: not admissible.
};

struct KDistanceOptions {
  std::string title = {};
  std::string subtitle = {};
  std::size_t k = 4;                     ///< Whose distance it is: "distance to the 4th nearest track".
  double chosen = 0;                     ///< The radius taken; 0: none.
  std::vector<RadiusTrial> trials = {};  ///< By rising radius, listed beside the curve; at most 24 are.
};

/// Distances to the k-th nearest neighbour, sorted, as a curve over the share of rows, with the radius taken as a
/// dashed line, the radii tried as dots on the curve, and what each gave in a table beside it.
///
/// How to read it: at a radius of height y, the share of tracks left of where the curve crosses y have at least k
/// others within it; these are the cores of groups. A sharp bend upwards parts a dense crowd from strays, and a radius
/// just below it makes sense. A curve that rises evenly has no such radius: the data has no gaps, and whatever the
/// method finds there depends on the radius alone. Groups are refused where there are
/// fewer than two, where they hold too few of the tracks, or where one holds nearly all.
///
/// Writes NAME.svg and NAME.png.
/// @throws InvalidArgument  no finite distance, one that is negative, or a trial that is not finite.
/// @throws IoError
void draw_k_distance(const std::filesystem::path& without_extension, std::vector<double> distances,
                     const KDistanceOptions& options);

}  // namespace songmap::figures
