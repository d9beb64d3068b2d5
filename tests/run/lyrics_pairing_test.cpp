#include "songmap/run/lyrics_pairing.h"

#include <gmock/gmock.h>

#include "run/made_run.h"
#include "songmap/core/error.h"
#include "songmap/core/text_file.h"

namespace songmap::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

const std::string kEnglish = "When I was young I used to sing about the river and the people that I had known before";
const std::string kBangla = "আমার সোনার বাংলা আমি তোমায় ভালোবাসি চিরদিন তোমার আকাশ তোমার বাতাস আমার প্রাণে বাজায় বাঁশি";

class LyricsPairing : public ::testing::Test {
 protected:
  std::filesystem::path table(const std::string& name, const std::string& text) {
    write_file(made_.folder.path() / name, text);
    return made_.folder.path() / name;
  }

  testing::MadeRun made_;
  std::vector<TrackRow> tracks_ = testing::labelled_tracks({"a", "b", "a"});
};

TEST_F(LyricsPairing, ATracksOwnWordsComeBeforeATables) {
  const auto file = table("words.csv", "track_id,lyrics,language\nt0,from the table,en\nt1,also from the table,en\n");
  const PairedLyrics paired = pair_lyrics(tracks_, {{kEnglish, "file"}, {}, {}}, {file}, "track");
  ASSERT_THAT(paired.rows, SizeIs(2));
  EXPECT_EQ(paired.rows[0].text, kEnglish);
  EXPECT_EQ(paired.rows[0].source, "file");
  EXPECT_EQ(paired.rows[1].track_id, "t1");
  EXPECT_EQ(paired.rows[1].text, "also from the table");
  EXPECT_EQ(paired.rows[1].source, "table");
  EXPECT_EQ(paired.rows[1].n_words, 4U);
  EXPECT_EQ(paired.record.n_tracks, 2U);
  EXPECT_EQ(paired.record.pairing, "track");
  EXPECT_THAT(paired.warnings, IsEmpty());
}

TEST_F(LyricsPairing, ATableIsJoinedByPathToo) {
  const auto file = table("words.csv", "path,lyrics\n./music/2.wav,here they are\n");
  const PairedLyrics paired = pair_lyrics(tracks_, {}, {file}, "track");
  ASSERT_THAT(paired.rows, SizeIs(1));
  EXPECT_EQ(paired.rows[0].track_id, "t2");
}

TEST_F(LyricsPairing, OfTwoTablesTheFirstThatHasATrackDecides) {
  const auto first = table("first.csv", "track_id,lyrics\nt0,one\n");
  const auto second = table("second.csv", "track_id,lyrics\nt0,two\nt1,two\n");
  const PairedLyrics paired = pair_lyrics(tracks_, {}, {first, second}, "track");
  ASSERT_THAT(paired.rows, SizeIs(2));
  EXPECT_EQ(paired.rows[0].text, "one");
  EXPECT_EQ(paired.rows[1].text, "two");
}

TEST_F(LyricsPairing, ATableThatSaysNothingOfTracksIsLeftAside) {
  const auto file = table("bangla songs.csv", "lyrics\n" + kBangla + "\n");
  const PairedLyrics paired = pair_lyrics(tracks_, {}, {file}, "track");
  EXPECT_THAT(paired.rows, IsEmpty());
  EXPECT_EQ(paired.record.pairing, "");
  EXPECT_THAT(paired.warnings, ElementsAre(HasSubstr("bangla songs.csv' has no column track_id or path")));
}

TEST_F(LyricsPairing, ATableWhoseTracksAreNotHereIsTold) {
  const auto file = table("others.csv", "track_id,lyrics\nx1,some words\nx2,more words\n");
  const PairedLyrics paired = pair_lyrics(tracks_, {}, {file}, "track");
  EXPECT_THAT(paired.rows, IsEmpty());
  EXPECT_THAT(paired.warnings,
              ElementsAre(HasSubstr("others.csv': none of its 2 track_ids is a track's here (its first is 'x1', that "
                                    "of the first track 't0')")));
  const auto some = table("some.csv", "path,lyrics\nmusic/0.wav,some words\ngone.wav,more words\n");
  const PairedLyrics half = pair_lyrics(tracks_, {}, {some}, "track");
  EXPECT_THAT(half.rows, SizeIs(1));
  EXPECT_THAT(half.warnings, IsEmpty());
  EXPECT_THAT(half.notes, ElementsAre(HasSubstr("some.csv': 1 of its 2 paths is a track's here")));
}

