#include "songmap/model/torch/conv_network.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>

#include "songmap/model/conv_layout.h"
#include "songmap/model/torch/conv_chain.h"
#include "songmap/model/torch/mlp_network.h"

namespace songmap::model {
namespace {

std::int64_t signed_size(std::size_t size) { return static_cast<std::int64_t>(size); }

/// A stage's kernel as PyTorch has it, [n_coarse, n_fine, 4, 4], which convolution and transposed convolution share.
at::Tensor kernel(const at::Tensor& parameters, const ConvStage& stage, std::size_t first) {
  const std::int64_t n_fine = signed_size(stage.n_fine);
  const std::int64_t n_coarse = signed_size(stage.n_coarse);
  return parameters.narrow(0, signed_size(first), signed_size(stage.n_weights()))
      .view({2, 2, 2, 2, n_fine, n_coarse})
      .permute({5, 4, 0, 2, 1, 3})
      .reshape({n_coarse, n_fine, 4, 4})
      .contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor convolved(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, bool transposed) {
  return at::convolution(x, weight, bias, {2, 2}, {1, 1}, {1, 1}, transposed, {0, 0}, 1);
}

class ConvNetwork final : public Network {
 public:
  ConvNetwork(const DataShape& shape, const VaeOptions& options)
      : layout_(conv_layout(shape, options)), sigmoid_(options.sigmoid) {}

  [[nodiscard]] std::size_t size() const override { return layout_.size; }
  [[nodiscard]] std::vector<float> initial_parameters(std::uint64_t seed) const override {
    return model::initial_parameters(layout_, seed);
  }
  [[nodiscard]] std::size_t block_rows() const override { return 4; }

  [[nodiscard]] std::unique_ptr<Chain> make_encoder(const at::Tensor& parameters, const at::Tensor& gradient,
                                                    std::size_t rows, std::size_t threads) const override {
    return make_conv_encoder(layout_, parameters, gradient, rows, threads);
  }
  [[nodiscard]] std::unique_ptr<Chain> make_decoder(const at::Tensor& parameters, const at::Tensor& gradient,
                                                    std::size_t rows, std::size_t threads) const override {
    return make_conv_decoder(layout_, sigmoid_, parameters, gradient, rows, threads);
  }

  [[nodiscard]] at::Tensor encode(const at::Tensor& parameters, const at::Tensor& x) const override;
  [[nodiscard]] at::Tensor decode(const at::Tensor& parameters, const at::Tensor& z) const override;

 private:
  ConvLayout layout_;
  bool sigmoid_;
};

at::Tensor ConvNetwork::encode(const at::Tensor& parameters, const at::Tensor& x) const {
  const ConvStage& first = layout_.stages.front();
  at::Tensor maps = x.narrow(1, 0, signed_size(layout_.shape.n_inputs))
                        .reshape({x.size(0), 1, signed_size(2 * first.height), signed_size(2 * first.width)});
  for (const ConvStage& stage : layout_.stages) {
    const at::Tensor bias = parameters.narrow(0, signed_size(stage.encoder.bias), signed_size(stage.n_coarse));
    maps = at::relu(convolved(maps, kernel(parameters, stage, stage.encoder.weight), bias, false));
  }
  at::Tensor features = maps.permute({0, 2, 3, 1}).reshape({x.size(0), signed_size(layout_.n_features)});
  if (layout_.shape.n_conditions > 0) {
    features = at::cat(
        {features, x.narrow(1, signed_size(layout_.shape.n_inputs), signed_size(layout_.shape.n_conditions))}, 1);
  }
  return apply_linear(layout_.head, parameters, features);
}

at::Tensor ConvNetwork::decode(const at::Tensor& parameters, const at::Tensor& z) const {
  const ConvStage& last = layout_.stages.back();
  at::Tensor maps =
      apply_linear(layout_.stem, parameters, z)
          .view({z.size(0), signed_size(last.height), signed_size(last.width), signed_size(last.n_coarse)})
          .permute({0, 3, 1, 2});
  for (std::size_t s = layout_.stages.size(); s-- > 0;) {
    const ConvStage& stage = layout_.stages[s];
    const at::Tensor bias = parameters.narrow(0, signed_size(stage.decoder.bias), signed_size(stage.n_fine));
    maps = convolved(maps, kernel(parameters, stage, stage.decoder.weight), bias, true);
    if (s > 0) maps = at::relu(maps);
  }
  const at::Tensor output = maps.reshape({z.size(0), signed_size(layout_.shape.n_inputs)});
  return sigmoid_ ? at::sigmoid(output) : output;
}

}  // namespace

std::unique_ptr<const Network> make_conv_network(const DataShape& shape, const VaeOptions& options) {
  return std::make_unique<ConvNetwork>(shape, options);
}

}  // namespace songmap::model
