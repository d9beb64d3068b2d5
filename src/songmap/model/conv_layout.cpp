#include "songmap/model/conv_layout.h"

#include <fmt/format.h>

#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/random.h"

namespace songmap::model {
namespace {

constexpr std::size_t kFloatsInLine = 16;

/// The stages without their kernels.
std::vector<ConvStage> halvings(const DataShape& shape, const VaeOptions& options) {
  const std::size_t bands = options.bands;
  const std::size_t factor = std::size_t{1} << options.channels.size();
  const std::size_t frames = shape.n_inputs / bands;
  require(!options.channels.empty(), "channels is empty: a convolutional network has at least one layer");
  require(frames * bands == shape.n_inputs,
          fmt::format("a row has {} values, which is no whole number of spectrogram frames of bands = {}",
                      shape.n_inputs, bands));
  require(bands % factor == 0 && frames > 0 && frames % factor == 0,
          fmt::format("a spectrogram of {} bands x {} frames cannot be halved {} times: both must be multiples of {}",
                      bands, frames, options.channels.size(), factor));
  std::vector<ConvStage> stages;
  ConvStage stage;
  stage.n_coarse = 1;
  stage.height = bands;
  stage.width = frames;
  for (const std::size_t channels : options.channels) {
    stage.n_fine = stage.n_coarse;
    stage.n_coarse = channels;
    stage.height /= 2;
    stage.width /= 2;
    stages.push_back(stage);
  }
  return stages;
}

}  // namespace

ConvLayout conv_layout(const DataShape& shape, const VaeOptions& options) {
  ConvLayout layout;
  layout.shape = shape;
  layout.n_latent = options.n_latent;
  layout.stages = halvings(shape, options);
  const std::size_t n_stages = layout.stages.size();
  const ConvStage& last = layout.stages.back();
  layout.n_features = last.height * last.width * last.n_coarse;

  const auto place = [&](std::size_t floats) {
    const std::size_t at = layout.size;
    layout.size += (floats + kFloatsInLine - 1) / kFloatsInLine * kFloatsInLine;
    return at;
  };
  const auto place_kernel = [&](std::string name, std::size_t n_weights, std::size_t n_biases) {
    const std::size_t weight = place(n_weights);
    return ConvKernel{std::move(name), weight, place(n_biases)};
  };
  const auto place_linear = [&](std::string name, std::size_t n_in, std::size_t n_out) {
    const std::size_t weight = place(n_in * n_out);
    return LinearLayer{std::move(name), n_in, n_out, weight, place(n_out), false};
  };
  for (std::size_t s = 0; s < n_stages; ++s) {
    ConvStage& stage = layout.stages[s];
    stage.encoder = place_kernel(fmt::format("encoder.{}", s), stage.n_weights(), stage.n_coarse);
  }
  layout.head = place_linear(fmt::format("encoder.{}", n_stages), layout.n_features + shape.n_conditions,
                             options.variational ? 2 * options.n_latent : options.n_latent);
  layout.stem = place_linear("decoder.0", options.n_latent + shape.n_conditions, layout.n_features);
  for (std::size_t s = n_stages; s-- > 0;) {
    ConvStage& stage = layout.stages[s];
    stage.decoder = place_kernel(fmt::format("decoder.{}", n_stages - s), stage.n_weights(), stage.n_fine);
  }
  return layout;
}

std::vector<NamedRange> ranges(const ConvLayout& layout) {
  std::vector<NamedRange> all;
  const auto add = [&](const std::string& name, std::size_t weight, std::size_t n_weights, std::size_t bias,
                       std::size_t n_biases) {
    all.push_back({name + ".weight", weight, n_weights});
    all.push_back({name + ".bias", bias, n_biases});
  };
  const auto add_linear = [&](const LinearLayer& layer) {
    add(layer.name, layer.weight, layer.n_in * layer.n_out, layer.bias, layer.n_out);
  };
  for (const ConvStage& stage : layout.stages) {
    add(stage.encoder.name, stage.encoder.weight, stage.n_weights(), stage.encoder.bias, stage.n_coarse);
  }
  add_linear(layout.head);
  add_linear(layout.stem);
  for (std::size_t s = layout.stages.size(); s-- > 0;) {
    const ConvStage& stage = layout.stages[s];
    add(stage.decoder.name, stage.decoder.weight, stage.n_weights(), stage.decoder.bias, stage.n_fine);
  }
  return all;
}

std::vector<float> initial_parameters(const ConvLayout& layout, std::uint64_t seed) {
  std::vector<float> flat(layout.size);
  Random random(seed);
  const auto draw = [&](std::size_t first, std::size_t count, std::size_t fan_in) {
    const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
    for (std::size_t i = 0; i < count; ++i) flat[first + i] = static_cast<float>(random.uniform(-bound, bound));
  };
  for (const ConvStage& stage : layout.stages) {
    draw(stage.encoder.weight, stage.n_weights(), 16 * stage.n_fine);
    draw(stage.encoder.bias, stage.n_coarse, 16 * stage.n_fine);
    draw(stage.decoder.weight, stage.n_weights(), 16 * stage.n_fine);
    draw(stage.decoder.bias, stage.n_fine, 16 * stage.n_fine);
  }
  for (const LinearLayer* layer : {&layout.head, &layout.stem}) {
    draw(layer->weight, layer->n_in * layer->n_out, layer->n_in);
    draw(layer->bias, layer->n_out, layer->n_in);
  }
  return flat;
}

}  // namespace songmap::model
