#include "songmap/run/joint_training.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/model/joint_checks.h"
#include "songmap/model/joint_model.h"
#include "songmap/run/spaces.h"

namespace songmap::run {
namespace {

constexpr std::array<const char*, model::kModalities> kSides{"audio", "lyrics"};

std::vector<CrossModalRow> rows_of(const model::CrossModalReport& report, const std::string& model,
                                   std::uint64_t seed) {
  std::vector<CrossModalRow> rows;
  for (std::size_t s = 0; s < model::kModalities; ++s) {
    const model::CrossModalCheck& side = report.side[s];
    rows.push_back({model, seed, "r2_from_itself", kSides[s], side.r2_from_itself, kNotDefined});
    rows.push_back({model, seed, "r2_from_other", kSides[s], side.r2_from_other, side.r2_chance});
    rows.push_back({model, seed, "precision_share", kSides[s], side.precision_share, kNotDefined});
  }
  const model::RetrievalCheck& found = report.retrieval;
  rows.push_back({model, seed, "median_rank", "both", found.median_rank, found.chance_median_rank});
  rows.push_back({model, seed, "reciprocal_rank", "both", found.reciprocal_rank, found.chance_reciprocal_rank});
  return rows;
}

/// What one seed's checks say against the model; nothing where both sides count.
std::optional<std::string> caution_of(const model::CrossModalReport& report, const std::string& title) {
  for (std::size_t s = 0; s < model::kModalities; ++s) {
    if (!report.side[s].collapsed) continue;
    return fmt::format("{} has lost the {}: what they say alone is the same for every track. Read its groups as those "
                       "of the {}.",
                       title, s == model::kAudio ? "sound" : "words", s == model::kAudio ? "words" : "sound");
  }
  return std::nullopt;
}

}  // namespace

std::vector<SpaceRecord> train_joint(const Training& training, const ModelSpec& spec, TrainingTables& tables) {
  Manifest& manifest = training.record.manifest();
  Matrix words{*training.lyrics};
  // The words have total variance 1; a network is drawn for columns of about that.
  const auto scale = std::sqrt(static_cast<float>(words.cols()));
  for (float& value : words.values()) value *= scale;
  const Matrix sound = take_rows(training.audio.rows, training.split.training);
  const Matrix training_words = take_rows(words, training.split.training);
  model::JointOptions options;
  options.vae = spec.vae;
  std::vector<model::TrainedJoint> trained;
  try {
    trained = model::train_joint_seeds({sound, training_words}, options, spec.train, manifest.seeds,
                                       training.context.execution);
  } catch (const InvalidArgument& error) {
    training.record.note(fmt::format("There is no joint model of sound and words: {}.", error.what()));
    return {};
  }

  ModelRecord model;
  model.name = spec.name;
  model.kind = spec.kind;
  model.input = training.audio.name + " and lyrics";
  model.beta = spec.vae.beta;
  model.n_inputs = training.audio.rows.cols() + words.cols();
  model.n_latent = spec.vae.n_latent;
  model.seeds = manifest.seeds;
  const model::JointData data{training.audio.rows, words};
  std::vector<CrossModalRow> checks;
  std::vector<Matrix> sides;
  const bool decodes = training.options.cluster.space == "decoded";
  for (std::size_t s = 0; s < trained.size(); ++s) {
    const model::JointModel& fitted = trained[s].model;
    const Matrix mean = fitted.encode(data).mean;
    write_npy(training.folder.space(spec.name, s), mean);
    Matrix decoded = model::joint_space(fitted, data);
    write_npy(training.folder.space(spec.name + ".decoded", s), decoded);
    sides.push_back(decodes ? std::move(decoded) : mean);
    fitted.save(training.folder.model(spec.name, s));
    add_report(trained[s].report, manifest.seeds[s], model, tables);
    const model::CrossModalReport report = model::cross_modal_checks(fitted, data);
    for (CrossModalRow& row : rows_of(report, spec.name, manifest.seeds[s])) checks.push_back(std::move(row));
    if (s == 0) {
      if (const auto caution = caution_of(report, spec.title)) training.record.warn(*caution);
    }
  }
  save_cross_modal(training.folder.cross_modal(), checks);
  manifest.models.push_back(std::move(model));

  const std::string side = decodes ? spec.name + ".decoded" : spec.name;
  SpaceRecord own{side, kContentView, "model", spec.name, spec.title, true, sides.front().cols(), 0, {}};
  if (!training.options.ensemble || sides.size() < 2) return {own};
  const Matrix all = together(sides, /*averaged=*/false);
  const std::string title = fmt::format("{}, {} seeds together", spec.title, sides.size());
  SpaceRecord ensemble{spec.name + ".ensemble", kContentView, "ensemble", spec.name, title, false, all.cols(), 0, {}};
  write_npy(training.folder.space(ensemble.name), all);
  return {ensemble, own};
}

}  // namespace songmap::run
