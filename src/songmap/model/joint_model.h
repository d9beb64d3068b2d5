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
#include "songmap/model/latent_model.h"
#include "songmap/model/options.h"
#include "songmap/model/train.h"
#include "songmap/model/vae_file.h"

/// One latent space for the sound and the words of a song, either of which may be missing.
namespace songmap::model {

enum Modality : std::size_t { kAudio = 0, kLyrics = 1 };
inline constexpr std::size_t kModalities = 2;

struct JointOptions {
  /// mopoe  mixture of products of experts (Sutter et al. 2021): each row's loss is the mean over the posteriors from
  ///        its sound alone, its words alone, and their product with the prior, so that either one suffices later
  /// poe    product of experts (Wu & Goodman 2018): the same three, each a product with the prior
  std::string posterior = "mopoe";
  /// Of either side: hidden layers, latent size, beta, warm-up, input noise. The noise of each is learned on its own,
  /// as the calibrated objective does; `network` must be mlp.
  VaeOptions vae;
};

/// Rows of the same songs. A row of NaN: the song has no such side.
struct JointData {
  MatrixView audio;   ///< [rows, d_audio]
  MatrixView lyrics;  ///< [rows, d_lyrics]
};

/// What a latent point means in both.
struct JointDecoded {
  Matrix audio;
  Matrix lyrics;
};

/// A trained joint model. Safe to use from several threads at once.
class JointModel {
 public:
  /// `weights` and `sigma` of audio, then lyrics.
  JointModel(std::string posterior, std::array<VaeWeights, kModalities> weights, std::array<double, kModalities> sigma);

  [[nodiscard]] std::size_t n_latent() const { return weights_[kAudio].options.n_latent; }
  [[nodiscard]] std::size_t n_inputs(Modality side) const { return weights_[side].shape.n_inputs; }
  /// Standard deviation of the decoder's noise on one side.
  [[nodiscard]] double sigma(Modality side) const { return sigma_[side]; }

  /// What one side alone says. A row of NaN stays one.
  [[nodiscard]] Posterior encode_one(Modality side, MatrixView x) const;
  /// The product over the sides that each row has. @throws InvalidArgument  a row has neither, or shapes do not fit.
  [[nodiscard]] Posterior encode(const JointData& data) const;
  [[nodiscard]] JointDecoded decode(MatrixView z) const;

  /// @throws IoError
  void save(const std::filesystem::path& path) const;

 private:
  std::string posterior_;
  std::array<VaeWeights, kModalities> weights_;
  std::array<double, kModalities> sigma_;
  std::array<std::unique_ptr<LatentModel>, kModalities> side_;
};

/// @throws IoError the file cannot be read. @throws FormatError it is not a joint model, or damaged.
[[nodiscard]] JointModel load_joint_model(const std::filesystem::path& path);

struct TrainedJoint {
  JointModel model;
  TrainingReport report;  ///< KL of the product of what each row has; sigma of the audio.
};

/// Trains one joint model a seed, side by side on the cores, on one thread each. The same seed and machine give the
/// same bytes. There is no checkpoint: a training takes seconds. Of `train`, epochs, batch, learning rates and
/// clip_norm play a part.
/// @throws InvalidArgument  shapes that do not agree, a value that is not finite in a row that is not all NaN, fewer
///                          than two rows with both sides, options out of range.
/// @throws Diverged, Cancelled
[[nodiscard]] std::vector<TrainedJoint> train_joint_seeds(const JointData& data, const JointOptions& options,
                                                          const TrainOptions& train,
                                                          std::span<const std::uint64_t> seeds,
                                                          const Execution& run = {});

/// What is clustered: what the model makes of each row on both sides, each side divided by the square root of its total
/// variance, side by side: [rows, d_audio + d_lyrics]. Every row that has either side has a place.
[[nodiscard]] Matrix joint_space(const JointModel& model, const JointData& data);

}  // namespace songmap::model
