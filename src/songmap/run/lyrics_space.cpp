#include "songmap/run/lyrics_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "songmap/lyrics/vectorize.h"

namespace songmap::run {
namespace {

Matrix vectors(std::span<const std::string> texts, std::span<const std::string> fitted_on, const LyricsOptions& options,
               std::uint64_t seed) {
  if (options.vectors == "study") {
    lyrics::StudyLyricsOptions study;
    study.max_dimensions = options.dimensions;
    return lyrics::transform(lyrics::fit_study_lyrics(fitted_on, study), texts);
  }
  lyrics::NgramLyricsOptions ngrams;
  ngrams.n_dimensions = options.dimensions;
  // Beside their pieces, whole words change nothing.
  ngrams.words = options.views == "study";
  ngrams.seed = seed;
  return lyrics::transform(lyrics::fit_ngram_lyrics(fitted_on, ngrams), texts);
}

}  // namespace

std::optional<Matrix> lyrics_space(const std::vector<TrackRow>& tracks, const std::vector<LyricsRow>& lyrics,
                                   std::span<const std::size_t> training, const LyricsOptions& options,
                                   std::uint64_t seed, StageRecord& record) {
  if (options.vectors == "none") return std::nullopt;
  // The study's tables have rows for sound and words together; elsewhere music without lyrics is nothing to warn of.
  const bool expected = !record.manifest().protocol.empty();
  if (lyrics.empty()) {
    if (expected) {
      record.warn(
          "The preset looks at sound and words together, and no track has lyrics (files beside the tracks, tags, a "
          "column lyrics, --lyrics-table): the hybrid rows are left out, everything else is done.");
    } else {
      record.note(
          "No track has lyrics (files beside the tracks, tags, a column lyrics, --lyrics-table): there is one view, "
          "that "
          "of the sound.");
    }
    return std::nullopt;
  }
  std::map<std::string, std::size_t> row_of;
  for (std::size_t i = 0; i < tracks.size(); ++i) row_of[tracks[i].track_id] = i;
  std::vector<std::string> texts;
  std::vector<std::string> fitted_on;
  std::vector<std::size_t> rows;
  for (const LyricsRow& row : lyrics) {
    const auto found = row_of.find(row.track_id);
    if (found == row_of.end()) continue;
    rows.push_back(found->second);
    texts.push_back(row.text);
    if (std::ranges::binary_search(training, found->second)) fitted_on.push_back(row.text);
  }
  if (rows.size() < options.fewest || fitted_on.size() < 2) {
    const std::string sentence = fmt::format(
        "{} of {} tracks have lyrics, and {} are the fewest for a view of the lyrics (lyrics.fewest): there "
        "is one view, that of the sound.",
        rows.size(), tracks.size(), options.fewest);
    expected ? record.warn(sentence) : record.note(sentence);
    return std::nullopt;
  }
  const Matrix found = vectors(texts, fitted_on, options, seed);
  Matrix result(tracks.size(), found.cols());
  std::ranges::fill(result.values(), std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(found.row(i), result.row(rows[i]).begin());
  return result;
}

}  // namespace songmap::run
