#include "songmap/run/audio_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <utility>

#include "songmap/core/linalg.h"
#include "songmap/core/npy.h"
#include "songmap/features/noise_metric.h"
#include "songmap/run/cautions.h"
#include "songmap/run/description.h"
#include "songmap/run/embeddings.h"
#include "songmap/run/metric_controls.h"
#include "songmap/run/scaling.h"

namespace songmap::run {
namespace {

/// Some track has more than one window: otherwise nothing tells what varies within a track.
bool has_pairs(const std::vector<std::size_t>& track) { return std::ranges::adjacent_find(track) != track.end(); }

AudioSpace own_space(const RunFolder& folder, const FeatureOptions& options, const Split& split, StageRecord& record) {
  const Manifest& manifest = record.manifest();
  const Matrix raw = read_npy(folder.space("raw"));
  const FeatureScaling scaling = fit_scaling(raw, split.training, options, manifest, record);
  AudioSpace space{transform(scaling, raw), {}, std::nullopt, {}, "features"};
  write_npy(folder.space("features"), space.features);
  save_description(folder.description(), {scaling, std::nullopt});
  if (const auto caution = caution_of_duplicates(raw)) record.warn(*caution);
  space.rows = space.features;
  if (options.metric != kWithinTrack) return space;
  if (manifest.columns.empty() || !std::filesystem::exists(folder.space("windows"))) {
    record.note(
        "There are no windows of the tracks (a ready table has none): distances are those of the scaled "
        "features, without the within-track metric.");
    return space;
  }
  ModelInputs windows = load_windows(folder);
  windows.rows = transform(scaling, windows.rows);
  const std::vector<std::size_t> training = windows.rows_of(split.training);
  std::vector<std::size_t> owner;
  for (const std::size_t row : training) {
    const auto position = std::ranges::lower_bound(split.training, windows.track[row]);
    owner.push_back(static_cast<std::size_t>(position - split.training.begin()));
  }
  if (!has_pairs(owner)) {
    record.note(
        "No track has more than one window: distances are those of the scaled features, without the "
        "within-track metric.");
    return space;
  }
  const Matrix known = take_rows(windows.rows, training);
  double shrinkage = options.metric_shrinkage;
  if (shrinkage == 0) {
    shrinkage = features::held_out_shrinkage(known, owner);
    record.note(fmt::format(
        "The within-track covariance is shrunk by {}: so it makes the windows of tracks that it has not seen "
        "most probable.",
        shrinkage));
  }
  const Matrix tracks = take_rows(space.features, split.training);
  const features::NoiseMetricOptions fitted{.shrinkage = shrinkage, .power = options.metric_power};
  const features::NoiseMetricModel metric = features::fit_noise_metric(tracks, known, owner, fitted);
  if (options.metric_controls) {
    space.controls = save_metric_controls(folder, {space.features, tracks, known, owner, fitted}, manifest.seeds);
  }
  save_description(folder.description(), {scaling, metric});
  space.rows = features::transform(metric, space.features);
  windows.rows = features::transform(metric, windows.rows);
  write_npy(folder.space(kWithinTrack), space.rows);
  space.windows = std::move(windows);
  space.name = kWithinTrack;
  return space;
}

/// An embedding as a block of total variance `variance`; a track without one lies at the centre.
Matrix embedding_block(const TurnedVectors& vectors, double variance) {
  Matrix block{vectors.rows};
  const auto scale = static_cast<float>(std::sqrt(variance / vectors.total_variance));
  for (float& value : block.values()) value = std::isnan(value) ? 0 : scale * value;
  return block;
}

double total_variance(MatrixView x, std::span<const std::size_t> rows) {
  return fit_pca(take_rows(x, rows), 1).total_variance;
}

}  // namespace

AudioSpace audio_space(const RunFolder& folder, const FeatureOptions& options, const Split& split,
                       StageRecord& record) {
  AudioSpace space = own_space(folder, options, split, record);
  if (options.metric_controls && space.name != kWithinTrack) {
    record.note("There are no controls of the within-track metric (features.metric_controls): it is not used here.");
  }
  const std::optional<EmbeddingBlock> embedding = load_embedding(folder, "audio");
  if (!embedding) return space;
  const double share = options.embedding_weight;
  const double variance = total_variance(space.rows, split.training) * share / (1 - share);
  constexpr std::size_t kMostDimensions = 64;
  const std::optional<TurnedVectors> vectors = turned_vectors(embedding->rows, split.training, kMostDimensions);
  if (!vectors) {
    record.warn("The audio embedding tells no two tracks apart that the models are trained on: it was left out.");
    return space;
  }
  const Matrix block = embedding_block(*vectors, variance);
  write_npy(folder.space("embedding"), block);
  const std::array<MatrixView, 2> tracks{space.rows, block};
  space.rows = hstack(tracks);
  if (space.windows) {
    const Matrix of_windows = space.windows->for_each_row(block);
    const std::array<MatrixView, 2> windows{space.windows->rows, of_windows};
    space.windows->rows = hstack(windows);
  }
  space.pretrained = true;
  return space;
}

}  // namespace songmap::run
