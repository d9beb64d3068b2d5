#include "songmap/model/torch/deep_learner.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "songmap/core/error.h"
#include "songmap/model/torch/bridge.h"
#include "songmap/model/torch/flat_adam.h"
#include "songmap/model/torch/network.h"

namespace songmap::model {
namespace {

/// Buffers for one number of rows.
struct Work {
  Work(const Network& network, const at::Tensor& parameters, const at::Tensor& gradient, std::size_t n_inputs,
       std::size_t n_latent, std::size_t n)
      : rows(n),
        encoder(network.make_encoder(parameters, gradient, n, 1)),
        decoder(network.make_decoder(parameters, gradient, n, 1)),
        input(empty_matrix(n, n_inputs)),
        point(empty_matrix(n, n_latent)),
        point_gradient(empty_matrix(n, n_latent)),
        clean(n, n_inputs),
        mean(n, n_latent),
        log_variance(n, n_latent),
        mean_gradient(n * n_latent),
        log_variance_gradient(n * n_latent) {}

  std::size_t rows;
  std::unique_ptr<Chain> encoder;
  std::unique_ptr<Chain> decoder;
  at::Tensor input;  // with noise
  at::Tensor point;  // that is decoded
  at::Tensor point_gradient;
  at::Tensor output;
  Matrix clean;
  Matrix mean;
  Matrix log_variance;
  Matrix target;                             // of the batch's rows
  std::vector<float> mean_gradient;          // of the term of the groups
  std::vector<float> log_variance_gradient;  // likewise
};

class DerivedDeepLearner final : public DeepLearner {
 public:
  DerivedDeepLearner(std::size_t n_inputs, const VaeOptions& options, std::size_t n_groups)
      : n_inputs_(n_inputs),
        n_latent_(options.n_latent),
        n_groups_(n_groups),
        network_(make_network({n_inputs, 0}, options)),
        adam_(network_->size() + flat_size(n_groups, options.n_latent), at::kCPU),
        group_gradient_(flat_size(n_groups, options.n_latent)) {}

  DeepSums evaluate(const DeepBatch& batch, GroupTerm term) override {
    Work& work = work_for(batch.rows.size());
    DeepSums sums = forward(work, batch);
    sums.divergence = divergence(work, batch, term, {});
    return sums;
  }
  DeepSums differentiate(const DeepBatch& batch, GroupTerm term, const Weights& weights) override;
  double update(double learning_rate, double clip_norm) override { return adam_.update(learning_rate, clip_norm); }

  [[nodiscard]] std::vector<float> parameters() const override { return numbers(adam_.parameters()); }
  [[nodiscard]] std::vector<float> gradient() const override { return numbers(adam_.gradient()); }
  void set_parameters(std::span<const float> values) override {
    require(values.size() == static_cast<std::size_t>(adam_.parameters().numel()),
            "these are not the parameters of this network and its groups");
    std::ranges::copy(values, adam_.parameters().mutable_data_ptr<float>());
  }

 private:
  static std::vector<float> numbers(const at::Tensor& flat) {
    const float* values = flat.const_data_ptr<float>();
    return {values, values + flat.numel()};
  }

  Work& work_for(std::size_t rows) {
    const auto found = works_.find(rows);
    if (found != works_.end()) return found->second;
    return works_.emplace(rows, Work(*network_, adam_.parameters(), adam_.gradient(), n_inputs_, n_latent_, rows))
        .first->second;
  }

  /// Fills everything but the gradients.
  DeepSums forward(Work& work, const DeepBatch& batch) const;
  double divergence(Work& work, const DeepBatch& batch, GroupTerm term, const GroupGradient& gradient) const;

