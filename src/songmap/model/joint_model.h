#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/model/joint_data.h"
#include "songmap/model/joint_options.h"
#include "songmap/model/latent_model.h"
#include "songmap/model/train.h"
#include "songmap/model/vae_file.h"

namespace songmap::model {

/// One side of a trained joint model as plain data: its encoder and decoder, which see (x - mean) / scale.
struct JointSide {
  VaeWeights weights;
  std::vector<float> mean;  ///< Of each column over the rows that have this side: [n_inputs].
  double scale = 1;         ///< Root of the columns' mean variance.
  double sigma = 1;         ///< Standard deviation of the decoder's noise, in units of the input.
  std::size_t n_rows = 0;   ///< That it was trained on; 0: it was never seen.
};

/// What a latent point means on both sides.
struct JointDecoded {
  Matrix audio;
  Matrix lyrics;

  [[nodiscard]] const Matrix& side(Modality side) const { return side == kAudio ? audio : lyrics; }
};

/// A trained joint model. Safe to use from several threads at once.
class JointModel {
 public:
  JointModel(std::string posterior, std::array<JointSide, kModalities> sides);

  [[nodiscard]] std::size_t n_latent() const { return sides_[kAudio].weights.options.n_latent; }
  [[nodiscard]] std::size_t n_inputs(Modality side) const { return sides_[side].weights.shape.n_inputs; }
  /// Standard deviation of the decoder's noise on one side, in units of the input.
  [[nodiscard]] double sigma(Modality side) const { return sides_[side].sigma; }
  /// Means of the columns on one side: what there is to predict without a model.
  [[nodiscard]] const std::vector<float>& mean(Modality side) const { return sides_[side].mean; }
  /// Rows with this side that it was trained on.
  [[nodiscard]] std::size_t n_rows(Modality side) const { return sides_[side].n_rows; }

  /// The product over the sides that each row has, as `posterior` joins them. A row that has neither stays NaN.
  /// @throws InvalidArgument  as `presence`; or a side of other columns, or one that was never seen.
  [[nodiscard]] Posterior encode(const JointData& data) const;
  /// What one side alone says.
  [[nodiscard]] Posterior encode_one(Modality side, MatrixView x) const;
  /// What one side's encoder says before any prior joins it: an expert of the products.
  [[nodiscard]] Posterior expert(Modality side, MatrixView x) const;

  /// Means of both sides given each latent point; of a side that was never seen, its mean (zeros).
  /// @throws InvalidArgument  z has not `n_latent` columns or is not finite.
  [[nodiscard]] JointDecoded decode(MatrixView z) const;

  /// @throws IoError
  void save(const std::filesystem::path& path) const;

 private:
  std::string posterior_;
  std::array<JointSide, kModalities> sides_;
  std::array<std::unique_ptr<LatentModel>, kModalities> networks_;
};

/// Encodes and decodes as the model that was saved, to the same bytes.
/// @throws IoError the file cannot be read. @throws FormatError it is not a joint model, or damaged.
[[nodiscard]] JointModel load_joint_model(const std::filesystem::path& path);

struct TrainedJoint {
  JointModel model;
  /// Of the posterior of what each row has; `sigma` in units of the root mean variance, over the columns of both sides.
  TrainingReport report;
};

/// Trains one joint model a seed, side by side on up to `run.threads` threads, each on one. The same seed and machine
/// give the same bytes on any number of threads. It runs on the CPU whatever `train.device` is, and there is no
/// checkpoint and no held-out loss: a training takes seconds, and `held_out_checks` watches unseen songs. Where no row
/// has one of the sides it is the plain VAE of the other.
/// @throws InvalidArgument  as `presence`; an option out of range; both sides occur, but fewer than two rows have both;
///                          or there is one row with something alone.
/// @throws Diverged         the loss stopped being finite.
/// @throws Cancelled
[[nodiscard]] std::vector<TrainedJoint> train_joint_seeds(const JointData& data, const JointOptions& options,
                                                          const TrainOptions& train,
                                                          std::span<const std::uint64_t> seeds,
                                                          const Execution& run = {});

/// What is clustered: what the model makes of each row on both sides, each side divided by the square root of its total
/// variance, side by side: [rows, d_audio + d_lyrics]. Every row that has either side has a place, the others are NaN.
/// A side that was never seen is zeros.
[[nodiscard]] Matrix joint_space(const JointModel& model, const JointData& data);

}  // namespace songmap::model
