#include "songmap/run/lyrics_control.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "run/made_run.h"
#include "songmap/core/random.h"
#include "songmap/run/grouping.h"
#include "songmap/run/lyrics_views.h"

namespace songmap::run {
namespace {

using ::testing::IsEmpty;

/// 48 tracks of two genres and two languages, each genre in both. Sound and words are one column each: an offset for
/// what they tell, and noise.
class LyricsControl : public ::testing::Test {
 protected:
  enum class Tells { kNothing, kGenre, kLanguage };

  LyricsControl() {
    std::vector<std::string> genres;
    std::vector<LyricsRow> lyrics;
    for (std::size_t i = 0; i < kTracks; ++i) genres.push_back(i % 2 == 0 ? "a" : "b");
    tracks_ = testing::labelled_tracks(genres);
    for (std::size_t i = 0; i < kTracks; ++i) {
      tracks_[i].labels["language"] = i % 4 < 2 ? "en" : "bn";
      lyrics.push_back({tracks_[i].track_id, "file", tracks_[i].labels["language"], 3, "a b c"});
    }
    save_lyrics(made_.folder.lyrics(), lyrics);
    manifest_.targets = {"genre", "language"};
    manifest_.seeds = {0};
    manifest_.n_clusters = 2;
    manifest_.spaces = {{"m.hybrid", "hybrid", "fusion", "m", "M", true, 2, 1, {"k-means"}}};
    options_.cluster.l2 = false;
    options_.evaluation.shuffles = 39;
  }

  /// Scores of the pairings, by target and kind, of ARI.
  std::map<std::pair<std::string, std::string>, ScoreRow> control(Tells sound, Tells words) {
    Random random(4);
    Matrix fused(kTracks, 2);
    for (std::size_t i = 0; i < kTracks; ++i) {
      const auto column = [&](Tells tells) {
        const bool high = tells == Tells::kGenre ? i % 2 == 0 : i % 4 < 2;
        return static_cast<float>((tells != Tells::kNothing && high ? 6 : 0) + random.normal());
      };
      fused(i, 0) = column(sound);
      fused(i, 1) = column(words);
    }
    write_npy(made_.folder.space("m.hybrid"), fused);
    const auto labels =
        group(fused, "k-means", n_clusters_of(manifest_, manifest_.spaces.front().view), 0, options_.clusterings)
            .labels;
    const ScoredMethod method{
        {manifest_.spaces.front().view, "m.hybrid", "k-means", true}, testing::all_rows(kTracks), {labels}, 1, true};
    std::map<std::pair<std::string, std::string>, ScoreRow> result;
    for (const ScoreRow& row :
         shuffled_lyrics_scores(made_.folder, manifest_, tracks_, {method}, options_, made_.context)) {
      if (row.metric == "ari") result[{row.target, row.scored_in}] = row;
    }
    return result;
  }

