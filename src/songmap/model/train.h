#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/model/latent_model.h"
#include "songmap/model/options.h"

namespace songmap::model {

/// Rows to train on; for a conditional model, what it is told about each; of windows, the track of each.
struct TrainingData {
  TrainingData(MatrixView rows, MatrixView one_hot = {},  // NOLINT(google-explicit-constructor): rows are data
               std::span<const std::size_t> owners = {})
      : x(rows), condition(one_hot), owner(owners) {}
  TrainingData(const Matrix& rows, MatrixView one_hot = {},  // NOLINT(google-explicit-constructor): as above
               std::span<const std::size_t> owners = {})
      : x(rows), condition(one_hot), owner(owners) {}

  MatrixView x;          ///< [rows, n_inputs]
  MatrixView condition;  ///< [rows, n_conditions], one-hot, a row of zeros: unknown; empty: an unconditional model.
  /// [rows], rising; empty: each row is its own target. Else the target of each row is another row of the same owner,
  /// drawn anew every epoch (the row itself where it is alone), so that the decoder learns the mean of what an owner's
  /// rows have in common. Owners are held out whole, and a held-out row keeps one target through all epochs.
  std::span<const std::size_t> owner;

  [[nodiscard]] DataShape shape() const { return {x.cols(), condition.cols()}; }
};

/// Mean losses of one pass over the training rows, in the objective's own units, a row. `total` is `reconstruction` +
/// the present weight of the KL term times `kl`; with free bits, times what is counted of it.
struct Epoch {
  std::size_t epoch = 0;  ///< From 1.
  double total = 0;
  double reconstruction = 0;
  double kl = 0;
  /// `reconstruction` + beta times `kl`, with the same noise each time, on the held-out rows; NaN: none.
  double held_out = 0;
};

/// What a training tells.
struct TrainingReport {
  std::vector<Epoch> epochs;
  /// Mean over the training rows, in nats: [n_latent]; zeros of a plain autoencoder.
  std::vector<double> kl_per_dimension;
  /// Latent dimensions whose posterior mean has a variance above .01 over the training rows (Burda et al. 2016). Of a
  /// plain autoencoder, whose code has no scale of its own: above .01 of the greatest dimension's variance.
  std::size_t active_units = 0;
  /// Eigenvalues of the training covariance above sigma^2, at most n_latent: what a linear decoder would keep (Lucas et
  /// al. 2019). With owners the covariance of their means: their rows' other part cannot be told from another row.
  double predicted_active = 0;
  /// Standard deviation of the decoder's noise: learned, given, or implied by the study's objective; of a plain
  /// autoencoder the root of its mean squared error.
  double sigma = 0;
  /// The latent space carries less than a quarter of the directions that PCA would keep, i.e. of those (at most
  /// n_latent) whose eigenvalue is above the mean of the others. Never of a plain autoencoder, which no KL term pulls.
  bool collapsed = false;
  bool stopped_early = false;
  std::size_t best_epoch = 0;  ///< Whose weights were returned.
  double seconds = 0;          ///< Of this call: a resumed training does not count what came before.
};

struct TrainedModel {
  std::unique_ptr<LatentModel> model;
  TrainingReport report;
};

/// Trains an autoencoder by Adam on shuffled batches: a convolutional one on up to `run.threads` threads, another on
/// one. The same seed and machine give the same bytes on any number of threads, stopped and resumed or not. Reports
/// progress in epochs; a cancelled training writes its checkpoint first.
/// @throws InvalidArgument  x is empty or not finite, the condition is not finite or has not one row a row of x, the
///                          owners are not one a row or do not rise, an option is out of range, there is no such
///                          device, or the checkpoint to resume belongs to other data or options.
/// @throws Diverged         the loss stopped being finite: the checkpoint holds the weights before that epoch.
/// @throws Cancelled, IoError, FormatError
[[nodiscard]] TrainedModel train_vae(const TrainingData& data, const VaeOptions& vae, const TrainOptions& train,
                                     const Execution& run = {});

/// One `train_vae` a seed, in the seeds' order, side by side on up to `run.threads` threads, of which each has its
/// share; each gives the same bytes as alone. Each has its own checkpoint: the given name with "." and the seed
/// appended.
[[nodiscard]] std::vector<TrainedModel> train_seeds(const TrainingData& data, const VaeOptions& vae,
                                                    const TrainOptions& train, std::span<const std::uint64_t> seeds,
                                                    const Execution& run = {});

/// Whether training can run on `device` (cpu, cuda, auto). Loads libtorch. @throws IoError it is not installed.
[[nodiscard]] bool device_available(const std::string& device);

/// One line for `songmap doctor`: the version of libtorch, what it calculates with, and the devices it finds.
/// @throws IoError it is not installed.
[[nodiscard]] std::string backend_description();

}  // namespace songmap::model
