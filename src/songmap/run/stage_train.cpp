#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>

#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/core/linalg.h"
#include "songmap/core/npy.h"
#include "songmap/model/train.h"
#include "songmap/run/cautions.h"
#include "songmap/run/fusion.h"
#include "songmap/run/inspection.h"
#include "songmap/run/lyrics_space.h"
#include "songmap/run/model_inputs.h"
#include "songmap/run/model_specs.h"
#include "songmap/run/scaling.h"
#include "songmap/run/spaces.h"
#include "songmap/run/split.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/tables.h"

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

void remove_checkpoints(const RunFolder& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder.models())) {
    if (entry.path().string().find(".checkpoint") != std::string::npos) files.push_back(entry.path());
  }
  for (const std::filesystem::path& file : files) std::filesystem::remove(file);
}

void add_curves(const std::string& name, std::uint64_t seed, const model::TrainingReport& report,
                std::vector<CurveRow>& curves) {
  for (const model::Epoch& epoch : report.epochs) {
    curves.push_back({name, seed, epoch.epoch, epoch.total, epoch.reconstruction, epoch.kl, epoch.held_out});
  }
}

void add_report(const model::TrainingReport& report, ModelRecord& record) {
  record.active_units.push_back(static_cast<double>(report.active_units));
  record.predicted_active.push_back(report.predicted_active);
  record.sigma.push_back(report.sigma);
  record.collapsed.push_back(report.collapsed);
  if (record.kl_per_dimension.empty()) record.kl_per_dimension = report.kl_per_dimension;
}

/// What all models of a run share.
struct Training {
  const RunFolder& folder;
  const RunOptions& options;
  const StageContext& context;
  StageRecord& record;
  const std::vector<TrackRow>& tracks;
  const Split& split;
  const ModelInputs& inputs;
  const std::optional<Matrix>& lyrics;
};

/// The clustered side of a model as it meets the lyrics.
std::optional<SpaceRecord> save_hybrid(const Training& training, const ModelSpec& spec, const Matrix& side,
                                       std::size_t seed_index) {
  if (!training.lyrics || training.options.fusion.kind == "none") return std::nullopt;
  const bool l2 = training.options.cluster.l2;
  const std::optional<Fused> fused =
      fuse(l2 ? l2_normalised(side) : side, *training.lyrics, training.split.training, training.options.fusion);
  if (!fused) return std::nullopt;
  const std::string name = spec.name + ".hybrid";
  write_npy(training.folder.space(name, seed_index), fused->x);
  if (seed_index == 0) {
    if (const auto caution = caution_of_modality(name, fused->audio_share)) training.record.warn(*caution);
  }
  return SpaceRecord{name, "hybrid", "fusion", spec.name, spec.title, true, fused->x.cols(), side.cols(), {}};
}

/// Trains one model with every seed and writes all that it gives. Returns its own space, then its hybrid one.
std::vector<SpaceRecord> train_model(const Training& training, const ModelSpec& spec, std::vector<CurveRow>& curves) {
  Manifest& manifest = training.record.manifest();
  const ModelInputs& inputs = training.inputs;
  const Matrix condition = condition_rows(training.tracks, spec.condition);
  const std::vector<std::size_t> training_rows = inputs.rows_of(training.split.training);
  const Matrix x = take_rows(inputs.rows, training_rows);
  const Matrix input_condition = inputs.for_each_row(condition);
  const Matrix training_condition = condition.empty() ? Matrix() : take_rows(input_condition, training_rows);

  model::TrainOptions train = spec.train;
  train.checkpoint = checkpoint_file(training.folder, spec, x, training_condition);
  train.resume = true;
  const std::vector<model::TrainedModel> trained =
      model::train_seeds({x, training_condition}, spec.vae, train, manifest.seeds, training.context.execution);

  ModelRecord model;
  model.name = spec.name;
  model.kind = spec.kind;
  model.condition = spec.condition;
  model.beta = spec.vae.beta;
  model.n_inputs = x.cols();
  model.n_latent = spec.vae.n_latent;
  model.seeds = manifest.seeds;
  const bool decodes = training.options.cluster.space == "decoded";
  const std::string side_name = decodes ? spec.name + ".decoded" : spec.name;
  SpaceRecord own{side_name, "audio", "model", spec.name, spec.title, true, 0, 0, {}};
  std::optional<SpaceRecord> hybrid;
  for (std::size_t s = 0; s < trained.size(); ++s) {
    const model::LatentModel& fitted = *trained[s].model;
    const Matrix mean = inputs.by_track(fitted.encode(inputs.rows, input_condition).mean, training.tracks.size());
    write_npy(training.folder.space(spec.name, s), mean);
    Matrix decoded;
    // What a spectrogram model decodes is as large as its input: it is kept only where it is clustered.
    if (decodes || !inputs.windowed) {
      decoded = fitted.decode(mean, averaged(condition, mean.rows()));
      write_npy(training.folder.space(spec.name + ".decoded", s), decoded);
    }
    fitted.save(training.folder.model(spec.name, s));
    add_curves(spec.name, manifest.seeds[s], trained[s].report, curves);
    add_report(trained[s].report, model);
    const Matrix& side = decodes ? decoded : mean;
    own.n_columns = side.cols();
    hybrid = save_hybrid(training, spec, side, s);
  }
  const std::vector<std::size_t> shown = evaluated_rows(manifest, training.tracks.size());
  save_inspections(training.folder, spec.name,
                   {*trained.front().model, inputs.first_of_track(), condition, model.kl_per_dimension},
                   training.tracks, shown);
  if (const auto caution = caution_of_collapse(model)) training.record.warn(*caution);
  manifest.models.push_back(std::move(model));
  std::vector<SpaceRecord> spaces{own};
  if (hybrid) spaces.push_back(*hybrid);
  return spaces;
}

