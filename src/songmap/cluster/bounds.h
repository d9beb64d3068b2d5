#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap {
class OptionSet;
}

namespace songmap::cluster {

/// What people ask of groups whatever method found them.
struct Bounds {
  std::size_t min_size = 0;  ///< Smaller groups join their nearest; 0: any size is fine.
  std::size_t max_size = 0;  ///< Larger groups are cut; 0: any size is fine. Else at least twice min_size.
  /// method  what a method leaves out is in no group
  /// none    it joins the group of most of its nearest rows that are in one
  /// weak    rows are left out, too, of whose nearest (15, or as many as their group has) less than half are in it
  std::string noise = "method";

  [[nodiscard]] bool any() const { return min_size > 0 || max_size > 0 || noise != "method"; }
};
void describe(OptionSet& set, Bounds& bounds);

/// @throws InvalidArgument  max_size is below twice min_size: then not every number of rows could be divided.
void check(const Bounds& bounds);

/// The groups of x within bounds. First `noise` is seen to; then the smallest group below min_size joins the one with
/// which it adds least to the squared distances from centres (Ward 1963), again and again; then every group above
/// max_size is cut in two along the line through the centres of 2-means, at the place nearest to the middle between
/// them that leaves min_size on both sides, again and again. Where all rows together are fewer than min_size, they are
/// one group. Groups keep their order; those that are cut off come last. O(n^2 d) for noise, else O(n k d).
/// @param labels  [n], kNoise allowed
/// @throws InvalidArgument  see check; one label a row is needed.
[[nodiscard]] std::vector<std::int32_t> within_bounds(MatrixView x, std::vector<std::int32_t> labels,
                                                      const Bounds& bounds, const Execution& run = {});

}  // namespace songmap::cluster
