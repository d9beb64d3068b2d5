#pragma once

#include <string>
#include <vector>

#include "songmap/run/scored_methods.h"
#include "songmap/run/stages.h"

namespace songmap::run {

/// What fused spaces would score if the lyrics belonged to other tracks: each clustering of a fusion is made again
/// (first seed) with the words of `evaluation.shuffles` random pairings, among all tracks (scored_in "shuffled-lyrics")
/// and among the tracks of one language (scored_in "shuffled-lyrics-in-language", where there are several; a text of
/// unknown language goes with those that are spelled like it). value, sd: over the pairings; low, high: their 5th and
/// 95th percentile; p: share of pairings, the real one among them, that score at least as high as the real one. Words
/// that say something about the target must beat it.
[[nodiscard]] std::vector<ScoreRow> shuffled_lyrics_scores(const RunFolder& folder, const Manifest& manifest,
                                                           const std::vector<TrackRow>& tracks,
                                                           const std::vector<ScoredMethod>& methods,
                                                           const RunOptions& options, const StageContext& context);

/// Spaces of sound and words that have no such control: a model that learned both together would have to be trained
/// again for each pairing.
[[nodiscard]] std::vector<std::string> spaces_without_control(const Manifest& manifest);

inline constexpr const char* kShuffledLyrics = "shuffled-lyrics";
inline constexpr const char* kShuffledInLanguage = "shuffled-lyrics-in-language";

}  // namespace songmap::run
