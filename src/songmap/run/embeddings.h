#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/features/embedding.h"
#include "songmap/features/embedding_model.h"
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

/// Vectors that were made elsewhere, turned to their principal axes, largest variance first.
struct TurnedVectors {
  Matrix rows;                ///< [n_tracks, at most `most_dimensions`], centred; NaN where a track has none.
  std::size_t n_present = 0;  ///< Tracks that have one.
  double total_variance = 0;  ///< Over all directions, kept or not.
};
/// Fitted on the training tracks (rising) that have a vector. Nothing where those are fewer than two, or all alike.
[[nodiscard]] std::optional<TurnedVectors> turned_vectors(MatrixView rows, std::span<const std::size_t> training,
                                                          std::size_t most_dimensions);

/// Vectors that are matched with the tracks of a run but not yet kept.
struct PretrainedInput {
  PretrainedRecord record;
  Matrix rows;                        ///< [n_tracks, d]
  std::vector<std::string> warnings;  ///< Sentences: tracks that have none, rows that belong to nobody.
  std::vector<std::string> notes;
};

/// A file of vectors as it was read.
struct GivenEmbedding {
  std::string modality;  ///< audio | lyrics
  std::filesystem::path file;
  features::EmbeddingTable table;
};

/// Reads the files that a request names.
/// @throws InvalidArgument  vectors of lyrics in a run without words, or two sources of one modality.
/// @throws IoError, FormatError  see features::read_embedding.
[[nodiscard]] std::vector<GivenEmbedding> read_embeddings(const ExtractRequest& request);

/// The user's model of sound that a request names, tried on a tone. @throws as model::load_script_model
[[nodiscard]] std::optional<features::EmbeddingModel> load_audio_model(const ExtractRequest& request);

/// Matches a file with the tracks: see features::match_embedding.
[[nodiscard]] PretrainedInput matched_input(const GivenEmbedding& given,
                                            std::span<const features::EmbeddedTrack> tracks, std::size_t n_listed);

/// What a model gave. @throws Error  it took not one track.
[[nodiscard]] PretrainedInput input_of_model(const std::filesystem::path& file, const features::EmbeddingModel& model,
                                             features::EmbeddingReport report);

/// spaces/embedding.MODALITY.npy
void save_embedding(const RunFolder& folder, const PretrainedInput& input);

/// "Beta-VAE", or "Beta-VAE (pretrained elsewhere)" where the space saw such an input.
[[nodiscard]] std::string marked_title(const SpaceRecord& space);

/// What a reader has to know beside every result that is marked; nothing where no such input was given.
[[nodiscard]] std::optional<std::string> pretrained_sentence(const Manifest& manifest);

}  // namespace songmap::run
