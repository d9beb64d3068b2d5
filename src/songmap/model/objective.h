#pragma once

#include <cstddef>
#include <string>

#include "songmap/model/options.h"

namespace songmap::model {

/// The sums that every objective of a VAE is made of.
struct BatchSums {
  double squared_error = 0;  ///< Over rows and inputs.
  double kl = 0;             ///< Over rows and latent dimensions, in nats.
};

/// A VAE's loss on a batch is `error_weight` SSE + `kl_weight` KL + a constant: what differs between objectives.
struct LossWeights {
  double error_weight = 0;
  double kl_weight = 0;
};

/// Turns sums into losses, and owns the learned noise variance. See VaeOptions::objective.
class Objective {
 public:
  Objective(const VaeOptions& options, std::size_t n_inputs);

  /// Moves sigma^2 towards the mean squared error of a training batch; nothing for the study's objective.
  void observe(double squared_error, std::size_t rows);

  /// Weights of the gradient on a batch of `rows` rows, the KL term counted `beta` times.
  [[nodiscard]] LossWeights weights(std::size_t rows, double beta) const;

  /// Loss a row: reconstruction and (not weighted) KL.
  [[nodiscard]] double reconstruction(const BatchSums& sums, std::size_t rows) const;
  [[nodiscard]] double kl(const BatchSums& sums, std::size_t rows) const;

  /// sigma^2: learned, or implied by the study's objective (beta D / (2 n_latent)).
  [[nodiscard]] double variance() const { return variance_; }
  void set_variance(double variance);

 private:
  bool calibrated_;
  double n_inputs_;
  double n_latent_;
  double variance_;
};

}  // namespace songmap::model