  std::size_t n_inputs_;
  std::size_t n_latent_;
  std::size_t n_groups_;
  std::unique_ptr<const Network> network_;
  FlatAdam adam_;
  std::vector<float> group_gradient_;
  std::map<std::size_t, Work> works_;
};

DeepSums DerivedDeepLearner::forward(Work& work, const DeepBatch& batch) const {
  float* input = work.input.mutable_data_ptr<float>();
  for (std::size_t i = 0; i < work.rows; ++i)
    std::ranges::copy(batch.data.row(batch.rows[i]), work.clean.row(i).begin());
  std::ranges::copy(work.clean.values(), input);
  for (std::size_t k = 0; k < batch.input_noise.size(); ++k) input[k] += batch.input_noise[k];

  const float* head = work.encoder->forward(work.input).const_data_ptr<float>();
  float* point = work.point.mutable_data_ptr<float>();
  for (std::size_t i = 0; i < work.rows; ++i, head += 2 * n_latent_) {
    std::copy_n(head, n_latent_, work.mean.row(i).begin());
    std::copy_n(head + n_latent_, n_latent_, work.log_variance.row(i).begin());
  }
  std::ranges::copy(work.mean.values(), point);
  for (std::size_t k = 0; k < batch.latent_noise.size(); ++k) {
    point[k] += std::exp(0.5F * work.log_variance.values()[k]) * batch.latent_noise[k];
  }
  work.output = work.decoder->forward(work.point);

  const float* output = work.output.const_data_ptr<float>();
  DeepSums sums;
  for (std::size_t i = 0; i < work.rows; ++i) {
    sums.squared_error += squared_distance({output + i * n_inputs_, n_inputs_}, work.clean.row(i));
  }
  return sums;
}

double DerivedDeepLearner::divergence(Work& work, const DeepBatch& batch, GroupTerm term,
                                      const GroupGradient& gradient) const {
  if (term == GroupTerm::kNone) return 0;
  const float* flat = adam_.parameters().const_data_ptr<float>() + network_->size();
  const LatentGroups groups = groups_of({flat, group_gradient_.size()}, n_groups_, n_latent_);
  if (term == GroupTerm::kMixture) return mixture_divergence(groups, work.mean, work.log_variance, gradient);
  work.target = take_rows(batch.target, batch.rows);
  return student_divergence(groups, work.mean, work.target, gradient);
}

DeepSums DerivedDeepLearner::differentiate(const DeepBatch& batch, GroupTerm term, const Weights& weights) {
  Work& work = work_for(batch.rows.size());
  DeepSums sums = forward(work, batch);

  const float* output = work.output.const_data_ptr<float>();
  float* output_gradient = work.decoder->output_gradient().mutable_data_ptr<float>();
  const auto error_weight = static_cast<float>(2 * weights.error);
  const std::span<const float> clean = work.clean.values();
  for (std::size_t k = 0; k < clean.size(); ++k) output_gradient[k] = error_weight * (output[k] - clean[k]);
  work.decoder->backward(work.point_gradient);

  std::ranges::fill(work.mean_gradient, 0.0F);
  std::ranges::fill(work.log_variance_gradient, 0.0F);
  std::ranges::fill(group_gradient_, 0.0F);
  sums.divergence = divergence(work, batch, term, {work.mean_gradient, work.log_variance_gradient, group_gradient_});

  const float* by_point = work.point_gradient.const_data_ptr<float>();
  float* head = work.encoder->output_gradient().mutable_data_ptr<float>();
  const auto group_weight = static_cast<float>(weights.groups);
  for (std::size_t i = 0; i < work.rows; ++i, head += 2 * n_latent_) {
    for (std::size_t j = 0; j < n_latent_; ++j) {
      const std::size_t at = i * n_latent_ + j;
      head[j] = by_point[at] + group_weight * work.mean_gradient[at];
      head[n_latent_ + j] = group_weight * work.log_variance_gradient[at];
      if (batch.latent_noise.empty()) continue;
      head[n_latent_ + j] +=
          0.5F * by_point[at] * std::exp(0.5F * work.log_variance.values()[at]) * batch.latent_noise[at];
    }
  }
  work.encoder->backward({});
  float* to_groups = adam_.gradient().mutable_data_ptr<float>() + network_->size();
  for (std::size_t k = 0; k < group_gradient_.size(); ++k) to_groups[k] = group_weight * group_gradient_[k];
  return sums;
}

}  // namespace

std::unique_ptr<DeepLearner> make_derived_deep_learner(std::size_t n_inputs, const VaeOptions& options,
                                                       std::size_t n_groups) {
  return std::make_unique<DerivedDeepLearner>(n_inputs, options, n_groups);
}

}  // namespace songmap::model
