#pragma once

#include <cstddef>
#include <string>

#include "songmap/core/options.h"
#include "songmap/model/options.h"

namespace songmap::model {

/// A variational autoencoder of audio and lyrics with one latent space.
struct JointOptions {
  /// `mopoe`: a mixture of products of experts (Sutter, Daunhawer & Vogt 2021). What is minimised is the mean over the
  /// posteriors {audio}, {lyrics} and {audio, lyrics, prior}, each of which has to rebuild all that the row has: either
  /// side alone suffices later.
  /// `poe`: a product of experts (Wu & Goodman 2018). The same three, each a product with the prior, and one side alone
  /// has to rebuild only itself: less is asked of it, and it says less of the other side.
  std::string posterior = "mopoe";
  /// Both sides' networks and what is minimised. `hidden`, `n_latent`, `beta`, `warm_up`, `cycles` and `input_noise`
  /// (in units of the side's root mean variance) play a part; each side's noise is learned on its own, as the
  /// calibrated objective does. The other options must be as they are here.
  VaeOptions vae = joint_vae();

  [[nodiscard]] static VaeOptions joint_vae();
};

/// Names, ranges and help of what plays a part; none is a name of TrainOptions.
void describe(OptionSet& set, JointOptions& options);

/// @throws InvalidArgument  a value outside its range, or an option of `vae` that is for other models.
void check(const JointOptions& options);

/// Sets batch, epochs and learning rate for so many rows: 800 steps of at most 100 rows up to 1,000 rows, and beyond as
/// many times more as the power .6 of their number says; at most 300 epochs.
void fit_joint_size(std::size_t n_rows, TrainOptions& train);

}  // namespace songmap::model
