#pragma once

#include <cstddef>
#include <string>

#include "songmap/model/options.h"

namespace songmap::model {

/// The sums that every objective of a VAE is made of.
struct BatchSums {
  double squared_error = 0;  ///< Over rows and inputs.
  double kl = 0;             ///< Over rows and latent dimensions, in nats; 0 of a plain autoencoder.
  double counted_kl = 0;     ///< What the loss counts of it: each dimension at least as `free_bits` nats a row.
};

/// A loss on a batch is `error_weight` SSE + `kl_weight` counted KL + a constant: what differs between objectives.
struct LossWeights {
  double error_weight = 0;
  double kl_weight = 0;
};

/// Turns sums into losses, and owns the noise variance. See VaeOptions::objective, ::variational and ::sigma.
class Objective {
 public:
  Objective(const VaeOptions& options, std::size_t n_inputs);

  /// Moves a learned sigma^2 towards the mean squared error of a training batch.
  void observe(double squared_error, std::size_t rows);

  /// Weights of the gradient on a batch of `rows` rows, the KL term counted `beta` times.
  [[nodiscard]] LossWeights weights(std::size_t rows, double beta) const;

  /// Loss a row: reconstruction, (not weighted) KL, and what of the KL is counted.
  [[nodiscard]] double reconstruction(const BatchSums& sums, std::size_t rows) const;
  [[nodiscard]] double kl(const BatchSums& sums, std::size_t rows) const;
  [[nodiscard]] double counted_kl(const BatchSums& sums, std::size_t rows) const;

  /// sigma^2: learned, given, implied by the study's objective (beta D / (2 n_latent)), or the moving average of a
  /// plain autoencoder's mean squared error.
  [[nodiscard]] double variance() const { return variance_; }
  /// Nothing where it is not learned.
  void set_variance(double variance);

 private:
  bool summed_;   // over the inputs, and divided by the variance: the calibrated objective
  bool learned_;  // the variance
  double n_inputs_;
  double n_latent_;
  double variance_;
};

}  // namespace songmap::model
