#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>

#include "songmap/core/hash.h"
#include "songmap/core/linalg.h"
#include "songmap/core/npy.h"
#include "songmap/core/random.h"
#include "songmap/model/train.h"
#include "songmap/run/cautions.h"
#include "songmap/run/scaling.h"
#include "songmap/run/spaces.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/tables.h"

namespace songmap::run {
namespace {

/// The study's 80/20 split: a seeded random part to cluster and score; the model is trained on the rest.
struct Split {
  std::vector<std::size_t> training;
  std::vector<std::size_t> evaluated;  ///< Empty: every track.
};

Split split_tracks(std::size_t n, double test_fraction, std::uint64_t seed, StageRecord& record) {
  // Fewer tracks than this in the part that is scored are no clustering task at all.
  constexpr std::size_t kSmallestPart = 10;
  Split split;
  const auto n_test = static_cast<std::size_t>(std::lround(test_fraction * static_cast<double>(n)));
  std::vector<std::size_t> order = Random(seed, 0x5917).permutation(n);
  if (test_fraction > 0 && n_test < kSmallestPart) {
    record.warn(
        fmt::format("{:.0f} % of {} tracks are {}, too few to cluster: every track is clustered instead, and the "
                    "model was trained on the same tracks.",
                    100 * test_fraction, n, n_test));
  } else if (test_fraction > 0) {
    split.evaluated.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n_test));
    order.erase(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n_test));
    record.note(fmt::format(
        "Training and scoring used different tracks: {} trained the model, the other {} were clustered and scored.",
        order.size(), n_test));
  }
  split.training = std::move(order);
  std::ranges::sort(split.training);
  std::ranges::sort(split.evaluated);
  return split;
}

/// Sizes that suit the collection (docs/decisions/003): small libraries get a small latent space, and every one about
/// the same number of optimisation steps.
void fit_size(std::size_t n, RunOptions& options) {
  constexpr double kSteps = 940;
  options.vae.n_latent = n < 300 ? 8 : 16;
  options.vae.hidden = n < 1000 ? std::vector<std::size_t>{128, 64} : std::vector<std::size_t>{256, 128};
  options.train.batch = n < 300 ? 32 : n < 1000 ? 64 : n < 5000 ? 128 : 256;
  const double epochs = kSteps * static_cast<double>(options.train.batch) / static_cast<double>(n);
  options.train.epochs = static_cast<std::size_t>(std::clamp(epochs, 20.0, 300.0));
}

/// A checkpoint is gone on from only with the same data and options: both are part of its name.
std::filesystem::path checkpoint_file(const RunFolder& folder, const RunOptions& options, MatrixView training) {
  std::filesystem::create_directories(folder.models());
  ContentHash hash;
  for (const auto& [name, value] : resolved(options)) {
    const std::string entry = name + "=" + value + "\n";
    if (name.starts_with("vae.") || name.starts_with("train.")) hash.add(entry.data(), entry.size());
  }
  hash.add(training.data(), training.values().size_bytes());
  return folder.models() / fmt::format("{}.{}.checkpoint", options.model_name, hash.hex().substr(0, 12));
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

}  // namespace

void train_stage(const RunFolder& folder, const RunOptions& given, const StageContext& context) {
  RunOptions options = given;
  StageRecord record(folder, "train", context);
  Manifest& manifest = record.manifest();
  const Matrix raw = read_npy(folder.space("raw"));
  if (options.fit_size_to_collection) fit_size(raw.rows(), options);

  const Split split = split_tracks(raw.rows(), options.evaluation.test_fraction, manifest.seed, record);
  manifest.evaluated_rows = split.evaluated;
  const Matrix features = scaled_features(raw, split.training, options.features, manifest, record);
  write_npy(folder.space("features"), features);
  const Matrix training = take_rows(features, split.training);
  write_npy(folder.space("pca"), transform(fit_pca(training, options.vae.n_latent), features));

  manifest.seeds.clear();
  for (std::size_t s = 0; s < options.evaluation.seeds; ++s) manifest.seeds.push_back(manifest.seed + s);
  options.train.checkpoint = checkpoint_file(folder, options, training);
  options.train.resume = true;
  const std::vector<model::TrainedModel> trained =
      model::train_seeds(training, options.vae, options.train, manifest.seeds, context.execution);

  ModelRecord model;
  model.name = options.model_name;
  model.kind = "vae";
  model.n_inputs = features.cols();
  model.n_latent = options.vae.n_latent;
  model.seeds = manifest.seeds;
  std::vector<CurveRow> curves;
  for (std::size_t s = 0; s < trained.size(); ++s) {
    const Matrix mean = trained[s].model->encode(features).mean;
    write_npy(folder.space(options.model_name, s), mean);
    write_npy(folder.space(options.model_name + ".decoded", s), trained[s].model->decode(mean));
    trained[s].model->save(folder.model(options.model_name, s));
    add_curves(options.model_name, manifest.seeds[s], trained[s].report, curves);
    add_report(trained[s].report, model);
  }
  save_curves(folder.curves(), curves);
  remove_checkpoints(folder);
  if (const auto caution = caution_of_collapse(model)) record.warn(*caution);
  manifest.models = {model};
  manifest.main_space = options.cluster.space == "decoded" ? options.model_name + ".decoded" : options.model_name;
  record.finish(options);
}

}  // namespace songmap::run
