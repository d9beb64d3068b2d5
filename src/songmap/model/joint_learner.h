#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/model/joint_data.h"

namespace songmap::model {

/// Posteriors that a row can have, in the order in which their latent points follow each other.
enum Subset : std::size_t { kAudioAlone = 0, kLyricsAlone = 1, kBoth = 2 };
inline constexpr std::size_t kSubsets = 3;

/// Rows of both sides with the noise that they meet. A row that has not a side is zeros there.
struct JointBatch {
  std::array<MatrixView, kModalities> data;                     ///< [rows of the data, n_inputs of the side]
  std::array<std::span<const std::uint8_t>, kModalities> has;   ///< [rows of the data]
  std::span<const std::size_t> rows;                            ///< Of the data; each has at least one side.
  std::array<std::span<const float>, kModalities> input_noise;  ///< [rows, n_inputs of the side]; empty: none.
  std::span<const float> latent_noise;                          ///< [kSubsets, rows, n_latent], standard normal.
};

/// Sums over a batch, in which a row's subsets count by their weights, which add up to 1.
struct JointSums {
  std::array<double, kModalities> squared_error{};
  std::array<double, kModalities> weight{};  ///< Of the rebuilt rows behind it.
  double kl = 0;                             ///< In nats.
};

/// The arithmetic of training a joint model, everything random being given. The loss on a batch is the mean over its
/// rows of the subsets' weighted sum of 0.5 SSE / sigma^2 + D log sigma for each side that is to be rebuilt, + beta KL.
class JointLearner {
 public:
  virtual ~JointLearner() = default;

  /// Forward only, sigma^2 untouched.
  [[nodiscard]] virtual JointSums evaluate(const JointBatch& batch) = 0;
  /// Forward; moves each side's sigma^2 towards its mean squared error (moving average, .9); leaves the gradient.
  virtual JointSums differentiate(const JointBatch& batch, double beta) = 0;
  /// One step of Adam with the gradient of both sides, shortened to `clip_norm` (0: as it is). Returns the norm it had;
  /// when that is not finite, nothing was changed.
  virtual double update(double learning_rate, double clip_norm) = 0;

  /// The gradient that `differentiate` left, of one side's network, flat (MlpLayout).
  [[nodiscard]] virtual std::vector<float> gradient(Modality side) const = 0;
  [[nodiscard]] virtual std::vector<float> parameters(Modality side) const = 0;
  virtual void set_parameters(Modality side, std::span<const float> values) = 0;

  /// sigma^2 of one side.
  [[nodiscard]] virtual double variance(Modality side) const = 0;
  virtual void set_variance(Modality side, double variance) = 0;
};

}  // namespace songmap::model