  static constexpr std::size_t kTracks = 48;
  testing::MadeRun made_;
  Manifest manifest_;
  RunOptions options_;
  std::vector<TrackRow> tracks_;
};

TEST_F(LyricsControl, WordsThatTellTheGenreBeatTheWordsOfOthers) {
  auto rows = control(Tells::kNothing, Tells::kGenre);
  for (const char* kind : {kShuffledLyrics, kShuffledInLanguage}) {
    const ScoreRow& row = rows[{"genre", kind}];
    EXPECT_EQ(row.p, 1.0 / 40) << kind;  // no pairing of 39 reaches the real one
    EXPECT_LT(row.value, 0.2) << kind;
    EXPECT_LT(row.high, 0.5) << kind;
    EXPECT_LE(row.low, row.value) << kind;
    EXPECT_GT(row.sd, 0) << kind;
  }
}

TEST_F(LyricsControl, WordsThatTellNothingDoNot) {
  auto rows = control(Tells::kGenre, Tells::kNothing);
  EXPECT_GT((rows[{"genre", kShuffledLyrics}].p), 0.2);
  EXPECT_GT((rows[{"genre", kShuffledLyrics}].value), 0.8);
}

TEST_F(LyricsControl, WordsThatTellTheLanguageAloneBeatOthersOnlyAcrossLanguages) {
  auto rows = control(Tells::kNothing, Tells::kLanguage);
  EXPECT_EQ((rows[{"language", kShuffledLyrics}].p), 1.0 / 40);
  EXPECT_GT((rows[{"language", kShuffledInLanguage}].p), 0.2);
}

TEST_F(LyricsControl, OneLanguageHasNoShufflesInIt) {
  std::vector<LyricsRow> lyrics = load_lyrics(made_.folder.lyrics());
  for (LyricsRow& row : lyrics) row.language = "en";
  save_lyrics(made_.folder.lyrics(), lyrics);
  auto rows = control(Tells::kNothing, Tells::kGenre);
  EXPECT_TRUE(rows.contains({"genre", kShuffledLyrics}));
  EXPECT_FALSE(rows.contains({"genre", kShuffledInLanguage}));
}

TEST_F(LyricsControl, TheViewOfTheContentHasItsOwnNumberOfGroups) {
  manifest_.spaces.front().view = "content";
  manifest_.n_clusters = 5;
  manifest_.view_clusters["content"] = 2;
  auto rows = control(Tells::kGenre, Tells::kNothing);
  EXPECT_EQ((rows[{"genre", kShuffledLyrics}].view), "content");
  EXPECT_GT((rows[{"genre", kShuffledLyrics}].value), 0.8) << "two groups, as the sound has them";
  manifest_.view_clusters.clear();
  rows = control(Tells::kGenre, Tells::kNothing);
  EXPECT_LT((rows[{"genre", kShuffledLyrics}].value), 0.6) << "five";
}

TEST_F(LyricsControl, AnUnknownLanguageIsThatOfTheTextsThatAreSpelledLikeIt) {
  const auto within = [&] { return control(Tells::kNothing, Tells::kLanguage)[{"language", kShuffledInLanguage}]; };
  const double known = within().value;
  std::vector<LyricsRow> lyrics = load_lyrics(made_.folder.lyrics());
  LyricsViews views;
  for (std::size_t i = 0; i < kTracks; ++i) {
    views.pseudo_language.push_back(lyrics[i].language == "en" ? 1 : 0);
    if (i % 3 == 0) lyrics[i].language = "unknown";
  }
  save_lyrics(made_.folder.lyrics(), lyrics);
  EXPECT_NE(within().value, known) << "a language of its own, as the study's runs have it";
  save_pseudo_languages(made_.folder, views);
  EXPECT_EQ(within().value, known);
  for (LyricsRow& row : lyrics) row.language = "unknown";
  save_lyrics(made_.folder.lyrics(), lyrics);
  EXPECT_EQ(within().value, known) << "the pseudo-languages alone";
}

TEST_F(LyricsControl, WhatLearnedBothTogetherHasNone) {
  manifest_.spaces.front() = {"m.hybrid", "content", "model", "m", "M", true, 2, 0, {"k-means"}};
  EXPECT_THAT(control(Tells::kNothing, Tells::kGenre), IsEmpty());
  manifest_.spaces.push_back({"a", "audio", "model", "a", "A", true, 2, 0, {"k-means"}});
  manifest_.spaces.push_back({"a.content", "content", "fusion", "a", "A", true, 2, 1, {"k-means"}});
  EXPECT_THAT(spaces_without_control(manifest_), ::testing::ElementsAre("m.hybrid"));
}

TEST_F(LyricsControl, IsTheSameOnAnyNumberOfThreads) {
  made_.context.execution.threads = 1;
  auto one = control(Tells::kNothing, Tells::kGenre);
  made_.context.execution.threads = 4;
  auto four = control(Tells::kNothing, Tells::kGenre);
  EXPECT_EQ((one[{"genre", kShuffledLyrics}].value), (four[{"genre", kShuffledLyrics}].value));
}

TEST_F(LyricsControl, NothingToScoreIsNoRow) {
  options_.evaluation.shuffles = 0;
  EXPECT_THAT(control(Tells::kNothing, Tells::kGenre), IsEmpty());
  options_.evaluation.shuffles = 9;
  manifest_.targets.clear();
  EXPECT_THAT(control(Tells::kNothing, Tells::kGenre), IsEmpty());
}

}  // namespace
}  // namespace songmap::run
