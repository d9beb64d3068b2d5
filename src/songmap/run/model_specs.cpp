#include "songmap/run/model_specs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "songmap/core/parallel.h"
#include "songmap/model/joint_options.h"

namespace songmap::run {
namespace {

/// The models that songmap and its presets know by name.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kTitles{
    {{"default-vae", "VAE"},
     {"basic-vae", "VAE"},
     {"conv-vae", "Convolutional VAE"},
     {"beta-vae", "Beta-VAE"},
     {"regular-vae", "Regular VAE"},
     {"autoencoder", "Autoencoder"},
     {kWindowModel, "Cross-window VAE"},
     {kJointModel, "Joint model of sound and words"},
     {kConditionalModel, "Conditional VAE"}}};

bool is_known(std::string_view name) {
  return std::ranges::any_of(kTitles, [&](const auto& known) { return known.first == name; });
}

/// As many steps beyond a thousand tracks as the power of their number says.
double growth(std::size_t n_tracks, double power) {
  return std::pow(std::max(1.0, static_cast<double>(n_tracks) / 1000), power);
}

std::string kind_of(const ModelSpec& spec) {
  if (!spec.condition.empty()) return "conditional-vae";
  if (spec.name == kWindowModel || spec.name == kJointModel) return spec.name;
  if (!spec.vae.variational) return "autoencoder";
  return spec.vae.network == "conv" ? "conv-vae" : "vae";
}

}  // namespace

void fit_size(std::size_t n_tracks, model::VaeOptions& vae, model::TrainOptions& train) {
  vae.n_latent = n_tracks < 300 ? 8 : 16;
  vae.hidden = n_tracks < 1000 ? std::vector<std::size_t>{128, 64} : std::vector<std::size_t>{256, 128};
  train.batch = n_tracks < 300 ? 32 : n_tracks < 1000 ? 64 : 128;
  const double rows = 940 * growth(n_tracks, 0.6) * static_cast<double>(train.batch);
  train.epochs = static_cast<std::size_t>(std::clamp(rows / static_cast<double>(n_tracks), 1.0, 300.0));
}

void fit_window_size(std::size_t n_tracks, std::size_t n_windows, model::VaeOptions& vae, model::TrainOptions& train) {
  vae.n_latent = 16;
  vae.hidden = {128, 64};
  train.batch = std::clamp<std::size_t>(n_windows, 1, 128);
  const double epochs = 2500 * growth(n_tracks, 0.5) / static_cast<double>(chunk_count(n_windows, train.batch));
  train.epochs = static_cast<std::size_t>(std::max(1.0, epochs));
}

std::string model_title(const std::string& name) {
  for (const auto& [known, title] : kTitles) {
    if (name == known) return std::string(title);
  }
  return name;
}

std::vector<ModelSpec> model_specs(const RunOptions& options, std::size_t n_training, std::size_t n_windows) {
  std::vector<std::string> names = options.models;
  if (!options.condition.empty() && std::ranges::find(names, kConditionalModel) == names.end()) {
    names.emplace_back(kConditionalModel);
  }
  require(!names.empty(), "run.models is empty: name at least one model");
  require(std::set(names.begin(), names.end()).size() == names.size(), "run.models names a model twice");
  std::vector<ModelSpec> specs;
  for (const std::string& name : names) {
    ModelSpec spec{name, model_title(name), {}, {}, options.vae, options.train};
    if (name == kConditionalModel) {
      require(!options.condition.empty(), "the model conditional-vae needs --condition COLUMN: the label that it sees");
      spec.condition = options.condition;
    }
    if (options.fit_size_to_collection && name == kWindowModel && n_windows > 0) {
      fit_window_size(n_training, n_windows, spec.vae, spec.train);
    } else if (options.fit_size_to_collection && name == kJointModel) {
      const model::VaeOptions joint = model::JointOptions().vae;
      spec.vae.hidden = joint.hidden;
      spec.vae.n_latent = joint.n_latent;
      spec.vae.input_noise = joint.input_noise;
      model::fit_joint_size(n_training, spec.train);
    } else if (options.fit_size_to_collection) {
      fit_size(n_training, spec.vae, spec.train);
    }
    OptionSet set;
    set.section("vae");
    model::describe(set, spec.vae);
    set.section("train");
    model::describe(set, spec.train);
    for (const auto& [key, value] : options.model_options) {
      if (key.starts_with(name + ".")) set.set(key.substr(name.size() + 1), value, "models." + key);
    }
    spec.kind = kind_of(spec);
    specs.push_back(std::move(spec));
  }
  for (const auto& [key, value] : options.model_options) {
    const std::string owner = key.substr(0, key.find('.'));
    // A preset says what each of its models is like, and the run may ask for fewer of them.
    require(is_known(owner) || std::ranges::find(names, owner) != names.end(),
            fmt::format("models.{}: there is no model '{}' in run.models ({})", key, owner, fmt::join(names, ", ")));
  }
  return specs;
}

}  // namespace songmap::run
