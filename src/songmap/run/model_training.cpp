#include "songmap/run/model_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "songmap/core/hash.h"
#include "songmap/core/npy.h"
#include "songmap/model/train.h"
#include "songmap/run/cautions.h"
#include "songmap/run/fusion.h"
#include "songmap/run/inspection.h"
#include "songmap/run/reconstruction.h"
#include "songmap/run/spaces.h"

namespace songmap::run {
namespace {

/// A checkpoint is gone on from only with the same data and options: all of them are part of its name.
std::filesystem::path checkpoint_file(const RunFolder& folder, const ModelSpec& spec, MatrixView training,
                                      MatrixView condition) {
  ModelSpec described = spec;
  OptionSet set;
  model::describe(set, described.vae);
  model::describe(set, described.train);
  ContentHash hash;
  for (const OptionField& field : set.fields()) {
    const std::string entry = field.name + "=" + field.value() + "\n";
    hash.add(entry.data(), entry.size());
  }
  hash.add(training.data(), training.values().size_bytes());
  hash.add(condition.data(), condition.values().size_bytes());
  return folder.models() / fmt::format("{}.{}.checkpoint", spec.name, hash.hex().substr(0, 12));
}

/// The clustered side of a model, or of all its seeds together, as it meets the words.
std::optional<SpaceRecord> save_fused(const Training& training, const SpaceRecord& sound, const Matrix& side,
                                      std::size_t seed_index) {
  if (!training.lyrics || training.options.fusion.kind == "none") return std::nullopt;
  const bool l2 = training.options.cluster.l2;
  const std::optional<Fused> fused =
      fuse(l2 ? l2_normalised(side) : side, *training.lyrics, training.split.training, training.options.fusion);
  if (!fused) return std::nullopt;
  const std::string view = training.options.lyrics.views == "two" ? "content" : "hybrid";
  const std::string name = fmt::format("{}.{}", sound.model, view);
  write_npy(training.folder.space(name, seed_index), fused->x);
  if (seed_index == 0) {
    if (const auto caution = caution_of_modality(name, fused->audio_share)) training.record.warn(*caution);
  }
  return SpaceRecord{name, view, "fusion", sound.model, sound.title, sound.seeded, fused->x.cols(), side.cols(), {}};
}

}  // namespace

Matrix together(const std::vector<Matrix>& of_seeds, bool averaged) {
  if (!averaged) {
    const std::vector<MatrixView> blocks(of_seeds.begin(), of_seeds.end());
    return hstack(blocks);
  }
  Matrix mean(of_seeds.front().rows(), of_seeds.front().cols());
  for (const Matrix& decoded : of_seeds) {
    for (std::size_t i = 0; i < mean.values().size(); ++i) {
      mean.values()[i] += decoded.values()[i] / static_cast<float>(of_seeds.size());
    }
  }
  return mean;
}

void add_report(const model::TrainingReport& report, std::uint64_t seed, ModelRecord& record, TrainingTables& tables) {
  for (const model::Epoch& epoch : report.epochs) {
    tables.curves.push_back(
        {record.name, seed, epoch.epoch, epoch.total, epoch.reconstruction, epoch.kl, epoch.held_out});
  }
  record.active_units.push_back(static_cast<double>(report.active_units));
  record.predicted_active.push_back(report.predicted_active);
  record.sigma.push_back(report.sigma);
  record.collapsed.push_back(report.collapsed);
  if (record.kl_per_dimension.empty()) record.kl_per_dimension = report.kl_per_dimension;
}

ModelSpaces train_model(const Training& training, const ModelSpec& spec, TrainingTables& tables) {
  Manifest& manifest = training.record.manifest();
  const RunFolder& folder = training.folder;
  const bool of_windows = spec.kind == kWindowModel;
  const ModelInputs& inputs = of_windows ? *training.audio.windows : training.inputs;
  const Matrix condition = condition_rows(training.tracks, spec.condition);
  const std::vector<std::size_t> training_rows = inputs.rows_of(training.split.training);
  const Matrix x = take_rows(inputs.rows, training_rows);
  const Matrix input_condition = inputs.for_each_row(condition);
  const Matrix training_condition = condition.empty() ? Matrix() : take_rows(input_condition, training_rows);

  model::TrainOptions train = spec.train;
  train.checkpoint = checkpoint_file(folder, spec, x, training_condition);
  train.resume = true;
  model::TrainingData data{x, training_condition};
  std::vector<std::size_t> owner;
  if (of_windows) {
    for (const std::size_t row : training_rows) owner.push_back(inputs.track[row]);
    data.owner = owner;
  }
  const std::vector<model::TrainedModel> trained =
      model::train_seeds(data, spec.vae, train, manifest.seeds, training.context.execution);

  ModelRecord model;
  model.name = spec.name;
  model.kind = spec.kind;
  model.input = of_windows ? "windows" : inputs.windowed ? "spectrogram" : training.audio.name;
  model.condition = spec.condition;
  model.beta = spec.vae.beta;
  model.n_inputs = x.cols();
  model.n_latent = spec.vae.n_latent;
  model.seeds = manifest.seeds;
  const bool decodes = training.options.cluster.space == "decoded";
  const std::string side_name = decodes ? spec.name + ".decoded" : spec.name;
  ModelSpaces spaces{{side_name, "audio", "model", spec.name, spec.title, true, 0, 0, {}}, {}, {}};
  const bool has_ensemble = training.options.ensemble && trained.size() > 1;
  std::vector<Matrix> sides;
  std::vector<std::vector<double>> errors;
  for (std::size_t s = 0; s < trained.size(); ++s) {
    const model::LatentModel& fitted = *trained[s].model;
    const Matrix latent = fitted.encode(inputs.rows, input_condition).mean;
    const Matrix mean = inputs.by_track(latent, training.tracks.size());
    write_npy(folder.space(spec.name, s), mean);
    Matrix decoded;
    // What a spectrogram model decodes is as large as its input: it is kept only where it is clustered.
    if (of_windows) {
      decoded = inputs.by_track(fitted.decode(latent), training.tracks.size());
    } else if (decodes || !inputs.windowed) {
      decoded = fitted.decode(mean, averaged(condition, mean.rows()));
    }
    if (!decoded.empty()) write_npy(folder.space(spec.name + ".decoded", s), decoded);
    errors.push_back(reconstruction_errors(fitted, inputs, input_condition, training.tracks.size()));
    fitted.save(folder.model(spec.name, s));
    add_report(trained[s].report, manifest.seeds[s], model, tables);
    sides.push_back(decodes ? std::move(decoded) : mean);
    spaces.own.n_columns = sides.back().cols();
    if (!has_ensemble) spaces.fused = save_fused(training, spaces.own, sides.back(), s);
    if (!has_ensemble) sides.clear();
  }
  if (has_ensemble) {
    // The decoded means of the cross-window model estimate one thing, a track's typical window: their mean is better.
    const Matrix ensemble = together(sides, /*averaged=*/of_windows && decodes);
    const std::string title = fmt::format("{}, {} seeds together", spec.title, sides.size());
    spaces.ensemble = {spec.name + ".ensemble", "audio", "ensemble", spec.name, title, false, ensemble.cols(), 0, {}};
    write_npy(folder.space(spaces.ensemble->name), ensemble);
    spaces.fused = save_fused(training, *spaces.ensemble, ensemble, 0);
  }
  std::ranges::move(reconstruction_rows(spec.name, errors, training.tracks), std::back_inserter(tables.reconstruction));
  const std::vector<std::size_t> shown = evaluated_rows(manifest, training.tracks.size());
  save_inspections(folder, spec.name,
                   {*trained.front().model, inputs.first_of_track(), condition, model.kl_per_dimension},
                   training.tracks, shown);
  if (const auto caution = caution_of_collapse(model)) training.record.warn(*caution);
  manifest.models.push_back(std::move(model));
  return spaces;
}

void remove_checkpoints(const RunFolder& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder.models())) {
    if (entry.path().string().find(".checkpoint") != std::string::npos) files.push_back(entry.path());
  }
  for (const std::filesystem::path& file : files) std::filesystem::remove(file);
}

}  // namespace songmap::run
