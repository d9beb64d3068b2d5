#include "songmap/run/embeddings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/core/linalg.h"
#include "songmap/core/npy.h"
#include "songmap/core/text_file.h"
#include "songmap/core/utf8.h"
#include "songmap/model/script_model.h"

namespace songmap::run {
namespace {

std::string space_name(const std::string& modality) { return "embedding." + modality; }

std::string as_sentence(const std::string& text) { return fmt::format("{}{}", text, text.ends_with(".") ? "" : "."); }

std::string first_of(const std::vector<std::string>& names) {
  std::string text;
  constexpr std::size_t kShown = 3;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += fmt::format("{}'{}'", i > 0 ? ", " : "", utf8::repaired(utf8::truncated(names[i], 60)));
  }
  return fmt::format("{}{}", text, names.size() > kShown ? ", …" : "");
}

/// "the audio embedding x.npy (200 values, 97 of 100 tracks)"
std::string described(const PretrainedRecord& record, std::size_t n_tracks) {
  const std::string name = std::filesystem::path(record.source).filename().string();
  return fmt::format("the {} embedding of {} ({} values, {} of {} tracks)", record.modality, utf8::repaired(name),
                     record.n_columns, record.n_tracks, n_tracks);
}

}  // namespace

std::optional<EmbeddingBlock> load_embedding(const RunFolder& folder, const std::string& modality) {
  const Manifest manifest = load_manifest(folder.manifest());
  const auto record = std::ranges::find(manifest.pretrained, modality, &PretrainedRecord::modality);
  if (record == manifest.pretrained.end()) return std::nullopt;
  return EmbeddingBlock{read_npy(folder.space(space_name(modality))), record->source};
}

std::optional<TurnedVectors> turned_vectors(MatrixView rows, std::span<const std::size_t> training,
                                            std::size_t most_dimensions) {
  std::vector<std::size_t> present;
  std::vector<std::size_t> fitted_on;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    if (std::isnan(rows(i, 0))) continue;
    present.push_back(i);
    if (std::ranges::binary_search(training, i)) fitted_on.push_back(i);
  }
  if (fitted_on.size() < 2) return std::nullopt;
  const PcaModel pca = fit_pca(take_rows(rows, fitted_on), most_dimensions);
  if (!(pca.total_variance > 0)) return std::nullopt;
  const Matrix turned = transform(pca, take_rows(rows, present));
  TurnedVectors result{Matrix(rows.rows(), turned.cols()), present.size(), pca.total_variance};
  std::ranges::fill(result.rows.values(), std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < present.size(); ++i) {
    std::ranges::copy(turned.row(i), result.rows.row(present[i]).begin());
  }
  return result;
}

std::vector<GivenEmbedding> read_embeddings(const ExtractRequest& request) {
  std::vector<GivenEmbedding> given;
  if (!request.audio_embedding.empty()) {
    require(request.audio_model.empty(),
            fmt::format("--audio-embedding {} and --audio-model {} are two vectors of one track: give one of them",
                        quoted(request.audio_embedding), quoted(request.audio_model)));
    given.push_back({"audio", request.audio_embedding, features::read_embedding(request.audio_embedding)});
  }
  if (!request.lyrics_embedding.empty()) {
    require(request.options.lyrics.vectors != "none",
            fmt::format("--lyrics-embedding {} has no use: this run looks at sound alone (lyrics.vectors is none)",
                        quoted(request.lyrics_embedding)));
    given.push_back({"lyrics", request.lyrics_embedding, features::read_embedding(request.lyrics_embedding)});
  }
  return given;
}

