#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/model/latent_model.h"
#include "songmap/model/objective.h"

namespace songmap::model {

/// Everything that a learner carries from one step to the next.
struct LearnerState {
  std::vector<float> parameters;     ///< Flat, in the network's own layout (MlpLayout).
  std::vector<float> first_moment;   ///< Of Adam, as `parameters`.
  std::vector<float> second_moment;  ///< Of Adam, as `parameters`.
  std::uint64_t steps = 0;           ///< Made so far.
  double variance = 1;               ///< sigma^2 of the objective.
};

/// Rows of a data set with the noise they meet.
struct Batch {
  MatrixView data;
  std::span<const std::size_t> rows;    ///< Of `data`: what is encoded.
  std::span<const float> input_noise;   ///< [rows, n_inputs], to be added to the inputs; empty: none.
  std::span<const float> latent_noise;  ///< [rows, n_latent], standard normal; empty for a plain autoencoder.
  MatrixView condition = {};            ///< [rows of data, n_conditions].
  /// Of `data`: what is to be rebuilt from each of `rows`; empty: the row itself.
  std::span<const std::size_t> targets = {};

  [[nodiscard]] std::span<const std::size_t> target_rows() const { return targets.empty() ? rows : targets; }
};

/// The arithmetic of training, everything random being given. Holds parameters, gradient and Adam's moments.
class Learner {
 public:
  virtual ~Learner() = default;

  /// First weights of this network, flat, a function of the seed alone.
  [[nodiscard]] virtual std::vector<float> initial_parameters(std::uint64_t seed) const = 0;

  virtual void restore(const LearnerState& state) = 0;
  /// Copies the state into `state`, whose storage is used again.
  virtual void store(LearnerState& state) const = 0;

  /// Forward only, sigma^2 untouched.
  [[nodiscard]] virtual BatchSums evaluate(const Batch& batch) = 0;
  /// Forward; lets the objective observe the error; leaves the gradient of the loss (its KL term taken `beta` times).
  virtual BatchSums differentiate(const Batch& batch, double beta) = 0;
  /// The gradient that `differentiate` left, flat.
  [[nodiscard]] virtual std::vector<float> gradient() const = 0;
  /// One step of Adam (.9, .999, 1e-8) with the gradient, shortened to `clip_norm` (0: as it is). Returns the norm it
  /// had; when that is not finite, nothing was changed.
  virtual double update(double learning_rate, double clip_norm) = 0;

  [[nodiscard]] virtual const Objective& objective() const = 0;
  /// A model with the present parameters.
  [[nodiscard]] virtual std::unique_ptr<LatentModel> model() const = 0;
};

/// Standard normal numbers, a function of the seed alone.
class NoiseSource {
 public:
  virtual ~NoiseSource() = default;
  virtual void reseed(std::uint64_t seed) = 0;
  virtual void fill(std::span<float> values) = 0;
};

}  // namespace songmap::model
