#include "songmap/run/lyrics_space.h"

#include <gmock/gmock.h>

#include <cmath>

#include "run/made_run.h"
#include "songmap/lyrics/vectorize.h"

namespace songmap::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LyricsSpace : public ::testing::Test {
 protected:
  LyricsSpace() {
    for (std::size_t i = 0; i < 12; ++i) values_.push_back(i % 2 == 0 ? "a" : "b");
    tracks_ = testing::labelled_tracks(values_);
    options_.fewest = 5;
    options_.dimensions = 4;
  }

  static LyricsRow words(std::size_t track, const std::string& text) {
    return {"t" + std::to_string(track), "file", "en", 3, text};
  }
  /// Tracks 0 … n-1 sing, each a song of its own.
  static std::vector<LyricsRow> songs(std::size_t n) {
    std::vector<LyricsRow> rows;
    for (std::size_t i = 0; i < n; ++i) {
      rows.push_back(words(i, (i % 2 == 0 ? "river water boat " : "city train street ") + std::to_string(i) + "song"));
    }
    return rows;
  }

  std::vector<std::string> values_;
  std::vector<TrackRow> tracks_;
  LyricsOptions options_;
  testing::MadeRun made_;
};

TEST_F(LyricsSpace, ATrackWithoutWordsIsMissingAndNotZero) {
  for (const char* vectors : {"ngrams", "study"}) {
    options_.vectors = vectors;
    StageRecord record = made_.record();
    std::vector<LyricsRow> rows = songs(9);
    rows.erase(rows.begin() + 4);
    const auto space = lyrics_space(tracks_, rows, testing::all_rows(12), options_, 0, record);
    ASSERT_TRUE(space) << vectors;
    ASSERT_EQ(space->rows(), 12U);
    EXPECT_LE(space->cols(), 4U);
    for (std::size_t i = 0; i < 12; ++i) {
      const bool missing = i == 4 || i >= 9;
      for (std::size_t c = 0; c < space->cols(); ++c) EXPECT_EQ(std::isnan((*space)(i, c)), missing) << i;
    }
    // Songs of the same words lie together.
    EXPECT_LT(squared_distance(space->row(0), space->row(2)), squared_distance(space->row(0), space->row(1)));
    EXPECT_THAT(made_.notes, IsEmpty());
  }
}

TEST_F(LyricsSpace, WithTooFewThereIsNoneAndTheReasonIsNoted) {
  StageRecord record = made_.record();
  EXPECT_FALSE(lyrics_space(tracks_, songs(4), testing::all_rows(12), options_, 0, record));
  EXPECT_THAT(made_.notes, ElementsAre(HasSubstr("4 of 12 tracks have lyrics, and 5 are the fewest")));
  EXPECT_TRUE(lyrics_space(tracks_, songs(5), testing::all_rows(12), options_, 0, record));
}

TEST_F(LyricsSpace, UnderTheStudysPresetsWordsThatAreMissingAreAWarning) {
  StageRecord record = made_.record();
  record.manifest().protocol = "study";
  EXPECT_FALSE(lyrics_space(tracks_, songs(4), testing::all_rows(12), options_, 0, record));
  EXPECT_THAT(made_.warnings, ElementsAre(HasSubstr("4 of 12 tracks have lyrics")));
  EXPECT_FALSE(lyrics_space(tracks_, {}, testing::all_rows(12), options_, 0, record));
  EXPECT_THAT(made_.warnings.back(), HasSubstr("no track has lyrics"));
  options_.vectors = "none";
  EXPECT_FALSE(lyrics_space(tracks_, {}, testing::all_rows(12), options_, 0, record));
  EXPECT_THAT(made_.warnings, ::testing::SizeIs(2));
}

TEST_F(LyricsSpace, OnlyTrainingTracksAreFittedOn) {
  StageRecord record = made_.record();
  const std::vector<std::size_t> training = testing::all_rows(8);
  std::vector<LyricsRow> rows = songs(10);
  const auto before = lyrics_space(tracks_, rows, training, options_, 0, record);
  rows[9].text = "entirely other words altogether";
  const auto after = lyrics_space(tracks_, rows, training, options_, 0, record);
  ASSERT_TRUE(before && after);
  for (std::size_t i = 0; i < 9; ++i) {
    for (std::size_t c = 0; c < before->cols(); ++c) EXPECT_EQ((*before)(i, c), (*after)(i, c));
  }
  EXPECT_GT(squared_distance(before->row(9), after->row(9)), 0);
  // Two that train are needed, whatever the others have.
  EXPECT_FALSE(lyrics_space(tracks_, songs(10), std::vector<std::size_t>{0}, options_, 0, record));
}

TEST_F(LyricsSpace, WholeWordsCountBesideTheirPiecesInTheStudyAlone) {
  StageRecord record = made_.record();
  const std::vector<LyricsRow> rows = songs(12);
  std::vector<std::string> texts;
  for (const LyricsRow& row : rows) texts.push_back(row.text);
  for (const bool study : {false, true}) {
    options_.views = study ? "study" : "two";
    lyrics::NgramLyricsOptions ngrams;
    ngrams.n_dimensions = 4;
    ngrams.words = study;
    EXPECT_EQ(lyrics_space(tracks_, rows, testing::all_rows(12), options_, 0, record),
              lyrics::transform(lyrics::fit_ngram_lyrics(texts, ngrams), texts));
  }
}

TEST_F(LyricsSpace, NoneIsNone) {
  StageRecord record = made_.record();
  options_.vectors = "none";
  EXPECT_FALSE(lyrics_space(tracks_, songs(12), testing::all_rows(12), options_, 0, record));
  EXPECT_THAT(made_.notes, IsEmpty());
  options_.vectors = "ngrams";
  EXPECT_FALSE(lyrics_space(tracks_, {}, testing::all_rows(12), options_, 0, record));
  EXPECT_THAT(made_.notes, ElementsAre(HasSubstr("No track has lyrics")));
  EXPECT_THAT(made_.warnings, IsEmpty());
}

}  // namespace
}  // namespace songmap::run
