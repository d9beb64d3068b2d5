#include "songmap/model/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>
#include <variant>

#include "songmap/core/error.h"

namespace songmap::model {
namespace {

/// Holds every field against its own description, so that a range is written down once.
template <class Options>
void check_fields(Options options) {
  OptionSet set;
  describe(set, options);
  for (const OptionField& field : set.fields()) {
    const auto within = [&](double value) { return value >= field.range.low && value <= field.range.high; };
    const bool allowed = std::visit(
        [&](const auto* value) {
          using Value = std::remove_cvref_t<decltype(*value)>;
          if constexpr (std::is_same_v<Value, std::string>) {
            return field.choices.empty() || std::ranges::find(field.choices, *value) != field.choices.end();
          } else if constexpr (std::is_same_v<Value, std::vector<std::size_t>>) {
            return std::ranges::all_of(*value, [&](std::size_t each) { return within(static_cast<double>(each)); });
          } else if constexpr (std::is_arithmetic_v<Value>) {
            return within(static_cast<double>(*value));
          } else {
            return true;
          }
        },
        field.target);
    require(allowed, fmt::format("{} = {} is not allowed: {}", field.name, field.value(), field.allowed()));
  }
}

}  // namespace

void describe(OptionSet& set, VaeOptions& options) {
  set.add("network", options.network, {"mlp", "conv"}, "fully connected on features, or convolutional on spectrograms");
  set.add("hidden", &options.hidden, Range{1, 65536},
          "mlp: widths of the encoder's hidden layers; the decoder mirrors them");
  set.add("channels", &options.channels, Range{1, 4096},
          "conv: channels of the encoder's layers, each of which halves both axes; the decoder mirrors them");
  set.add("bands", &options.bands, Range{1, 4096}, "conv: bands of the spectrogram that a row holds");
  set.add("sigmoid", &options.sigmoid, "conv: the output passes a sigmoid, for data in [0, 1]");
  set.add("n_latent", &options.n_latent, Range{1, 4096}, "dimensions of the latent space");
  set.add("variational", &options.variational, "false: a plain autoencoder, trained on the mean squared error");
  set.add("objective", options.objective, {"calibrated", "study"}, "what is minimised: noise learned, or as published");
  set.add("beta", &options.beta, Range{0, 1e6}, "weight of the KL term; larger keeps fewer latent dimensions");
  set.add("warm_up", &options.warm_up, Range{0, 1}, "fraction of each cycle over which that weight rises");
  set.add("cycles", &options.cycles, Range{1, 1e4}, "parts of the training in each of which it rises anew");
  set.add("free_bits", &options.free_bits, Range{0, 1e3}, "KL of a latent dimension, in nats, that costs nothing");
  set.add("sigma", &options.sigma, Range{0, 1e3}, "noise standard deviation of the calibrated objective; 0: learned");
  set.add("input_noise", &options.input_noise, Range{0, 1e3},
          "standard deviation of noise added to inputs in training");
}

void describe(OptionSet& set, TrainOptions& options) {
  set.add("epochs", &options.epochs, Range{1, 1e7}, "passes over the rows");
  set.add("batch", &options.batch, Range{1, 1e6}, "rows a step");
  set.add("learning_rate", &options.learning_rate, Range{1e-12, 1e12}, "of Adam, at the first step");
  set.add("final_learning_rate", &options.final_learning_rate, Range{0, 1}, "fraction left at the end of the cosine");
  set.add("clip_norm", &options.clip_norm, at_least(0), "longest gradient; 0: any");
  set.add("seed", &options.seed, "of weights, order, noise and held-out rows");
  set.add("device", options.device, {"cpu", "cuda", "auto"}, "where training runs");
  set.add("held_out", &options.held_out, Range{0, 0.9}, "fraction of the rows kept from training");
  set.add("patience", &options.patience, "epochs without a better held-out loss before stopping; 0: never");
}

void check(const VaeOptions& options) {
  check_fields(options);
  const bool conv = options.network == "conv";
  require(!conv || !options.channels.empty(), "channels is empty: a convolutional network needs at least one layer");
  require(conv || !options.sigmoid, "sigmoid = true is for network = conv: the output of the other is linear");
  require(options.sigma == 0 || options.objective == "calibrated",
          fmt::format("sigma = {} is for objective = calibrated: the other implies its own", options.sigma));
}

void check(const TrainOptions& options) {
  check_fields(options);
  require(options.patience == 0 || options.held_out > 0,
          fmt::format("patience = {} needs rows to watch: set held_out above 0", options.patience));
  require(!options.resume || !options.checkpoint.empty(), "resume needs a checkpoint path");
}

}  // namespace songmap::model
