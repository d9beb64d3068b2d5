#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/options.h"

namespace songmap::model {

/// A variational autoencoder of fully connected layers (Kingma & Welling 2014): what it is and what it minimises.
struct VaeOptions {
  /// Widths of the encoder's hidden layers, each followed by ReLU; the decoder mirrors them and ends linearly. Empty:
  /// encoder and decoder are linear, and the optimum is probabilistic PCA.
  std::vector<std::size_t> hidden = {128, 64};
  std::size_t n_latent = 8;  ///< Dimensions of the latent space.
  /// `calibrated`: 0.5 SSE / sigma^2 + D log sigma, summed over the D inputs, + beta KL, summed over the latent
  /// dimensions, mean over rows; sigma^2 is learned, as a moving average (.9) of the batches' mean squared error, so
  /// that the value is a true negative evidence lower bound (up to D/2 log 2 pi) and the posterior keeps every
  /// direction that stands above the noise.
  /// `study`: squared error averaged over inputs and rows + beta times KL averaged over latent dimensions and rows. Its
  /// implied noise variance is beta D / (2 n_latent), above nearly every eigenvalue of scaled data: it collapses.
  std::string objective = "calibrated";
  double beta = 1;           ///< Weight of the KL term; larger values keep fewer latent dimensions.
  double warm_up = 0.3;      ///< Fraction of all steps over which that weight rises linearly to beta; 0: none.
  double input_noise = 0.3;  ///< Standard deviation of the noise added to inputs in training; the target stays clean.
};

/// How a model is trained.
struct TrainOptions {
  std::size_t epochs = 300;
  std::size_t batch = 32;             ///< Rows a step; the last batch of an epoch may be smaller.
  double learning_rate = 1e-3;        ///< Of Adam (Kingma & Ba 2015), at the first step.
  double final_learning_rate = 0.05;  ///< Fraction of it that is left at the end of a cosine; 1: constant.
  double clip_norm = 5;               ///< Longer gradients are shortened to this norm; 0: never.
  std::uint64_t seed = 0;             ///< Of first weights, order of rows, noise and the held-out rows.
  std::string device = "cpu";         ///< cpu | cuda | auto (cuda where there is one).
  double held_out = 0;                ///< Fraction of the rows kept from training, to watch the loss on.
  /// Epochs without a better held-out loss (counted after the warm-up) before training stops and the best weights are
  /// returned; 0: never stop early, return the last weights.
  std::size_t patience = 0;
  std::filesystem::path checkpoint;  ///< File to go on from after an interruption; empty: none.
  std::size_t checkpoint_every = 0;  ///< Epochs between checkpoints; 0: only when cancelled, diverged or finished.
  bool resume = false;               ///< Go on from `checkpoint` when it exists.
};

/// Names, ranges and help; the checkpoint is the caller's business and has no name.
void describe(OptionSet& set, VaeOptions& options);
void describe(OptionSet& set, TrainOptions& options);

/// @throws InvalidArgument  a value outside its range.
void check(const VaeOptions& options);
void check(const TrainOptions& options);

}  // namespace songmap::model