/// PCA of the features, the features themselves, those of them that are no MFCC.
std::vector<SpaceRecord> save_baselines(const Training& training, const Matrix& features, std::size_t n_components) {
  const Manifest& manifest = training.record.manifest();
  std::vector<SpaceRecord> spaces;
  const PcaModel pca = fit_pca(take_rows(features, training.split.training), n_components);
  write_npy(training.folder.space("pca"), transform(pca, features));
  for (const std::string& baseline : training.options.cluster.baselines) {
    SpaceRecord space{baseline, "audio", baseline, "", baseline_title(baseline), false, features.cols(), 0, {}};
    if (baseline == "pca") {
      space.n_columns = pca.components.rows();
    } else if (baseline == "descriptors") {
      space.kind = "features";
      const Matrix chosen = descriptors(features, manifest.columns);
      if (chosen.empty()) {
        training.record.note(
            "There is no baseline of spectral features alone: the features are not named columns, or all are MFCC.");
        continue;
      }
      space.n_columns = chosen.cols();
      write_npy(training.folder.space(baseline), chosen);
    }
    spaces.push_back(std::move(space));
  }
  return spaces;
}

}  // namespace

void train_stage(const RunFolder& folder, const RunOptions& options, const StageContext& context) {
  StageRecord record(folder, "train", context);
  Manifest& manifest = record.manifest();
  const std::vector<TrackRow> tracks = load_tracks(folder.tracks());
  const Matrix raw = read_npy(folder.space("raw"));
  const Split split = split_tracks(raw.rows(), options.evaluation.test_fraction, manifest.seed, record);
  manifest.evaluated_rows = split.evaluated;
  manifest.condition = options.condition;
  manifest.seeds.clear();
  for (std::size_t s = 0; s < options.evaluation.seeds; ++s) manifest.seeds.push_back(manifest.seed + s);
  // Before any model is trained: a mistyped column must not cost an hour.
  (void)condition_rows(tracks, options.condition);
  const std::vector<ModelSpec> specs = usable_models(model_specs(options, split.training.size()), manifest, record);

  const Matrix features = scaled_features(raw, split.training, options.features, manifest, record);
  write_npy(folder.space("features"), features);
  if (const auto caution = caution_of_duplicates(raw)) record.warn(*caution);
  const std::optional<Matrix> lyrics =
      lyrics_space(tracks, load_lyrics(folder.lyrics()), split.training, options.lyrics, manifest.seed, record);
  manifest.lyrics.vectors = lyrics ? options.lyrics.vectors : "";
  if (lyrics) write_npy(folder.space("lyrics"), *lyrics);

  require(!has_spectrograms(manifest) || !manifest.columns.empty() || options.features.scaling == "none",
          fmt::format("features.scaling is {}, and a spectrogram is scaled already: set it to none",
                      options.features.scaling));
  std::filesystem::create_directories(folder.models());
  const ModelInputs inputs = model_inputs(folder, manifest, features);
  const Training training{folder, options, context, record, tracks, split, inputs, lyrics};
  manifest.models.clear();
  manifest.spaces.clear();
  std::vector<SpaceRecord> hybrids;
  std::vector<CurveRow> curves;
  for (const ModelSpec& spec : specs) {
    for (SpaceRecord& space : train_model(training, spec, curves)) {
      (space.view == "hybrid" ? hybrids : manifest.spaces).push_back(std::move(space));
    }
    save_curves(folder.curves(), curves);
  }
  std::ranges::move(hybrids, std::back_inserter(manifest.spaces));
  if (lyrics) {
    manifest.spaces.push_back({"lyrics", "lyrics", "lyrics", "", "Lyrics", false, lyrics->cols(), 0, {}});
  }
  const std::size_t n_components = specs.empty() ? options.vae.n_latent : specs.front().vae.n_latent;
  std::ranges::move(save_baselines(training, features, n_components), std::back_inserter(manifest.spaces));
  remove_checkpoints(folder);
  require(!manifest.spaces.empty(),
          "there is neither a model nor a baseline (cluster.baselines) to group the tracks in");
  manifest.main_space = manifest.spaces.front().name;
  record.finish(options);
}

}  // namespace songmap::run
