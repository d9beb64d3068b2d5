#pragma once

#include <cstddef>
#include <memory>

#include "songmap/model/deep_learner.h"
#include "songmap/model/options.h"

namespace songmap::model {

/// Gradients by formulas, on the CPU and one thread. All parameters are zero.
[[nodiscard]] std::unique_ptr<DeepLearner> make_derived_deep_learner(std::size_t n_inputs, const VaeOptions& options,
                                                                     std::size_t n_groups);

}  // namespace songmap::model
