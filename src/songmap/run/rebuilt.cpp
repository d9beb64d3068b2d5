#include "songmap/run/rebuilt.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/model/latent_model.h"
#include "songmap/run/description.h"
#include "songmap/run/model_inputs.h"
#include "songmap/run/model_training.h"
#include "songmap/run/tables.h"

namespace songmap::run {
namespace {

const ModelRecord& record_of(const Manifest& manifest, const std::string& model) {
  const auto found = std::ranges::find(manifest.models, model, &ModelRecord::name);
  if (found == manifest.models.end()) throw InvalidArgument(fmt::format("the run has no model '{}'", model));
  return *found;
}

/// The inputs of these tracks alone, numbered from 0.
ModelInputs only(const ModelInputs& all, std::span<const std::size_t> tracks) {
  const std::vector<std::size_t> rows = all.rows_of(tracks);
  ModelInputs some;
  some.rows = take_rows(all.rows, rows);
  some.windowed = all.windowed;
  for (const std::size_t row : rows) {
    some.track.push_back(static_cast<std::size_t>(std::ranges::lower_bound(tracks, all.track[row]) - tracks.begin()));
  }
  return some;
}

ModelInputs inputs_of(const RunFolder& folder, const ModelRecord& record, std::span<const std::size_t> tracks) {
  const Matrix raw = read_npy(folder.space("raw"));
  if (record.input == "spectrogram") {
    const ModelInputs windows = spectrogram_inputs(folder, raw);
    return track_inputs(only(windows, tracks).first_of_track());
  }
  ModelInputs inputs = only(record.input == "windows" ? load_windows(folder) : track_inputs(Matrix{raw}), tracks);
  inputs.rows = transform(load_description(folder.description()), inputs.rows);
  require(inputs.rows.cols() == record.n_inputs,
          fmt::format("{} reads {} values, and the run keeps how to make {} of them: the others are vectors from "
                      "elsewhere",
                      record.name, record.n_inputs, inputs.rows.cols()));
  return inputs;
}

}  // namespace

Rebuilt rebuilt(const RunFolder& folder, const Manifest& manifest, const std::string& model,
                std::span<const std::size_t> tracks) {
  const ModelRecord& record = record_of(manifest, model);
  require(std::ranges::is_sorted(tracks), "the tracks must be in the order of tracks.csv");
  if (tracks.empty()) return {};
  const ModelInputs inputs = inputs_of(folder, record, tracks);
  Matrix condition = condition_rows(load_tracks(folder.tracks()), record.condition);
  if (!condition.empty()) condition = inputs.for_each_row(take_rows(condition, tracks));
  Rebuilt result;
  result.spectrogram = record.input == "spectrogram";
  result.given = inputs.by_track(inputs.rows, tracks.size());
  std::vector<Matrix> made;
  const std::size_t n_seeds = result.spectrogram ? 1 : manifest.seeds.size();
  for (std::size_t s = 0; s < n_seeds; ++s) {
    const auto fitted = model::load_model(folder.model(model, s));
    made.push_back(
        inputs.by_track(fitted->decode(fitted->encode(inputs.rows, condition).mean, condition), tracks.size()));
  }
  result.made = together(made, /*averaged=*/true);
  return result;
}

}  // namespace songmap::run
