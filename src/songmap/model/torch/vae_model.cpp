#include "songmap/model/torch/vae_model.h"

#include <ATen/core/Tensor.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "songmap/model/torch/bridge.h"
#include "songmap/model/torch/network.h"

namespace songmap::model {
namespace {

class VaeModel final : public LatentModel {
 public:
  explicit VaeModel(VaeWeights weights)
      : weights_(std::move(weights)),
        network_(make_network(weights_.shape, weights_.options)),
        parameters_(empty_matrix(1, network_->size()).view({-1})) {
    std::ranges::copy(weights_.parameters, parameters_.mutable_data_ptr<float>());
    weights_.parameters = std::vector<float>();  // kept once: those of a convolutional network are many
  }

  [[nodiscard]] std::size_t n_inputs() const override { return weights_.shape.n_inputs; }
  [[nodiscard]] std::size_t n_latent() const override { return weights_.options.n_latent; }
  [[nodiscard]] std::size_t n_conditions() const override { return weights_.shape.n_conditions; }

  void save(const std::filesystem::path& path) const override {
    VaeWeights whole = weights_;
    const float* first = parameters_.const_data_ptr<float>();
    whole.parameters.assign(first, first + network_->size());
    write_model_file(path, to_model_file(whole));
  }

 private:
  [[nodiscard]] Posterior encode_rows(MatrixView x, MatrixView condition) const override {
    const auto encoder = network_->make_encoder(parameters_, {}, network_->block_rows(), 1);
    const bool variational = weights_.options.variational;
    Matrix head = apply(*encoder, x, condition, variational ? 2 * n_latent() : n_latent());
    if (!variational) return {std::move(head), {}};
    return {take_cols(head, 0, n_latent()), take_cols(head, n_latent(), n_latent())};
  }

  [[nodiscard]] Matrix decode_rows(MatrixView z, MatrixView condition) const override {
    const auto decoder = network_->make_decoder(parameters_, {}, network_->block_rows(), 1);
    return apply(*decoder, z, condition, n_inputs());
  }

  /// `x` and `condition` side by side, through `chain`. The last block is filled up, so that what a row becomes depends
  /// on its place in its block at most, not on how many rows there are.
  [[nodiscard]] Matrix apply(Chain& chain, MatrixView x, MatrixView condition, std::size_t n_out) const;

  VaeWeights weights_;  // without the parameters
  std::unique_ptr<const Network> network_;
  at::Tensor parameters_;  // aligned
};

Matrix VaeModel::apply(Chain& chain, MatrixView x, MatrixView condition, std::size_t n_out) const {
  const TorchThreadSettings settings;
  const std::size_t block = network_->block_rows();
  at::Tensor input = empty_matrix(block, x.cols() + condition.cols()).zero_();
  Matrix result(x.rows(), n_out);
  for (std::size_t first = 0; first < x.rows(); first += block) {
    const std::size_t rows = std::min(block, x.rows() - first);
    float* row = input.mutable_data_ptr<float>();
    for (std::size_t i = first; i < first + rows; ++i) {
      row = std::ranges::copy(x.row(i), row).out;
      if (condition.cols() > 0) row = std::ranges::copy(condition.row(i), row).out;
    }
    std::copy_n(chain.forward(input).const_data_ptr<float>(), rows * n_out, result.data() + first * n_out);
  }
  return result;
}

}  // namespace

std::unique_ptr<LatentModel> make_vae_model(VaeWeights weights) {
  return std::make_unique<VaeModel>(std::move(weights));
}

}  // namespace songmap::model
