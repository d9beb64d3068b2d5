#pragma once

#include <cstddef>
#include <vector>

#include "songmap/model/model_file.h"
#include "songmap/model/options.h"

namespace songmap::model {

/// A trained VAE as plain data.
struct VaeWeights {
  VaeOptions options;
  DataShape shape;
  std::vector<float> parameters;  ///< Flat, in the network's own layout (MlpLayout, ConvLayout).
};

/// A file of kind "vae": the numbers of inputs and conditions, every option by name, and for each layer the arrays
/// `<layer>.weight` ([n_out, n_in], row-major; of a convolution as ConvKernel has it) and `<layer>.bias`.
[[nodiscard]] ModelFile to_model_file(const VaeWeights& weights);

/// An option that the file does not name, because it is younger than the file, has its default.
/// @throws InvalidArgument  the file does not hold what its options say.
[[nodiscard]] VaeWeights from_model_file(const ModelFile& file);

}  // namespace songmap::model
