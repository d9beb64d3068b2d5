#include "songmap/model/torch/vae_model.h"

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <utility>

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
        layout_(mlp_layout(weights_.shape, weights_.options)),
        parameters_(empty_matrix(1, layout_.size).view({-1})) {
    std::ranges::copy(weights_.parameters, parameters_.mutable_data_ptr<float>());
  }

  [[nodiscard]] std::size_t n_inputs() const override { return layout_.shape.n_inputs; }
  [[nodiscard]] std::size_t n_latent() const override { return layout_.n_latent; }
  [[nodiscard]] std::size_t n_conditions() const override { return layout_.shape.n_conditions; }

  void save(const std::filesystem::path& path) const override { write_model_file(path, to_model_file(weights_)); }

 private:
  [[nodiscard]] Posterior encode_rows(MatrixView x, MatrixView condition) const override {
    Matrix head = apply(layout_.encoder, x, condition);
    if (!weights_.options.variational) return {std::move(head), {}};
    return {take_cols(head, 0, n_latent()), take_cols(head, n_latent(), n_latent())};
  }

  [[nodiscard]] Matrix decode_rows(MatrixView z, MatrixView condition) const override {
    return apply(layout_.decoder, z, condition);
  }

  /// `x` and `condition` side by side, through `layers`.
  [[nodiscard]] Matrix apply(const std::vector<LinearLayer>& layers, MatrixView x, MatrixView condition) const;

  VaeWeights weights_;
  MlpLayout layout_;
  at::Tensor parameters_;  // those of weights_, aligned
};

Matrix VaeModel::apply(const std::vector<LinearLayer>& layers, MatrixView x, MatrixView condition) const {
  const std::size_t n_in = layers.front().n_in;
  const std::size_t n_out = layers.back().n_out;
  const TorchThreadSettings settings;
  Mlp mlp(layers, parameters_, {}, kBlock);
  at::Tensor input = empty_matrix(kBlock, n_in).zero_();
  Matrix result(x.rows(), n_out);
  for (std::size_t first = 0; first < x.rows(); first += kBlock) {
    const std::size_t rows = std::min(kBlock, x.rows() - first);
    float* row = input.mutable_data_ptr<float>();
    for (std::size_t i = first; i < first + rows; ++i) {
      row = std::ranges::copy(x.row(i), row).out;
      if (condition.cols() > 0) row = std::ranges::copy(condition.row(i), row).out;
    }
    std::copy_n(mlp.forward(input).const_data_ptr<float>(), rows * n_out, result.data() + first * n_out);
  }
  return result;
}

}  // namespace

std::unique_ptr<LatentModel> make_vae_model(VaeWeights weights) {
  return std::make_unique<VaeModel>(std::move(weights));
}

}  // namespace songmap::model
