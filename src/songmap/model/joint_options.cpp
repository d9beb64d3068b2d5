#include "songmap/model/joint_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"

namespace songmap::model {

VaeOptions JointOptions::joint_vae() {
  VaeOptions vae;
  vae.n_latent = 16;
  vae.input_noise = 0.5;
  return vae;
}

void describe(OptionSet& set, JointOptions& options) {
  set.add("posterior", options.posterior, {"mopoe", "poe"},
          "mixture of products of experts, or one product: how sound and words join");
  set.add("hidden", &options.vae.hidden, Range{1, 65536},
          "widths of both encoders' hidden layers; decoders mirror them");
  set.add("n_latent", &options.vae.n_latent, Range{1, 4096}, "dimensions of the latent space");
  set.add("beta", &options.vae.beta, Range{0, 1e6}, "weight of the KL term; larger keeps fewer latent dimensions");
  set.add("warm_up", &options.vae.warm_up, Range{0, 1}, "fraction of each cycle over which that weight rises");
  set.add("cycles", &options.vae.cycles, Range{1, 1e4}, "parts of the training in each of which it rises anew");
  set.add("input_noise", &options.vae.input_noise, Range{0, 1e3},
          "noise added to inputs in training, in units of the side's root mean variance");
}

void check(const JointOptions& options) {
  const VaeOptions& vae = options.vae;
  check(vae);
  require(options.posterior == "mopoe" || options.posterior == "poe",
          fmt::format("posterior = \"{}\" is not allowed: mopoe | poe", options.posterior));
  require(
      vae.network == "mlp" && vae.variational && vae.objective == "calibrated" && vae.sigma == 0 && vae.free_bits == 0,
      "a joint model is fully connected and variational and learns its noise: leave network, variational, "
      "objective, sigma and free_bits as they are");
}

void fit_joint_size(std::size_t n_rows, TrainOptions& train) {
  const double thousands = std::max(1.0, static_cast<double>(n_rows) / 1000);
  const double steps = 800 * std::pow(thousands, 0.6);
  train.batch = std::clamp<std::size_t>(n_rows / 4, 8, 100);
  train.epochs = static_cast<std::size_t>(
      std::clamp(steps / static_cast<double>(chunk_count(std::max<std::size_t>(1, n_rows), train.batch)), 1.0, 300.0));
  train.learning_rate = 2e-3;
}

}  // namespace songmap::model
