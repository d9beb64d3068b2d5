#include "songmap/model/mlp_layout.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

#include "songmap/core/random.h"

namespace songmap::model {
namespace {

constexpr std::size_t kFloatsInLine = 16;

std::vector<LinearLayer> chain(std::string_view name, const std::vector<std::size_t>& widths, std::size_t& offset) {
  const auto place = [&](std::size_t floats) {
    const std::size_t at = offset;
    offset += (floats + kFloatsInLine - 1) / kFloatsInLine * kFloatsInLine;
    return at;
  };
  std::vector<LinearLayer> layers;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    LinearLayer layer{fmt::format("{}.{}", name, i), widths[i], widths[i + 1], 0, 0, i + 2 < widths.size()};
    layer.weight = place(layer.n_out * layer.n_in);
    layer.bias = place(layer.n_out);
    layers.push_back(layer);
  }
  return layers;
}

}  // namespace

MlpLayout mlp_layout(const DataShape& shape, const VaeOptions& options) {
  MlpLayout layout;
  layout.shape = shape;
  layout.n_latent = options.n_latent;
  std::vector<std::size_t> down = {shape.n_inputs};
  down.insert(down.end(), options.hidden.begin(), options.hidden.end());
  std::vector<std::size_t> up(down.rbegin(), down.rend());
  down.front() += shape.n_conditions;
  down.push_back(options.variational ? 2 * options.n_latent : options.n_latent);
  up.insert(up.begin(), options.n_latent + shape.n_conditions);
  layout.encoder = chain("encoder", down, layout.size);
  layout.decoder = chain("decoder", up, layout.size);
  return layout;
}

std::vector<float> initial_parameters(const MlpLayout& layout, std::uint64_t seed) {
  std::vector<float> flat(layout.size);
  Random random(seed);
  for (const auto* layers : {&layout.encoder, &layout.decoder}) {
    for (const LinearLayer& layer : *layers) {
      const double bound = 1 / std::sqrt(static_cast<double>(layer.n_in));
      const auto draw = [&](std::size_t first, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) flat[first + i] = static_cast<float>(random.uniform(-bound, bound));
      };
      draw(layer.weight, layer.n_out * layer.n_in);
      draw(layer.bias, layer.n_out);
    }
  }
  return flat;
}

std::vector<NamedRange> ranges(const MlpLayout& layout) {
  std::vector<NamedRange> all;
  for (const auto* layers : {&layout.encoder, &layout.decoder}) {
    for (const LinearLayer& layer : *layers) {
      all.push_back({layer.name + ".weight", layer.weight, layer.n_out * layer.n_in});
      all.push_back({layer.name + ".bias", layer.bias, layer.n_out});
    }
  }
  return all;
}

}  // namespace songmap::model
