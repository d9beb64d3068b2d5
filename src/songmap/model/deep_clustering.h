#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/model/latent_groups.h"
#include "songmap/model/options.h"

namespace songmap::model {

/// An autoencoder as a place to begin deep clustering from. No label and no group has a part in it.
struct StartingPoint {
  VaeOptions vae;                 ///< As it was trained.
  std::vector<float> parameters;  ///< Flat (MlpLayout), of a variational network whose variances were not trained yet.
  double noise_variance = 1;      ///< sigma^2: its mean squared error.
  Matrix codes;                   ///< [rows, n_latent]
};

/// Trains the starting point: a fully connected autoencoder with noise on its inputs. Of `vae`, `hidden`, `n_latent`
/// and `input_noise` play a part. The same seed gives the same bytes. On the CPU and one thread.
/// @throws InvalidArgument  x is empty or not finite, the network is not an mlp, or an option is out of range.
/// @throws Diverged, Cancelled
[[nodiscard]] StartingPoint train_starting_point(MatrixView x, const VaeOptions& vae, const TrainOptions& train,
                                                 const Execution& run = {});

enum class DeepMethod {
  kVade,  ///< The groups are the prior of a VAE (Jiang et al. 2017), its noise learned.
  kIdec,  ///< Memberships by Student's t sharpen themselves while the autoencoder goes on (Guo et al. 2017).
};

struct DeepOptions {
  double epochs = 1;           ///< Of the refinement, in those of its starting point.
  double learning_rate = 0.1;  ///< Of the refinement's first step, in that of its starting point.
  double idec_weight = 0.1;    ///< Weight of the memberships' divergence beside the mean squared error: IDEC's gamma.
  double tolerance = 1e-3;     ///< IDEC ends when no more than this share of the rows changed group in an epoch.
};
void describe(OptionSet& set, DeepOptions& options);

struct DeepClusters {
  std::vector<std::int32_t> labels;  ///< The group with the largest membership, one a row.
  Matrix membership;                 ///< [rows, n_groups], rows sum to 1.
  Matrix codes;                      ///< [rows, n_latent]: where the rows lie now.
  LatentGroups groups;
  std::size_t epochs = 0;
  double moved = 0;  ///< Share of the rows that the refinement took to another group than the one it began with.
};

/// Trains a starting point's network on, together with groups of its codes.
/// @param groups  found in `start.codes` without labels; of IDEC the means alone count
/// @throws InvalidArgument  the groups do not lie in the latent space, x is not what the start was trained on, or an
///                          option is out of range.
/// @throws Diverged, Cancelled
[[nodiscard]] DeepClusters refine(MatrixView x, const StartingPoint& start, const LatentGroups& groups,
                                  DeepMethod method, const DeepOptions& options, const TrainOptions& train,
                                  const Execution& run = {});

}  // namespace songmap::model
