#include "songmap/model/torch/vae_model.h"

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <string>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/model/mlp_layout.h"
#include "songmap/model/torch/bridge.h"
#include "songmap/model/torch/mlp.h"

namespace songmap::model {
namespace {

/// Rows that pass through the network at once. The last block is filled up, so that what a row becomes depends on its
/// place in its block at most, not on how many rows there are.
constexpr std::size_t kBlock = 256;

class VaeModel final : public LatentModel {
 public:
  explicit VaeModel(VaeWeights weights)
      : weights_(std::move(weights)),
        layout_(mlp_layout(weights_.n_inputs, weights_.options)),
        parameters_(empty_matrix(1, layout_.size).view({-1})) {
    std::ranges::copy(weights_.parameters, parameters_.mutable_data_ptr<float>());
  }

  [[nodiscard]] std::size_t n_inputs() const override { return layout_.n_inputs; }
  [[nodiscard]] std::size_t n_latent() const override { return layout_.n_latent; }

  [[nodiscard]] Posterior encode(MatrixView x) const override {
    const Matrix head = apply(layout_.encoder, x, "x");
    return {take_cols(head, 0, n_latent()), take_cols(head, n_latent(), n_latent())};
  }

  [[nodiscard]] Matrix decode(MatrixView z) const override { return apply(layout_.decoder, z, "z"); }

  void save(const std::filesystem::path& path) const override { write_model_file(path, to_model_file(weights_)); }

 private:
  [[nodiscard]] Matrix apply(const std::vector<LinearLayer>& layers, MatrixView x, const std::string& name) const;

  VaeWeights weights_;
  MlpLayout layout_;
  at::Tensor parameters_;  // those of weights_, aligned
};

Matrix VaeModel::apply(const std::vector<LinearLayer>& layers, MatrixView x, const std::string& name) const {
  const std::size_t n_in = layers.front().n_in;
  const std::size_t n_out = layers.back().n_out;
  require(x.cols() == n_in,
          name + " has " + std::to_string(x.cols()) + " columns; this model takes " + std::to_string(n_in));
  require(all_finite(x), name + " holds values that are not finite");
  const TorchThreadSettings settings;
  Mlp mlp(layers, parameters_, {}, kBlock);
  at::Tensor input = empty_matrix(kBlock, n_in).zero_();
  Matrix result(x.rows(), n_out);
  for (std::size_t first = 0; first < x.rows(); first += kBlock) {
    const std::size_t rows = std::min(kBlock, x.rows() - first);
    std::copy_n(x.data() + first * n_in, rows * n_in, input.mutable_data_ptr<float>());
    std::copy_n(mlp.forward(input).const_data_ptr<float>(), rows * n_out, result.data() + first * n_out);
  }
  return result;
}

}  // namespace

std::unique_ptr<LatentModel> make_vae_model(VaeWeights weights) {
  return std::make_unique<VaeModel>(std::move(weights));
}

}  // namespace songmap::model