TEST_F(LyricsPairing, ATableWithoutASingleTextIsTold) {
  const auto file = table("blank.csv", "track_id,lyrics\nt0,\nt1, \n");
  for (const char* pairing : {"track", "cycle"}) {
    const PairedLyrics paired = pair_lyrics(tracks_, {}, {file}, pairing);
    EXPECT_THAT(paired.rows, IsEmpty());
    EXPECT_THAT(paired.warnings, ElementsAre(HasSubstr("blank.csv' has no lyrics in any of its rows"))) << pairing;
  }
}

TEST_F(LyricsPairing, TheStudyGivesRowsInTurnWhateverTheTrack) {
  const auto english = table("en.csv", "track_id,lyrics\nt2,one\n");
  const auto bangla = table("bn.csv", "lyrics\ntwo\n");
  const PairedLyrics paired = pair_lyrics(tracks_, {{kEnglish, "file"}, {}, {}}, {english, bangla}, "cycle");
  ASSERT_THAT(paired.rows, SizeIs(3));
  EXPECT_EQ(paired.rows[0].text, "one");
  EXPECT_EQ(paired.rows[1].text, "two");
  EXPECT_EQ(paired.rows[2].text, "one");
  EXPECT_EQ(paired.record.pairing, "cycle");
  // The file's name tells the language.
  EXPECT_THAT(paired.record.languages, ElementsAre(Pair("bn", 1), Pair("en", 2)));
  EXPECT_THAT(paired.warnings, ElementsAre(HasSubstr("given to the tracks in turn, from 2 rows of 2 tables")));
}

TEST_F(LyricsPairing, WithoutATableTheStudysPresetsTakeTheTracksOwn) {
  const PairedLyrics paired = pair_lyrics(tracks_, {{}, {kBangla, "embedded"}, {}}, {}, "cycle");
  ASSERT_THAT(paired.rows, SizeIs(1));
  EXPECT_EQ(paired.rows[0].track_id, "t1");
  EXPECT_EQ(paired.rows[0].language, "bn");
  EXPECT_EQ(paired.record.pairing, "track");
  EXPECT_THAT(paired.notes, ElementsAre(HasSubstr("no table was given (--lyrics-table)")));
}

TEST_F(LyricsPairing, WhatCannotBeUsedIsAFailureWithTrackSourceAndRule) {
  const std::string latin1 = "d\xe9j\xe0 vu";
  const PairedLyrics paired =
      pair_lyrics(tracks_, {{latin1, "file"}, {"", "csv"}, {"[00:01.00]\n[00:02.50]\n", "embedded"}}, {}, "track");
  EXPECT_THAT(paired.rows, IsEmpty());
  ASSERT_THAT(paired.failures, SizeIs(3));
  for (const FailureRow& failure : paired.failures) {
    EXPECT_EQ(failure.stage, "lyrics");
    EXPECT_EQ(failure.reason.find('\n'), std::string::npos);
  }
  EXPECT_EQ(paired.failures[0].path, "music/0.wav");
  EXPECT_THAT(paired.failures[0].reason, HasSubstr("the lyrics (file) cannot be used: "));
  EXPECT_THAT(paired.failures[0].reason, HasSubstr("UTF-8"));
  EXPECT_THAT(paired.failures[2].reason, HasSubstr("stamp"));
  EXPECT_THAT(paired.warnings, ElementsAre(HasSubstr("3 texts of lyrics could not be used, the first because: ")));
}

TEST_F(LyricsPairing, ABadTextOfATableIsToldWithItsLine) {
  const auto file = table("words.csv", "track_id,lyrics\nt2,\"two\nlines\"\nt0,caf\xe9\n");
  const PairedLyrics paired = pair_lyrics(tracks_, {}, {file}, "track");
  EXPECT_THAT(paired.rows, SizeIs(1));
  ASSERT_THAT(paired.failures, SizeIs(1));
  EXPECT_EQ(paired.failures[0].track_id, "t0");
  EXPECT_THAT(paired.failures[0].reason, HasSubstr("the lyrics ('words.csv', line 4) cannot be used: "));
}

