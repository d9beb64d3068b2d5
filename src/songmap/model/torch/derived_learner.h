#pragma once

#include <memory>

#include "songmap/model/learner.h"
#include "songmap/model/torch/network.h"

namespace songmap::model {

/// Learner for the CPU whose gradients are formulas: no graph is recorded, no memory allocated in a step. Up to
/// `threads` threads.
[[nodiscard]] std::unique_ptr<Learner> make_derived_learner(std::shared_ptr<const Network> network,
                                                            const DataShape& shape, const VaeOptions& options,
                                                            std::size_t threads);

}  // namespace songmap::model
