#pragma once

#include <vector>

#include "songmap/run/scored_methods.h"
#include "songmap/run/stages.h"

namespace songmap::run {

/// What fused spaces would score if the lyrics belonged to other tracks: each hybrid clustering is made again (first
/// seed) with the words of `evaluation.shuffles` random pairings, among all tracks (scored_in "shuffled-lyrics") and
/// among the tracks of one language (scored_in "shuffled-lyrics-in-language", where there are several). value, sd: over
/// the pairings; low, high: their 5th and 95th percentile; p: share of pairings, the real one among them, that score at
/// least as high as the real one. Words that say something about the target must beat it.
[[nodiscard]] std::vector<ScoreRow> shuffled_lyrics_scores(const RunFolder& folder, const Manifest& manifest,
                                                           const std::vector<TrackRow>& tracks,
                                                           const std::vector<ScoredMethod>& methods,
                                                           const RunOptions& options, const StageContext& context);

inline constexpr const char* kShuffledLyrics = "shuffled-lyrics";
inline constexpr const char* kShuffledInLanguage = "shuffled-lyrics-in-language";

}  // namespace songmap::run
