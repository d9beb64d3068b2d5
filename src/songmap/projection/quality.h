#pragma once

#include <cstddef>
#include <optional>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::projection {

/// How far the neighbourhoods of a picture can be trusted (Venna & Kaski 2001): 1 when every one of the k nearest
/// points in `low` is among the k nearest rows in `high`; each intruder costs by its rank there. About .5 for random
/// points. k is lowered to (rows - 1) / 2, above which it has no meaning; nullopt when that is 0. O(n^2 d) time, O(n)
/// memory a thread.
/// @throws InvalidArgument  the two differ in rows, hold values that are not finite, or k is 0.
[[nodiscard]] std::optional<double> trustworthiness(MatrixView high, MatrixView low, std::size_t k = 15,
                                                    const Execution& run = {});

}  // namespace songmap::projection
