#pragma once

#include <memory>

#include "songmap/model/mlp_layout.h"
#include "songmap/model/torch/network.h"

namespace songmap::model {

/// Fully connected layers, see MlpLayout.
[[nodiscard]] std::unique_ptr<const Network> make_mlp_network(const DataShape& shape, const VaeOptions& options);

/// One layer without its ReLU by libtorch's operations.
[[nodiscard]] at::Tensor apply_linear(const LinearLayer& layer, const at::Tensor& parameters, const at::Tensor& x);

}  // namespace songmap::model