TEST_F(LyricsPairing, OfAMegabyteTheBeginningIsUsedAndThatIsSaid) {
  std::string megabyte;
  while (megabyte.size() < (std::size_t{1} << 20)) megabyte += kEnglish + "\n";
  const PairedLyrics paired = pair_lyrics(tracks_, {{megabyte, "file"}, {kEnglish, "file"}, {}}, {}, "track");
  ASSERT_THAT(paired.rows, SizeIs(2));
  EXPECT_LE(paired.rows[0].text.size(), std::size_t{256} << 10);
  EXPECT_THAT(paired.notes, ElementsAre(HasSubstr("The lyrics of 1 track are longer than 256 kB, and what goes beyond "
                                                  "is left out: music/0.wav")));
}

TEST_F(LyricsPairing, WhereATracksOwnWordsCannotBeUsedATableMayHelp) {
  const auto file = table("words.csv", "track_id,lyrics\nt0,from the table\n");
  const PairedLyrics paired = pair_lyrics(tracks_, {{"d\xe9j\xe0", "file"}, {}, {}}, {file}, "track");
  ASSERT_THAT(paired.rows, SizeIs(1));
  EXPECT_EQ(paired.rows[0].source, "table");
  EXPECT_THAT(paired.failures, SizeIs(1));
}

TEST_F(LyricsPairing, ATablesLanguageIsBelievedElseTheTextTells) {
  const auto file =
      table("words.csv", "track_id,lyrics,language\nt0," + kEnglish + ",Bangla\nt1," + kEnglish + ",\nt2,la la la,\n");
  const PairedLyrics paired = pair_lyrics(tracks_, {}, {file}, "track");
  ASSERT_THAT(paired.rows, SizeIs(3));
  EXPECT_EQ(paired.rows[0].language, "bn");
  EXPECT_EQ(paired.rows[1].language, "en");
  EXPECT_EQ(paired.rows[2].language, "unknown");
}

TEST_F(LyricsPairing, ATableThatIsNoneIsAnErrorThatNamesFileAndColumn) {
  const auto file = table("text.csv", "track_id,words\nt0,hello\n");
  try {
    (void)pair_lyrics(tracks_, {}, {file}, "track");
    FAIL();
  } catch (const FormatError& error) {
    EXPECT_THAT(error.what(), HasSubstr("text.csv': no column 'lyrics'"));
  }
  EXPECT_THROW((void)pair_lyrics(tracks_, {}, {made_.folder.path() / "none.csv"}, "track"), IoError);
}

TEST(AddLyricsLanguage, MakesALabelOfSeveralLanguagesWhereNoneWasGiven) {
  const auto row = [](const char* id, const char* language) { return LyricsRow{id, "file", language, 3, "x y z"}; };
  std::vector<TrackRow> tracks = testing::labelled_tracks({"a", "b", "a", "b"});
  add_lyrics_language({row("t0", "en"), row("t1", "bn"), row("t2", "unknown")}, 0, tracks);
  EXPECT_EQ(tracks[0].labels.at(kLyricsLanguage), "en");
  EXPECT_EQ(tracks[1].labels.at(kLyricsLanguage), "bn");
  EXPECT_EQ(tracks[2].labels.at(kLyricsLanguage), "");
  EXPECT_EQ(tracks[3].labels.at(kLyricsLanguage), "");

  std::vector<TrackRow> one = testing::labelled_tracks({"a", "b"});
  add_lyrics_language({row("t0", "en"), row("t1", "en")}, 0, one);
  EXPECT_FALSE(one[0].labels.contains(kLyricsLanguage));
  std::vector<TrackRow> few = testing::labelled_tracks({"a", "b", "a"});
  add_lyrics_language({row("t0", "en"), row("t1", "bn"), row("t2", "unknown")}, 3, few);
  EXPECT_FALSE(few[0].labels.contains(kLyricsLanguage)) << "two are known, and three are the fewest";
  std::vector<TrackRow> given = testing::labelled_tracks({"", "fr"}, "language");
  add_lyrics_language({row("t0", "en"), row("t1", "bn")}, 0, given);
  EXPECT_FALSE(given[0].labels.contains(kLyricsLanguage));
}

}  // namespace
}  // namespace songmap::run
