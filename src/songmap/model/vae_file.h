#pragma once

#include <cstddef>
#include <vector>

#include "songmap/model/model_file.h"
#include "songmap/model/options.h"

namespace songmap::model {

/// A trained VAE as plain data.
struct VaeWeights {
  VaeOptions options;
  std::size_t n_inputs = 0;
  std::vector<float> parameters;  ///< Flat, see MlpLayout.
};

/// A file of kind "vae": the number of inputs, every option by name, and for each layer the arrays `<layer>.weight`
/// ([n_out, n_in], row-major) and `<layer>.bias`.
[[nodiscard]] ModelFile to_model_file(const VaeWeights& weights);

/// @throws InvalidArgument  the file does not hold what its options say.
[[nodiscard]] VaeWeights from_model_file(const ModelFile& file);

}  // namespace songmap::model
