#pragma once

#include <cstddef>
#include <functional>

#include "songmap/core/execution.h"

namespace songmap::model {

/// Calls `train(i, execution)` for each of `n` trainings that are alike, side by side on up to `run.threads` threads,
/// of which each has its share. What they report is added up to one progress; a receiver that cancels, cancels all.
void train_side_by_side(std::size_t n, const Execution& run,
                        const std::function<void(std::size_t, const Execution&)>& train);

}  // namespace songmap::model
