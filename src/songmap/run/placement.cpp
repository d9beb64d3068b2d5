#include "songmap/run/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/run/audio_space.h"
#include "songmap/run/model_inputs.h"
#include "songmap/run/model_specs.h"
#include "songmap/run/model_training.h"
#include "songmap/run/preset.h"
#include "songmap/run/reconstruction.h"
#include "songmap/run/spaces.h"
#include "songmap/run/stages.h"

namespace songmap::run {
namespace {

void check_takes_tracks(const Manifest& manifest, const SpaceRecord& space, const RunOptions& options) {
  const auto refuse = [](const std::string& why) {
    throw InvalidArgument(fmt::format("this run cannot take new tracks, as {}: run it anew with them", why));
  };
  if (!manifest.pretrained.empty()) {
    refuse(fmt::format("its tracks have vectors from elsewhere ({}) and new ones have none",
                       manifest.pretrained.front().source));
  }
  if (has_spectrograms(manifest) && manifest.columns.empty()) refuse("its models read spectrograms");
  if (space.kind != "model" && space.kind != "ensemble" && space.kind != "metric" && space.kind != "features") {
    refuse(fmt::format("its groups were made in the space {}, which is fitted to its own tracks alone", space.name));
  }
  if (!manifest.condition.empty() && space.model == kConditionalModel) refuse("its model must be told a label");
  if (options.features.recipe != "timbre" && options.features.recipe != "study-vector" &&
      manifest.input.kind == "audio") {
    refuse(fmt::format("its features are {}", options.features.recipe));
  }
}

}  // namespace

Placement Placement::load(const RunFolder& folder, const Manifest& manifest) {
  require(!manifest.main_space.empty(),
          fmt::format("{} is not finished: songmap run goes on with it", quoted(folder.path())));
  const SpaceRecord& space = space_record(manifest, manifest.main_space);
  const RunOptions options = options_of(folder);
  check_takes_tracks(manifest, space, options);
  Placement placement;
  placement.description_ = load_description(folder.description());
  if (space.kind == "features") placement.description_.metric.reset();
  if (!space.model.empty()) {
    placement.decodes_ = options.cluster.space == "decoded";
    placement.n_shown_ = space.kind == "ensemble" ? manifest.seeds.size() : 1;
    for (std::size_t s = 0; s < manifest.seeds.size(); ++s) {
      placement.models_.push_back(model::load_model(folder.model(space.model, s)));
    }
    const auto record = std::ranges::find(manifest.models, space.model, &ModelRecord::name);
    placement.reads_windows_ = record != manifest.models.end() && record->kind == kWindowModel;
  }
  if (manifest.input.kind == "audio") {
    placement.recipes_.push_back(options.features.recipe);
    if (placement.reads_windows_) placement.recipes_.emplace_back(kWindowRecipe);
  }
  return placement;
}

Placement::Placed Placement::place(MatrixView raw, const features::WindowedRows& windows) const {
  if (models_.empty()) return {transform(description_, raw), {}, {}, {}};
  ModelInputs inputs;
  if (reads_windows_) {
    inputs.rows = transform(description_, windows.rows);
    inputs.track = windows.track;
  } else {
    inputs = track_inputs(transform(description_, raw));
  }
  std::vector<Matrix> sides;
  std::vector<Matrix> made;
  std::vector<double> errors(raw.rows());
  for (const auto& model : models_) {
    const Matrix latent = model->encode(inputs.rows).mean;
    made.push_back(inputs.by_track(model->decode(latent), raw.rows()));
    if (sides.size() < n_shown_) sides.push_back(decodes_ ? made.back() : inputs.by_track(latent, raw.rows()));
    const std::vector<double> of_model = reconstruction_errors(*model, inputs, {}, raw.rows());
    for (std::size_t i = 0; i < errors.size(); ++i) errors[i] += of_model[i] / static_cast<double>(models_.size());
  }
  return {together(sides, /*averaged=*/reads_windows_ && decodes_), std::move(errors),
          inputs.by_track(inputs.rows, raw.rows()), together(made, /*averaged=*/true)};
}

}  // namespace songmap::run
