#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/options.h"

namespace songmap::model {

/// A variational autoencoder (Kingma & Welling 2014), or a plain one: what it is and what it minimises.
struct VaeOptions {
  /// `mlp`: fully connected layers on rows of features. `conv`: strided convolutions on rows that are spectrograms,
  /// [bands, n_inputs / bands] row-major.
  std::string network = "mlp";
  /// mlp: widths of the encoder's hidden layers, each followed by ReLU; the decoder mirrors them and ends linearly.
  /// Empty: encoder and decoder are linear, and the optimum is probabilistic PCA.
  std::vector<std::size_t> hidden = {128, 64};
  std::vector<std::size_t> channels = {32, 64, 128, 256};  ///< conv: of the encoder's layers; each halves both axes.
  std::size_t bands = 64;                                  ///< conv: rows of the spectrogram.
  bool sigmoid = false;                                    ///< conv: the output passes a sigmoid, for data in [0, 1].
  std::size_t n_latent = 8;                                ///< Dimensions of the latent space.
  /// False: a plain autoencoder. The encoder gives a code without noise, there is no KL term, and the loss is the mean
  /// squared error over inputs and rows; `objective`, `beta`, `warm_up`, `cycles`, `free_bits` and `sigma` play no
  /// part.
  bool variational = true;
  /// `calibrated`: 0.5 SSE / sigma^2 + D log sigma, summed over the D inputs, + beta KL, summed over the latent
  /// dimensions, mean over rows; sigma^2 is learned, as a moving average (.9) of the batches' mean squared error, so
  /// that the value is a true negative evidence lower bound (up to D/2 log 2 pi) and the posterior keeps every
  /// direction that stands above the noise.
  /// `study`: squared error averaged over inputs and rows + beta times KL averaged over latent dimensions and rows. Its
  /// implied noise variance is beta D / (2 n_latent), above nearly every eigenvalue of scaled data: it collapses.
  std::string objective = "calibrated";
  double beta = 1;         ///< Weight of the KL term; larger values keep fewer latent dimensions.
  double warm_up = 0.3;    ///< Fraction of each cycle over which that weight rises linearly to beta; 0: none.
  std::size_t cycles = 1;  ///< Equal parts of the training, in each of which it rises anew (Fu et al. 2019).
  /// Nats a latent dimension: while a dimension's KL (mean over the batch) is below it, that KL exerts no pull (Kingma
  /// et al. 2016). Larger values keep more dimensions in use; 0: every nat counts.
  double free_bits = 0;
  double sigma = 0;          ///< Standard deviation of the calibrated objective's noise; 0: learned.
  double input_noise = 0.3;  ///< Standard deviation of the noise added to inputs in training; the target stays clean.
};

/// What a row of the data is made of.
struct DataShape {
  std::size_t n_inputs = 0;      ///< Columns that are encoded and rebuilt.
  std::size_t n_conditions = 0;  ///< Columns of the one-hot condition that encoder and decoder are told; 0: none.
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
