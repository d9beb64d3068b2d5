#include "songmap/model/torch/flat_adam.h"

#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "songmap/core/parallel.h"
#include "songmap/model/torch/bridge.h"

namespace songmap::model {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;

constexpr std::size_t kPiece = std::size_t{1} << 19;  // numbers a thread takes at once
constexpr std::size_t kShortSum = 4096;               // numbers summed up in single precision

/// Four sums side by side: one alone waits for each of its additions.
float sum_of_squares(const float* values, std::size_t n) {
  const std::size_t quarter = n / 4;
  const float* b = values + quarter;
  const float* c = b + quarter;
  const float* d = c + quarter;
  float sum_a = 0;
  float sum_b = 0;
  float sum_c = 0;
  float sum_d = 0;
#pragma omp simd reduction(+ : sum_a, sum_b, sum_c, sum_d)
  for (std::size_t k = 0; k < quarter; ++k) {
    sum_a += values[k] * values[k];
    sum_b += b[k] * b[k];
    sum_c += c[k] * c[k];
    sum_d += d[k] * d[k];
  }
  float sum = (sum_a + sum_b) + (sum_c + sum_d);
  for (std::size_t k = 4 * quarter; k < n; ++k) sum += values[k] * values[k];
  return sum;
}

void to_host(std::vector<float>& values, const at::Tensor& tensor) {
  values.resize(static_cast<std::size_t>(tensor.numel()));
  at::Tensor host = tensor.cpu();
  std::copy_n(host.const_data_ptr<float>(), values.size(), values.begin());
}

}  // namespace

FlatAdam::FlatAdam(std::size_t size, const at::Device& device, std::size_t threads) : threads_(threads) {
  const auto zeros = [&] { return at::zeros({static_cast<std::int64_t>(size)}, at::device(device).dtype(at::kFloat)); };
  parameters_ = zeros();
  gradient_ = zeros();
  first_moment_ = zeros();
  second_moment_ = zeros();
  steps_ = at::zeros({}, at::device(device).dtype(at::kFloat));
}

double FlatAdam::update(double learning_rate, double clip_norm) {
  const double norm = parameters_.is_cpu() ? norm_on_cpu() : at::linalg_vector_norm(gradient_).item<double>();
  if (!std::isfinite(norm)) return norm;
  const double scale = clip_norm > 0 && norm > clip_norm ? clip_norm / norm : 1;
  steps_.add_(1);  // the number of the step that is being made, as the fused kernel wants it too
  if (parameters_.is_cpu()) {
    update_on_cpu(learning_rate, scale);
    return norm;
  }
  gradient_.mul_(scale);
  at::_fused_adam_({parameters_.detach()}, {gradient_}, {first_moment_}, {second_moment_}, {}, {steps_}, learning_rate,
                   kBeta1, kBeta2, /*weight_decay=*/0, kEpsilon, /*amsgrad=*/false, /*maximize=*/false);
  return norm;
}

double FlatAdam::norm_on_cpu() const {
  const auto n = static_cast<std::size_t>(gradient_.numel());
  const float* gradient = gradient_.const_data_ptr<float>();
  std::vector<double> sums(chunk_count(n, kPiece));
  parallel_chunks(n, kPiece, threads_, [&](std::size_t piece, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; i += kShortSum) {
      sums[piece] += sum_of_squares(gradient + i, std::min(kShortSum, last - i));
    }
  });
  return std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0));
}

void FlatAdam::update_on_cpu(double learning_rate, double scale) {
  const double step = steps_.item<double>();
  const auto step_size = static_cast<float>(learning_rate / (1 - std::pow(kBeta1, step)));
  const auto root_scale = static_cast<float>(1 / std::sqrt(1 - std::pow(kBeta2, step)));
  const auto gradient_scale = static_cast<float>(scale);
  constexpr auto kKeep1 = static_cast<float>(kBeta1);
  constexpr auto kKeep2 = static_cast<float>(kBeta2);
  constexpr auto kNew1 = static_cast<float>(1 - kBeta1);
  constexpr auto kNew2 = static_cast<float>(1 - kBeta2);
  constexpr auto kSmall = static_cast<float>(kEpsilon);
  const at::Tensor values = parameters_.detach();
  const auto n = static_cast<std::size_t>(values.numel());
  float* parameter = values.mutable_data_ptr<float>();
  float* first = first_moment_.mutable_data_ptr<float>();
  float* second = second_moment_.mutable_data_ptr<float>();
  const float* gradient = gradient_.const_data_ptr<float>();
  parallel_chunks(n, kPiece, threads_, [&](std::size_t, std::size_t begin, std::size_t end) {
#pragma omp simd
    for (std::size_t i = begin; i < end; ++i) {
      const float g = gradient[i] * gradient_scale;
      first[i] = kKeep1 * first[i] + kNew1 * g;
      second[i] = kKeep2 * second[i] + kNew2 * g * g;
      parameter[i] -= step_size * first[i] / (std::sqrt(second[i]) * root_scale + kSmall);
    }
  });
}

void FlatAdam::restore(const LearnerState& state) {
  const auto fill = [](at::Tensor tensor, const std::vector<float>& values) {
    TORCH_CHECK(tensor.numel() == static_cast<std::int64_t>(values.size()), "a state of another network");
    tensor.copy_(tensor_over(values, 1, tensor.numel()).view({-1}));
  };
  fill(parameters_.detach(), state.parameters);
  fill(first_moment_, state.first_moment);
  fill(second_moment_, state.second_moment);
  steps_.fill_(static_cast<double>(state.steps));
}

void FlatAdam::store(LearnerState& state) const {
  to_host(state.parameters, parameters_.detach());
  to_host(state.first_moment, first_moment_);
  to_host(state.second_moment, second_moment_);
  state.steps = static_cast<std::uint64_t>(steps_.item<double>());
}

}  // namespace songmap::model
