#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/tables.h"

namespace songmap::run {

/// What words say of a song, taken apart. A character's neighbours tell the language first, and so loudly that nothing
/// else is heard: the languages themselves are one view, and what is left when they are taken away is the other.
struct LyricsViews {
  Matrix language;  ///< [tracks, at most 16], centred, rows of length 1; empty: the words are in one language.
  Matrix content;   ///< [tracks, at most 32] less the mean of the track's pseudo-language, of total variance 1;
                    ///< empty: the words say nothing beside their language.
  std::vector<std::int32_t> pseudo_language;  ///< [tracks], the most frequent first; -1: no lyrics.
  double silhouette = 0;                      ///< Of the pseudo-languages, or the best of several where they are one.
};

/// The two views of lyrics vectors (`lyrics_space`, whose columns come by falling singular value).
///
/// Pseudo-languages are groups that k-means finds in the language view of the different texts (3,000 drawn at random
/// where there are more; one that lies within 18 degrees of another counts once): 2 … 6, whichever has the best
/// silhouette, or one where that is below .25. In small collections, and between close languages, that is too coarse or
/// finds songs rather than languages: where the language of nine tracks in ten could be detected (`detected_languages`;
/// empty: not known), or more languages were detected than groups found, the languages of 5 or more tracks take their
/// place, and the other tracks go to the nearest. `n_languages` above 0 is taken as it is, by k-means.
///
/// Everything is fitted on the training rows that have lyrics. A row of NaN stays one. What was found is noted, and
/// kept in the manifest (lyrics.pseudo_languages). nullopt, with a note, where the words of all tracks are the same.
/// @throws InvalidArgument  a training row is not below lyrics.rows(), or `detected` has another number of rows.
[[nodiscard]] std::optional<LyricsViews> lyrics_views(MatrixView lyrics, std::span<const std::size_t> training,
                                                      std::span<const std::string> detected, std::size_t n_languages,
                                                      std::uint64_t seed, StageRecord& record,
                                                      const Execution& run = {});

/// The language of each track's lyrics as their text tells, whatever a table says of it: ISO 639-1, or "" where there
/// are none or nobody can be sure.
[[nodiscard]] std::vector<std::string> detected_languages(const std::vector<TrackRow>& tracks,
                                                          const std::vector<LyricsRow>& lyrics,
                                                          const Execution& run = {});

/// Keeps the pseudo-language of each track with the run, for the stages to come: spaces/pseudo-languages.npy.
void save_pseudo_languages(const RunFolder& folder, const LyricsViews& views);
/// What `save_pseudo_languages` kept; empty where nothing was.
[[nodiscard]] std::vector<std::int32_t> load_pseudo_languages(const RunFolder& folder);

}  // namespace songmap::run
