#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/model/joint_model.h"

namespace songmap::model {

/// Rows of a batch of both sides with the noise that they meet. Rows without a side are zeros there.
struct JointBatch {
  std::array<MatrixView, kModalities> data;  ///< [rows of the data, d]
  std::span<const std::uint8_t> has_audio;   ///< [rows of the data]
  std::span<const std::uint8_t> has_lyrics;
  std::span<const std::size_t> rows;                            ///< Of the data.
  std::array<std::span<const float>, kModalities> input_noise;  ///< [rows, d]; empty: none.
  std::span<const float> latent_noise;                          ///< [3 rows, n_latent]: of the three subsets.
};

/// Sums over a batch, each row counted once: its subsets by their weights.
struct JointSums {
  std::array<double, kModalities> squared_error{};
  std::array<double, kModalities> rows{};  ///< That have this side.
  double kl = 0;
};

/// The arithmetic of training a joint model, everything random being given.
class JointLearner {
 public:
  virtual ~JointLearner() = default;
  [[nodiscard]] virtual JointSums evaluate(const JointBatch& batch) = 0;
  /// Forward; moves each side's sigma^2 towards its mean squared error; leaves the gradient of the loss.
  virtual JointSums differentiate(const JointBatch& batch, double beta) = 0;
  /// The gradient that `differentiate` left: of one side's network, flat.
  [[nodiscard]] virtual std::vector<float> gradient(Modality side) const = 0;
  [[nodiscard]] virtual std::vector<float> parameters(Modality side) const = 0;
  virtual void set_parameters(Modality side, std::span<const float> values) = 0;
  /// One step of Adam. Returns the greater norm of the two gradients.
  virtual double update(double learning_rate, double clip_norm) = 0;
  [[nodiscard]] virtual double variance(Modality side) const = 0;
  virtual void set_variance(Modality side, double variance) = 0;
};

}  // namespace songmap::model
