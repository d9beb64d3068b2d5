#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "songmap/core/error.h"
#include "songmap/core/linalg.h"
#include "songmap/core/npy.h"
#include "songmap/run/audio_space.h"
#include "songmap/run/embeddings.h"
#include "songmap/run/held_out.h"
#include "songmap/run/joint_training.h"
#include "songmap/run/lyrics_space.h"
#include "songmap/run/lyrics_views.h"
#include "songmap/run/model_choice.h"
#include "songmap/run/model_inputs.h"
#include "songmap/run/model_specs.h"
#include "songmap/run/model_training.h"
#include "songmap/run/spaces.h"
#include "songmap/run/split.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/tables.h"

namespace songmap::run {
namespace {

/// The model of windows goes where there are none, and leads where the collection suits it (model_choice.h).
void choose_among(std::vector<ModelSpec>& specs, const AudioSpace& audio, const std::vector<TrackRow>& tracks,
                  StageRecord& record) {
  const auto of_windows = std::ranges::find(specs, kWindowModel, &ModelSpec::kind);
  Manifest& manifest = record.manifest();
  manifest.choice = {};
  if (of_windows == specs.end()) return;
  if (!audio.windows) {
    specs.erase(of_windows);
    return;
  }
  std::vector<double> lengths_s;
  for (const TrackRow& track : tracks) lengths_s.push_back(track.length_s);
  const CollectionFacts facts = collection_facts(audio.windows->rows, audio.windows->track, lengths_s);
  const ModelChoice choice = choose_model(facts);
  manifest.choice = {"", choice.reason, facts.median_length_s, facts.median_windows, facts.within_share};
  record.note(choice.reason);
  if (choice.cross_windows) {
    std::rotate(specs.begin(), of_windows, of_windows + 1);
  } else {
    specs.erase(of_windows);
  }
  if (!specs.empty()) manifest.choice.model = specs.front().name;
}

/// The model of sound and words is trained by itself: takes it out of the others.
std::optional<ModelSpec> taken_joint(std::vector<ModelSpec>& specs) {
  const auto found = std::ranges::find(specs, kJointModel, &ModelSpec::kind);
  if (found == specs.end()) return std::nullopt;
  ModelSpec joint = *found;
  specs.erase(found);
  return joint;
}

/// The features in the noise metric, their PCA, the features themselves, those of them that are no MFCC, and last the
/// controls of the metric.
std::vector<SpaceRecord> save_baselines(const RunFolder& folder, const RunOptions& options, const AudioSpace& audio,
                                        const Split& split, StageRecord& record, std::size_t n_components) {
  const Manifest& manifest = record.manifest();
  const Matrix& features = audio.features;
  std::vector<SpaceRecord> spaces;
  if (audio.name == kWithinTrack) {
    spaces.push_back({kWithinTrack, "audio", "metric", "", "Within-track metric", false, features.cols(), 0, {}});
  }
  if (audio.pretrained) {
    spaces.push_back(
        {"embedding", "audio", "embedding", "", "Embedding", false, read_npy(folder.space("embedding")).cols(), 0, {}});
  }
  const PcaModel pca = fit_pca(take_rows(features, split.training), n_components);
  write_npy(folder.space("pca"), transform(pca, features));
  for (const std::string& baseline : options.cluster.baselines) {
    SpaceRecord space{baseline, "audio", baseline, "", baseline_title(baseline), false, features.cols(), 0, {}};
    if (baseline == "pca") {
      space.n_columns = pca.components.rows();
    } else if (baseline == "descriptors") {
      space.kind = "features";
      const Matrix chosen = descriptors(features, manifest.columns);
      if (chosen.empty()) {
        record.note(
            "There is no baseline of spectral features alone: the features are not named columns, or all are MFCC.");
        continue;
      }
      space.n_columns = chosen.cols();
      write_npy(folder.space(baseline), chosen);
    }
    spaces.push_back(std::move(space));
  }
  spaces.insert(spaces.end(), audio.controls.begin(), audio.controls.end());
  return spaces;
}

/// Vectors of words that were made elsewhere, in place of those of their spelling.
std::optional<Matrix> embedded_lyrics(const Matrix& rows, std::span<const std::size_t> training,
                                      const LyricsOptions& options, StageRecord& record) {
  std::optional<TurnedVectors> vectors = turned_vectors(rows, training, options.dimensions);
  if (!vectors) {
    record.warn("The lyrics embedding tells no two tracks apart that the models are trained on: it was left out.");
    return std::nullopt;
  }
  if (vectors->n_present < options.fewest) {
    record.note(
        fmt::format("{} tracks have a vector of their lyrics, and {} are the fewest for a view of the lyrics "
                    "(lyrics.fewest): there is the view of the sound alone.",
                    vectors->n_present, options.fewest));
    return std::nullopt;
  }
  return std::move(vectors->rows);
}

/// Judges tracks by the leading model without having seen them, where that is asked for and there are enough.
void judge_leading(const Training& training, const ModelSpec& spec) {
  constexpr std::size_t kFewestOfPart = 2;
  const std::size_t n_parts =
      std::min(training.options.evaluation.held_out_parts, training.split.training.size() / kFewestOfPart);
  if (n_parts < 2 || training.inputs.windowed) return;
  try {
    judge_held_out(training, spec, n_parts);
  } catch (const Diverged& error) {
    training.record.warn(fmt::format("{} could not judge tracks unseen: {}", spec.title, error.what()));
  }
}

/// What becomes of the words.
struct Words {
  std::optional<Matrix> joins_sound;  ///< [tracks, d], a row of NaN where there are none.
  std::optional<SpaceRecord> alone;   ///< Their own view.
  bool pretrained = false;            ///< They are an embedding that was made elsewhere.
};

Words words_of(const RunFolder& folder, const RunOptions& options, const std::vector<TrackRow>& tracks,
               const Split& split, StageRecord& record, const Execution& run) {
  Manifest& manifest = record.manifest();
  const std::vector<LyricsRow> lyrics = load_lyrics(folder.lyrics());
  Words words;
  const std::optional<EmbeddingBlock> embedding = load_embedding(folder, "lyrics");
  words.pretrained = embedding.has_value();
  std::optional<Matrix> vectors =
      embedding ? embedded_lyrics(embedding->rows, split.training, options.lyrics, record)
                : lyrics_space(tracks, lyrics, split.training, options.lyrics, manifest.seed, record);
  manifest.lyrics.vectors = !vectors ? "" : embedding ? "embedding" : options.lyrics.vectors;
  if (!vectors) return {};
  write_npy(folder.space("lyrics"), *vectors);
  if (options.lyrics.views == "study") {
    words.alone = {"lyrics", "lyrics", "lyrics", "", "Lyrics", false, vectors->cols(), 0, {}};
    words.joins_sound = std::move(vectors);
    return words;
  }
  std::optional<LyricsViews> views = lyrics_views(*vectors, split.training, detected_languages(tracks, lyrics, run),
                                                  options.cluster.n_languages, manifest.seed, record, run);
  if (!views) return words;
  save_pseudo_languages(folder, *views);
  if (!views->content.empty()) words.joins_sound = std::move(views->content);
  if (!views->language.empty()) {
    write_npy(folder.space("language"), views->language);
    words.alone = {"language", "language", "language", "", "Language", false, views->language.cols(), 0, {}};
  }
  return words;
}

}  // namespace

void train_stage(const RunFolder& folder, const RunOptions& options, const StageContext& context) {
  StageRecord record(folder, "train", context);
  Manifest& manifest = record.manifest();
  const std::vector<TrackRow> tracks = load_tracks(folder.tracks());
  const Split split = split_tracks(tracks.size(), options.evaluation.test_fraction, manifest.seed, record);
  manifest.evaluated_rows = split.evaluated;
  manifest.condition = options.condition;
  manifest.seeds.clear();
  for (std::size_t s = 0; s < options.evaluation.seeds; ++s) manifest.seeds.push_back(manifest.seed + s);
  // Before any model is trained: a mistyped name must not cost an hour.
  (void)condition_rows(tracks, options.condition);
  (void)model_specs(options, split.training.size());

  const bool spectrograms = has_spectrograms(manifest) && manifest.columns.empty();
  require(!spectrograms || options.features.scaling == "none",
          fmt::format("features.scaling is {}, and a spectrogram is scaled already: set it to none",
                      options.features.scaling));
  const AudioSpace audio = audio_space(folder, options.features, split, record);
  const std::size_t n_windows = audio.windows ? audio.windows->rows_of(split.training).size() : 0;
  std::vector<ModelSpec> specs =
      usable_models(model_specs(options, split.training.size(), n_windows), manifest, record);
  choose_among(specs, audio, tracks, record);
  const std::optional<ModelSpec> joint = taken_joint(specs);
  const Words words = words_of(folder, options, tracks, split, record, context.execution);

  std::filesystem::create_directories(folder.models());
  const ModelInputs inputs =
      spectrograms ? spectrogram_inputs(folder, audio.features) : track_inputs(Matrix{audio.rows});
  manifest.models.clear();
  manifest.spaces.clear();
  std::vector<SpaceRecord> seeds;
  std::vector<SpaceRecord> fused;
  TrainingTables tables;
  const std::optional<Matrix> no_words;
  for (const ModelSpec& spec : specs) {
    // The study fuses every model with the words; elsewhere the leading one alone.
    const bool joins = options.lyrics.views == "study" || &spec == &specs.front();
    const Training training{
        folder, options, context, record, tracks, split, audio, inputs, joins ? words.joins_sound : no_words};
    ModelSpaces spaces = train_model(training, spec, tables);
    if (spaces.ensemble) manifest.spaces.push_back(std::move(*spaces.ensemble));
    (spaces.ensemble ? seeds : manifest.spaces).push_back(std::move(spaces.own));
    if (spaces.fused) fused.push_back(std::move(*spaces.fused));
    save_curves(folder.curves(), tables.curves);
    if (&spec == &specs.front()) judge_leading(training, spec);
  }
  std::vector<SpaceRecord> of_joint;
  if (joint && words.joins_sound) {
    of_joint = train_joint({folder, options, context, record, tracks, split, audio, inputs, words.joins_sound}, *joint,
                           tables);
    save_curves(folder.curves(), tables.curves);
  }
  std::ranges::move(seeds, std::back_inserter(manifest.spaces));
  std::ranges::move(fused, std::back_inserter(manifest.spaces));
  std::ranges::move(of_joint, std::back_inserter(manifest.spaces));
  if (words.alone) manifest.spaces.push_back(*words.alone);
  const std::size_t n_components = specs.empty() ? options.vae.n_latent : specs.front().vae.n_latent;
  std::ranges::move(save_baselines(folder, options, audio, split, record, n_components),
                    std::back_inserter(manifest.spaces));
  for (SpaceRecord& space : manifest.spaces) {
    const bool of_words = space.kind != "model" && space.kind != "ensemble" && space.view != "audio";
    space.pretrained =
        space.kind == "embedding" || (!space.model.empty() && audio.pretrained) || (of_words && words.pretrained);
  }
  save_reconstruction(folder.reconstruction(), tables.reconstruction);
  remove_checkpoints(folder);
  require(!manifest.spaces.empty(),
          "there is neither a model nor a baseline (cluster.baselines) to group the tracks in");
  manifest.main_space = manifest.spaces.front().name;
  record.finish(options);
}

}  // namespace songmap::run
