#include "songmap/run/joint_training.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/model/joint_checks.h"
#include "songmap/model/joint_model.h"
#include "songmap/run/spaces.h"

namespace songmap::run {
namespace {

constexpr std::size_t kFolds = 5;

std::vector<CrossModalRow> rows_of(const model::CrossModalReport& report, const std::string& model,
                                   std::uint64_t seed) {
  std::vector<CrossModalRow> rows;
  for (const model::Modality s : model::kBothSides) {
    const char* name = model::kSideNames[s];
    const model::CrossModalCheck& side = report.side[s];
    const model::RetrievalCheck& found = s == model::kLyrics ? report.retrieval : report.retrieval_of_audio;
    rows.push_back({model, seed, "r2_from_itself", name, side.r2_from_itself, kNotDefined});
    rows.push_back({model, seed, "r2_from_other", name, side.r2_from_other, side.r2_chance});
    rows.push_back({model, seed, "precision_share", name, side.precision_share, kNotDefined});
    rows.push_back({model, seed, "kl", name, side.kl, kNotDefined});
    rows.push_back({model, seed, "median_rank", name, found.median_rank, found.chance_median_rank});
    rows.push_back({model, seed, "reciprocal_rank", name, found.reciprocal_rank, found.chance_reciprocal_rank});
  }
  return rows;
}

/// What the checks say against the model; nothing where both sides count.
std::optional<std::string> caution_of(const model::CrossModalReport& report, const std::string& title) {
  for (const model::Modality s : model::kBothSides) {
    const char* lost = s == model::kAudio ? "sound" : "words";
    const char* kept = s == model::kAudio ? "words" : "sound";
    if (report.side[s].collapsed) {
      return fmt::format(
          "{} has lost the {}: what they say alone is the same for nearly every track. Read its groups as those of "
          "the {}.",
          title, lost, kept);
    }
    if (report.side[s].unlearned) {
      return fmt::format(
          "{} learns nothing from the {} that holds for other tracks. Read its groups as those of the {}.", title, lost,
          kept);
    }
    if (report.side[s].ignored) {
      return fmt::format("{} ignores the {} where a track has both. Read its groups as those of the {}.", title, lost,
                         kept);
    }
  }
  return std::nullopt;
}

/// What one side of a track tells of the other, asked of tracks that the models asked have not seen: a model remembers
/// the partners that it was trained on, and of those it would tell nearly everything, whatever they have in common.
void check_between_sides(const Training& training, const ModelSpec& spec, const model::JointData& data,
                         const model::JointOptions& options) {
  model::TrainOptions train = spec.train;
  train.seed = training.record.manifest().seeds.front();
  try {
    const model::CrossModalReport report =
        model::held_out_checks(data, options, train, kFolds, training.context.execution);
    save_cross_modal(training.folder.cross_modal(), rows_of(report, spec.name, train.seed));
    training.record.note(fmt::format("Between sound and words: {}", fmt::join(model::sentences(report), " ")));
    if (const auto caution = caution_of(report, spec.title)) training.record.warn(*caution);
  } catch (const InvalidArgument& error) {
    training.record.note(fmt::format("Nothing can be told between sound and words: {}.", error.what()));
  }
}

}  // namespace

std::vector<SpaceRecord> train_joint(const Training& training, const ModelSpec& spec, TrainingTables& tables) {
  Manifest& manifest = training.record.manifest();
  const Matrix& words = *training.lyrics;
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
  }
  check_between_sides(training, spec, {sound, training_words}, options);
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
