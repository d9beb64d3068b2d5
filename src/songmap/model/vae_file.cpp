#include "songmap/model/vae_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "songmap/core/error.h"
#include "songmap/model/mlp_layout.h"

namespace songmap::model {
namespace {

/// Calls `visit(name, first, count)` for each weight and bias of the flat array.
template <class Visit>
void for_each_array(const MlpLayout& layout, const Visit& visit) {
  for (const auto* layers : {&layout.encoder, &layout.decoder}) {
    for (const LinearLayer& layer : *layers) {
      visit(layer.name + ".weight", layer.weight, layer.n_out * layer.n_in);
      visit(layer.name + ".bias", layer.bias, layer.n_out);
    }
  }
}

}  // namespace

ModelFile to_model_file(const VaeWeights& weights) {
  ModelFile file;
  file.kind = "vae";
  file.values["n_inputs"] = fmt::format("{}", weights.shape.n_inputs);
  file.values["n_conditions"] = fmt::format("{}", weights.shape.n_conditions);
  VaeOptions options = weights.options;
  OptionSet set;
  describe(set, options);
  for (const OptionField& field : set.fields()) file.values[field.name] = field.value();
  const float* flat = weights.parameters.data();
  for_each_array(mlp_layout(weights.shape, options),
                 [&](const std::string& name, std::size_t first, std::size_t count) {
                   file.arrays[name].assign(flat + first, flat + first + count);
                 });
  return file;
}

VaeWeights from_model_file(const ModelFile& file) {
  VaeWeights weights;
  OptionSet set;
  describe(set, weights.options);
  for (const OptionField& field : set.fields()) {
    if (file.values.contains(field.name)) set.set(field.name, file.value(field.name), "its options");
  }
  weights.shape.n_inputs = static_cast<std::size_t>(file.number("n_inputs"));
  if (file.values.contains("n_conditions")) {
    weights.shape.n_conditions = static_cast<std::size_t>(file.number("n_conditions"));
  }
  const MlpLayout layout = mlp_layout(weights.shape, weights.options);
  weights.parameters.resize(layout.size);
  for_each_array(layout, [&](const std::string& name, std::size_t first, std::size_t count) {
    const std::vector<float>& values = file.array(name);
    require(values.size() == count, fmt::format("its array {} has {} numbers, not {}", name, values.size(), count));
    std::ranges::copy(values, weights.parameters.begin() + std::ptrdiff_t(first));
  });
  return weights;
}

}  // namespace songmap::model
