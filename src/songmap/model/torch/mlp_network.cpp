#include "songmap/model/torch/mlp_network.h"

#include <ATen/ops/addmm.h>
#include <ATen/ops/relu.h>

#include "songmap/model/torch/mlp.h"

namespace songmap::model {
namespace {

at::Tensor apply(const std::vector<LinearLayer>& layers, const at::Tensor& parameters, at::Tensor x) {
  for (const LinearLayer& layer : layers) {
    x = apply_linear(layer, parameters, x);
    if (layer.relu) x = at::relu(x);
  }
  return x;
}

class MlpNetwork final : public Network {
 public:
  MlpNetwork(const DataShape& shape, const VaeOptions& options) : layout_(mlp_layout(shape, options)) {}

  [[nodiscard]] std::size_t size() const override { return layout_.size; }
  [[nodiscard]] std::vector<float> initial_parameters(std::uint64_t seed) const override {
    return model::initial_parameters(layout_, seed);
  }
  [[nodiscard]] std::size_t block_rows() const override { return 256; }

  [[nodiscard]] std::unique_ptr<Chain> make_encoder(const at::Tensor& parameters, const at::Tensor& gradient,
                                                    std::size_t rows, std::size_t /*threads*/) const override {
    return std::make_unique<Mlp>(layout_.encoder, parameters, gradient, rows);
  }
  [[nodiscard]] std::unique_ptr<Chain> make_decoder(const at::Tensor& parameters, const at::Tensor& gradient,
                                                    std::size_t rows, std::size_t /*threads*/) const override {
    return std::make_unique<Mlp>(layout_.decoder, parameters, gradient, rows);
  }

  [[nodiscard]] at::Tensor encode(const at::Tensor& parameters, const at::Tensor& x) const override {
    return apply(layout_.encoder, parameters, x);
  }
  [[nodiscard]] at::Tensor decode(const at::Tensor& parameters, const at::Tensor& z) const override {
    return apply(layout_.decoder, parameters, z);
  }

 private:
  MlpLayout layout_;
};

}  // namespace

at::Tensor apply_linear(const LinearLayer& layer, const at::Tensor& parameters, const at::Tensor& x) {
  const auto n_in = static_cast<std::int64_t>(layer.n_in);
  const auto n_out = static_cast<std::int64_t>(layer.n_out);
  const at::Tensor weight =
      parameters.narrow(0, static_cast<std::int64_t>(layer.weight), n_out * n_in).view({n_out, n_in});
  return at::addmm(parameters.narrow(0, static_cast<std::int64_t>(layer.bias), n_out), x, weight.t());
}

std::unique_ptr<const Network> make_mlp_network(const DataShape& shape, const VaeOptions& options) {
  return std::make_unique<MlpNetwork>(shape, options);
}

}  // namespace songmap::model
