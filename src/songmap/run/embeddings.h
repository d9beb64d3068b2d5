#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/features/embedding.h"
#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/stages.h"

/// Inputs that were pretrained elsewhere: vectors of tracks that come from a user's own model or file. What a model
/// learned, perhaps from labels, is unknown here, so every result that saw one of them is marked.
namespace songmap::run {

/// A user's vectors of one modality.
struct EmbeddingBlock {
  Matrix rows;         ///< [n_tracks, d]; NaN where a track has none.
  std::string source;  ///< The file that they came from.
};

/// What extract_stage kept of `modality` (audio | lyrics); nothing where no such input was given.
[[nodiscard]] std::optional<EmbeddingBlock> load_embedding(const RunFolder& folder, const std::string& modality);

/// Vectors that are matched with the tracks of a run but not yet kept.
struct PretrainedInput {
  PretrainedRecord record;
  Matrix rows;                        ///< [n_tracks, d]
  std::vector<std::string> warnings;  ///< Sentences: tracks that have none, rows that belong to nobody.
  std::vector<std::string> notes;
};

/// Matches a file that was read with the tracks: see features::match_embedding.
[[nodiscard]] PretrainedInput matched_input(const std::string& modality, const std::filesystem::path& file,
                                            const features::EmbeddingTable& table,
                                            std::span<const features::EmbeddedTrack> tracks, std::size_t n_listed);

/// spaces/embedding.MODALITY.npy
void save_embedding(const RunFolder& folder, const PretrainedInput& input);

/// "Beta-VAE", or "Beta-VAE (pretrained elsewhere)" where the space saw such an input.
[[nodiscard]] std::string marked_title(const SpaceRecord& space);

/// What a reader has to know beside every result that is marked; nothing where no such input was given.
[[nodiscard]] std::optional<std::string> pretrained_sentence(const Manifest& manifest);

}  // namespace songmap::run
