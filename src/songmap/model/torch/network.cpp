#include "songmap/model/torch/network.h"

#include "songmap/model/torch/conv_network.h"
#include "songmap/model/torch/mlp_network.h"

namespace songmap::model {

std::unique_ptr<const Network> make_network(const DataShape& shape, const VaeOptions& options) {
  if (options.network == "conv") return make_conv_network(shape, options);
  return make_mlp_network(shape, options);
}

}  // namespace songmap::model