std::optional<features::EmbeddingModel> load_audio_model(const ExtractRequest& request) {
  if (request.audio_model.empty()) {
    require(request.audio_model_options.rate_hz == 0 && request.audio_model_options.window_s == 0,
            "--audio-model-rate and --audio-model-window belong to --audio-model, which is not given");
    return std::nullopt;
  }
  const std::shared_ptr<const model::ScriptModel> script =
      model::load_script_model(request.audio_model, request.audio_model_options);
  features::EmbeddingModel model;
  model.rate_hz = script->rate_hz();
  model.window_samples = script->window_samples();
  model.n_columns = script->n_columns();
  model.identity = content_hash(read_file(request.audio_model)).substr(0, 16);
  model.embed = [script](MatrixView windows) { return script->embed(windows); };
  return model;
}

PretrainedInput input_of_model(const std::filesystem::path& file, const features::EmbeddingModel& model,
                               features::EmbeddingReport report) {
  const std::size_t n_tracks = report.rows.rows();
  const std::size_t n_failed = report.failures.size();
  if (n_failed == n_tracks) {
    throw Error(fmt::format("{} took not one of {} tracks, the first because: {}", quoted(file), n_tracks,
                            report.failures.front().reason));
  }
  PretrainedInput input;
  const double window_s = static_cast<double>(model.window_samples) / model.rate_hz;
  input.record = {"audio", file.string(), fmt::format("{} Hz, windows of {:g} s", model.rate_hz, window_s),
                  report.rows.cols(), n_tracks - n_failed};
  input.rows = std::move(report.rows);
  if (n_failed > 0) {
    input.warnings.push_back(fmt::format(
        "{} of {} tracks have no vector of {}, the first ({}) because: {} Spaces that need one leave them out.",
        n_failed, n_tracks, quoted(file), report.failures.front().path, as_sentence(report.failures.front().reason)));
  }
  input.notes.push_back(fmt::format("{}: {} vectors computed, {} known from before", quoted(file), report.n_computed,
                                    n_tracks - n_failed - std::min(report.n_computed, n_tracks - n_failed)));
  return input;
}

PretrainedInput matched_input(const GivenEmbedding& given, std::span<const features::EmbeddedTrack> tracks,
                              std::size_t n_listed) {
  const auto& [modality, file, table] = given;
  features::MatchedEmbedding matched = features::match_embedding(file, table, tracks, n_listed);
  PretrainedInput input;
  input.record = {modality, file.string(), "", matched.rows.cols(), matched.n_tracks};
  input.rows = std::move(matched.rows);
  if (!matched.unknown_ids.empty()) {
    input.warnings.push_back(fmt::format("{}: {} of its {} ids belong to no track of this run ({}).", quoted(file),
                                         matched.unknown_ids.size(), table.ids.size(), first_of(matched.unknown_ids)));
  }
  if (const std::size_t without = tracks.size() - matched.n_tracks; without > 0) {
    input.warnings.push_back(fmt::format("{} of {} tracks have no vector in {}: spaces that need one leave them out.",
                                         without, tracks.size(), quoted(file)));
  }
  if (!table.left_out.empty()) {
    input.notes.push_back(
        fmt::format("{}: these columns are no part of the embedding: {}.", quoted(file), first_of(table.left_out)));
  }
  return input;
}

void save_embedding(const RunFolder& folder, const PretrainedInput& input) {
  write_npy(folder.space(space_name(input.record.modality)), input.rows);
}

std::string marked_title(const SpaceRecord& space) {
  return space.pretrained ? space.title + " (pretrained elsewhere)" : space.title;
}

std::optional<std::string> pretrained_sentence(const Manifest& manifest) {
  if (manifest.pretrained.empty()) return std::nullopt;
  std::string inputs;
  for (const PretrainedRecord& record : manifest.pretrained) {
    inputs += fmt::format("{}{}", inputs.empty() ? "" : " and ", described(record, manifest.input.n_tracks));
  }
  return fmt::format(
      "Pretrained elsewhere: {} {} from outside of this run, from a model that may have been trained with labels. "
      "What is marked so saw it, and cannot be called label-free.",
      inputs, manifest.pretrained.size() == 1 ? "comes" : "come");
}

}  // namespace songmap::run
