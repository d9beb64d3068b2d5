#pragma once

#include <memory>

#include "songmap/model/latent_model.h"
#include "songmap/model/vae_file.h"

namespace songmap::model {

/// A trained VAE, ready to encode and decode on the CPU.
[[nodiscard]] std::unique_ptr<LatentModel> make_vae_model(VaeWeights weights);

}  // namespace songmap::model
