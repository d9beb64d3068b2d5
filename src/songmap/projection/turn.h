#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "songmap/core/matrix.h"

namespace songmap::projection {

/// A map turned, mirrored and moved so that its points lie as near as that allows to those of another map of the same
/// things (orthogonal Procrustes analysis: Schönemann 1966); distances on it stay as they are. A point that arrives
/// within a hundred-thousandth of the reference's extent takes its place to the bit, so that the same map made again is
/// the same. `common` pairs rows of both; where it has less than two, the map is returned as it is.
/// @throws InvalidArgument  maps of different dimensions, a row that there is not, or a common point that is not
/// finite.
[[nodiscard]] Matrix turned_onto(MatrixView reference, MatrixView map,
                                 std::span<const std::pair<std::size_t, std::size_t>> common);

}  // namespace songmap::projection
