#pragma once

#include <memory>

#include "songmap/model/learner.h"
#include "songmap/model/mlp_layout.h"

namespace songmap::model {

/// Learner for the CPU whose gradients are formulas: no graph is recorded, no memory allocated in a step.
[[nodiscard]] std::unique_ptr<Learner> make_derived_learner(const DataShape& shape, const VaeOptions& options);

}  // namespace songmap::model
