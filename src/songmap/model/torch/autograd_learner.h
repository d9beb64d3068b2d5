#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

#include "songmap/model/learner.h"
#include "songmap/model/torch/network.h"

namespace songmap::model {

/// Learner for any device whose gradients come from libtorch's automatic differentiation.
[[nodiscard]] std::unique_ptr<Learner> make_autograd_learner(std::shared_ptr<const Network> network,
                                                             const DataShape& shape, const VaeOptions& options,
                                                             const at::Device& device);

}  // namespace songmap::model
