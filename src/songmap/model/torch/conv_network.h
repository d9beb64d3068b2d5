#pragma once

#include <memory>

#include "songmap/model/torch/network.h"

namespace songmap::model {

/// Strided convolutions on spectrograms, see ConvLayout. The linear layers alone see the condition.
[[nodiscard]] std::unique_ptr<const Network> make_conv_network(const DataShape& shape, const VaeOptions& options);

}  // namespace songmap::model
