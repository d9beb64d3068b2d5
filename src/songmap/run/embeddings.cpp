#include "songmap/run/embeddings.h"

#include <fmt/format.h>

#include <algorithm>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/core/utf8.h"

namespace songmap::run {
namespace {

std::string space_name(const std::string& modality) { return "embedding." + modality; }

std::string first_of(const std::vector<std::string>& names) {
  std::string text;
  constexpr std::size_t kShown = 3;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += fmt::format("{}'{}'", i > 0 ? ", " : "", utf8::repaired(utf8::truncated(names[i], 60)));
  }
  return text + (names.size() > kShown ? ", …" : "");
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

PretrainedInput matched_input(const std::string& modality, const std::filesystem::path& file,
                              const features::EmbeddingTable& table, std::span<const features::EmbeddedTrack> tracks,
                              std::size_t n_listed) {
  features::MatchedEmbedding matched = features::match_embedding(file, table, tracks, n_listed);
  PretrainedInput input;
  input.record = {modality, file.string(), matched.rows.cols(), matched.n_tracks};
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
