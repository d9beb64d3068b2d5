#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/model/latent_groups.h"

namespace songmap::model {

/// Rows with the noise they meet.
struct DeepBatch {
  MatrixView data;                      ///< [rows of the data, n_inputs]
  std::span<const std::size_t> rows;    ///< Of `data`.
  std::span<const float> input_noise;   ///< [rows, n_inputs], to be added to the inputs; empty: none.
  std::span<const float> latent_noise;  ///< [rows, n_latent], standard normal; empty: the mean alone is decoded.
  MatrixView target = {};               ///< [rows of the data, n_groups]: of the Student term.
};

/// Which pull the groups exert.
enum class GroupTerm {
  kNone,     ///< A plain autoencoder.
  kMixture,  ///< mixture_divergence
  kStudent,  ///< student_divergence towards the batch's target
};

struct DeepSums {
  double squared_error = 0;  ///< Over rows and inputs.
  double divergence = 0;     ///< Over rows; 0 without a group term.
};

/// The arithmetic of training an autoencoder together with groups in its latent space, everything random being given.
/// The loss on a batch is `error_weight` times the squared error + `group_weight` times the term of the groups. One
/// network serves all: its encoder gives mean and log variance, of which a plain autoencoder uses the mean alone.
class DeepLearner {
 public:
  virtual ~DeepLearner() = default;

  struct Weights {
    double error = 1;
    double groups = 0;
  };

  [[nodiscard]] virtual DeepSums evaluate(const DeepBatch& batch, GroupTerm term) = 0;
  /// Leaves the gradient.
  virtual DeepSums differentiate(const DeepBatch& batch, GroupTerm term, const Weights& weights) = 0;
  /// One step of Adam with the gradient, shortened to `clip_norm` (0: as it is). Returns the norm it had; when that is
  /// not finite, nothing was changed.
  virtual double update(double learning_rate, double clip_norm) = 0;

  /// Flat: the network's as MlpLayout has them, then those of the groups as `flat` has them.
  [[nodiscard]] virtual std::vector<float> parameters() const = 0;
  virtual void set_parameters(std::span<const float> values) = 0;
  /// The gradient that `differentiate` left, in the same order.
  [[nodiscard]] virtual std::vector<float> gradient() const = 0;
};

}  // namespace songmap::model
