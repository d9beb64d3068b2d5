#include "songmap/model/objective.h"

#include <algorithm>
#include <cmath>

namespace songmap::model {
namespace {

constexpr double kMemory = 0.9;
constexpr double kSmallestVariance = 1e-6;  // of inputs scaled to about 1: below it the likelihood is without bound

}  // namespace

Objective::Objective(const VaeOptions& options, std::size_t n_inputs)
    : summed_(options.variational && options.objective == "calibrated"),
      learned_(!options.variational || (summed_ && options.sigma == 0)),
      n_inputs_(static_cast<double>(n_inputs)),
      n_latent_(static_cast<double>(options.n_latent)),
      variance_(learned_  ? 1
                : summed_ ? options.sigma * options.sigma
                          : options.beta * n_inputs_ / (2 * n_latent_)) {}

void Objective::observe(double squared_error, std::size_t rows) {
  const double error = squared_error / (static_cast<double>(rows) * n_inputs_);
  set_variance(kMemory * variance_ + (1 - kMemory) * error);
}

void Objective::set_variance(double variance) {
  if (learned_) variance_ = std::max(variance, kSmallestVariance);
}

LossWeights Objective::weights(std::size_t rows, double beta) const {
  const auto n = static_cast<double>(rows);
  if (summed_) return {0.5 / (variance_ * n), beta / n};
  return {1 / (n_inputs_ * n), beta / (n_latent_ * n)};
}

double Objective::reconstruction(const BatchSums& sums, std::size_t rows) const {
  const double constant = summed_ ? 0.5 * n_inputs_ * std::log(variance_) : 0;
  return weights(rows, 0).error_weight * sums.squared_error + constant;
}

double Objective::kl(const BatchSums& sums, std::size_t rows) const { return weights(rows, 1).kl_weight * sums.kl; }

double Objective::counted_kl(const BatchSums& sums, std::size_t rows) const {
  return weights(rows, 1).kl_weight * sums.counted_kl;
}

}  // namespace songmap::model
