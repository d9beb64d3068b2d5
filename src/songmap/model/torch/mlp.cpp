#include "songmap/model/torch/mlp.h"

#include <ATen/ops/mm.h>

#include <algorithm>

#include "songmap/model/torch/bridge.h"

namespace songmap::model {
namespace {

at::Tensor matrix_at(const at::Tensor& flat, std::size_t offset, std::size_t rows, std::size_t cols) {
  const auto first = static_cast<std::int64_t>(offset);
  return flat.narrow(0, first, static_cast<std::int64_t>(rows * cols))
      .view({static_cast<std::int64_t>(rows), static_cast<std::int64_t>(cols)});
}

void add_bias(float* values, const float* bias, std::size_t rows, std::size_t cols, bool relu) {
  const float floor = relu ? 0.0F : -std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < rows; ++i) {
    float* row = values + i * cols;
    for (std::size_t j = 0; j < cols; ++j) {
      const float value = row[j] + bias[j];
      row[j] = value < floor ? floor : value;  // lets NaN pass, which must be seen
    }
  }
}

void sum_rows(const float* values, float* sum, std::size_t rows, std::size_t cols) {
  std::fill_n(sum, cols, 0.0F);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) sum[j] += values[i * cols + j];
  }
}

}  // namespace

Mlp::Mlp(const std::vector<LinearLayer>& layers, const at::Tensor& parameters, const at::Tensor& gradient,
         std::size_t rows)
    : rows_(rows) {
  for (const LinearLayer& layer : layers) {
    Stage stage;
    stage.layer = layer;
    stage.weight = matrix_at(parameters, layer.weight, layer.n_out, layer.n_in);
    stage.weight_transposed = stage.weight.t();
    stage.bias = parameters.const_data_ptr<float>() + layer.bias;
    stage.output = empty_matrix(rows, layer.n_out);
    if (gradient.defined()) {
      stage.weight_gradient = matrix_at(gradient, layer.weight, layer.n_out, layer.n_in);
      stage.bias_gradient = gradient.mutable_data_ptr<float>() + layer.bias;
      stage.output_gradient = empty_matrix(rows, layer.n_out);
      stage.output_gradient_transposed = stage.output_gradient.t();
    }
    stages_.push_back(std::move(stage));
  }
}

const at::Tensor& Mlp::forward(const at::Tensor& input) {
  input_ = input;
  const at::Tensor* x = &input_;
  for (Stage& stage : stages_) {
    at::mm_out(stage.output, *x, stage.weight_transposed);
    add_bias(stage.output.mutable_data_ptr<float>(), stage.bias, rows_, stage.layer.n_out, stage.layer.relu);
    x = &stage.output;
  }
  return *x;
}

void Mlp::backward(const at::Tensor& input_gradient) {
  for (std::size_t i = stages_.size(); i-- > 0;) {
    Stage& stage = stages_[i];
    const std::size_t count = rows_ * stage.layer.n_out;
    float* gradient = stage.output_gradient.mutable_data_ptr<float>();
    if (stage.layer.relu) {
      const float* output = stage.output.const_data_ptr<float>();
      for (std::size_t k = 0; k < count; ++k) gradient[k] = output[k] > 0 ? gradient[k] : 0.0F;
    }
    sum_rows(gradient, stage.bias_gradient, rows_, stage.layer.n_out);
    at::mm_out(stage.weight_gradient, stage.output_gradient_transposed, i > 0 ? stages_[i - 1].output : input_);
    at::Tensor target = i > 0 ? stages_[i - 1].output_gradient : input_gradient;
    if (target.defined()) at::mm_out(target, stage.output_gradient, stage.weight);
  }
}

}  // namespace songmap::model
