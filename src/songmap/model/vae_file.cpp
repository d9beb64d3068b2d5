#include "songmap/model/vae_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "songmap/core/error.h"
#include "songmap/model/conv_layout.h"
#include "songmap/model/mlp_layout.h"

namespace songmap::model {
namespace {

/// Weights and biases, and the size of the flat array that they lie in.
struct Arrays {
  std::vector<NamedRange> all;
  std::size_t size = 0;
};

Arrays arrays_of(const DataShape& shape, const VaeOptions& options) {
  if (options.network == "conv") {
    const ConvLayout layout = conv_layout(shape, options);
    return {ranges(layout), layout.size};
  }
  const MlpLayout layout = mlp_layout(shape, options);
  return {ranges(layout), layout.size};
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
  for (const auto& [name, first, count] : arrays_of(weights.shape, options).all) {
    file.arrays[name].assign(flat + first, flat + first + count);
  }
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
  const Arrays arrays = arrays_of(weights.shape, weights.options);
  weights.parameters.resize(arrays.size);
  for (const auto& [name, first, count] : arrays.all) {
    const std::vector<float>& values = file.array(name);
    require(values.size() == count, fmt::format("its array {} has {} numbers, not {}", name, values.size(), count));
    std::ranges::copy(values, weights.parameters.begin() + std::ptrdiff_t(first));
  }
  return weights;
}

}  // namespace songmap::model
