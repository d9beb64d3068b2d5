#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "songmap/model/options.h"
#include "songmap/run/preset.h"

namespace songmap::run {

/// One model of a run, with everything that it is trained by.
struct ModelSpec {
  std::string name;
  std::string title;      ///< "Beta-VAE"
  std::string kind;       ///< vae | autoencoder | conv-vae | conditional-vae | window-vae | joint-vae
  std::string condition;  ///< Label column that it sees; empty: none.
  model::VaeOptions vae;
  model::TrainOptions train;
};

/// The name of the model that sees a label column.
inline constexpr const char* kConditionalModel = "conditional-vae";
/// The name of the model that rebuilds one window of a track from another one.
inline constexpr const char* kWindowModel = "window-vae";
/// The name of the model of sound and words together.
inline constexpr const char* kJointModel = "joint-vae";

/// The models that the options ask for, the main one first. With `fit_size_to_collection`, sizes that suit `n_training`
/// tracks and their `n_windows` windows, but for what a model has of its own; the joint model then also has its own
/// input noise.
/// @throws InvalidArgument  no model, one named twice, or options of a model that there is not.
[[nodiscard]] std::vector<ModelSpec> model_specs(const RunOptions& options, std::size_t n_training,
                                                 std::size_t n_windows = 0);

/// Latent size, layers, batch and epochs that suit so many tracks (docs/decisions/003), of a model with a row a track.
void fit_size(std::size_t n_tracks, model::VaeOptions& vae, model::TrainOptions& train);
/// Likewise of the cross-window VAE (model::TrainingData::owner), with a row a window.
void fit_window_size(std::size_t n_tracks, std::size_t n_windows, model::VaeOptions& vae, model::TrainOptions& train);

/// How tables and pictures call a model: "Beta-VAE" for beta-vae; other names as they are.
[[nodiscard]] std::string model_title(const std::string& name);

}  // namespace songmap::run
