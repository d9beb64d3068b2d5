#include "songmap/library/lyrics_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "songmap/core/error.h"
#include "tests/audio/sound_files.h"
#include "tests/lyrics/utf16.h"

namespace songmap::library {
namespace {

using audio::testing::TempFolder;
using audio::testing::write_bytes;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

LyricsTable read(const std::string& name, const std::string& bytes) {
  const TempFolder folder;
  write_bytes(folder / name, bytes);
  return read_lyrics_table(folder / name);
}

TEST(LyricsTable, JoinedByTrack) {
  const LyricsTable table = read("songs.csv",
                                 "Track_ID,artist,language,Lyrics\r\n"
                                 "t1,A,Bangla,\"বাদল\nদিনে\"\r\n"
                                 "t2,B,fr,\"l'amour, toujours\"\r\n"
                                 "t3,C,Klingon,nuqneH\r\n");
  EXPECT_TRUE(table.joined_by_track);
  EXPECT_EQ(table.id_column, "track_id");
  EXPECT_THAT(table.failures, IsEmpty());
  ASSERT_THAT(table.rows, SizeIs(3));
  EXPECT_EQ(table.rows[0].id, "t1");
  EXPECT_EQ(table.rows[0].language, "bn");
  EXPECT_EQ(table.rows[0].lyrics, "বাদল\nদিনে");
  EXPECT_EQ(table.rows[1].language, "fr");
  EXPECT_EQ(table.rows[1].lyrics, "l'amour, toujours");
  EXPECT_EQ(table.rows[2].language, "Klingon") << "what is not recognised stays as it is";
}

TEST(LyricsTable, JoinedByPath) {
  const LyricsTable table = read("en.csv", "path,lyrics\n./rock/../rock/a.mp3,la\nb.mp3,lo\n");
  EXPECT_TRUE(table.joined_by_track);
  EXPECT_EQ(table.id_column, "path");
  EXPECT_EQ(table.rows[0].id, "rock/a.mp3");
  EXPECT_EQ(table.rows[0].language, "en");
}

TEST(LyricsTable, WithoutTracks) {
  const LyricsTable table = read("bangla_songs.csv", "title,lyrics,language\nx,এক,\ny,one,en\n");
  EXPECT_FALSE(table.joined_by_track);
  EXPECT_EQ(table.id_column, "");
  ASSERT_THAT(table.rows, SizeIs(2));
  EXPECT_EQ(table.rows[0].id, "");
  EXPECT_EQ(table.rows[0].language, "bn") << "an empty cell falls back to the file's name";
  EXPECT_EQ(table.rows[1].language, "en");
}

TEST(LyricsTable, RowsThatCannotBeUsed) {
  const LyricsTable table = read("t.csv",
                                 "track_id,lyrics\n"
                                 "a,one\n"
                                 "b,two,three\n"
                                 "a,again\n"
                                 ",nobody's\n"
                                 "c,\" \n \"\n"
                                 "d,four\n");
  ASSERT_THAT(table.rows, SizeIs(2));
  EXPECT_EQ(table.rows[1].id, "d");
  EXPECT_EQ(table.rows[1].language, "");
  EXPECT_EQ(table.n_blank, 1U);
  ASSERT_THAT(table.failures, SizeIs(3));
  EXPECT_THAT(table.failures[0].reason, HasSubstr("line 3"));
  EXPECT_THAT(table.failures[1].reason, HasSubstr("line 4: the track_id is listed before, in line 2"));
  EXPECT_EQ(table.failures[1].track_id, "a");
  EXPECT_THAT(table.failures[2].reason, HasSubstr("line 5: the track_id is empty"));
  EXPECT_EQ(table.failures[2].stage, "lyrics");
}

TEST(LyricsTable, Encodings) {
  const std::u16string text =
      u"\xfeff"
      u"track_id,lyrics\nt1,Où es-tu\n";
  EXPECT_EQ(read("t.csv", lyrics::testing::little_endian(text)).rows.at(0).lyrics, "Où es-tu");
  EXPECT_EQ(read("t.csv", lyrics::testing::big_endian(text)).rows.at(0).lyrics, "Où es-tu");
  EXPECT_EQ(read("t.csv", "\xef\xbb\xbflyrics\nla\n").rows.at(0).lyrics, "la");
  // One cell in another encoding costs one song, when it is cleaned.
  EXPECT_EQ(read("t.csv", "lyrics\ncaf\xe9\nla\n").rows.at(0).lyrics, "caf\xe9");
  EXPECT_THROW(static_cast<void>(read("t.csv", std::string("\xff\xfe", 2) + "a")), FormatError);
}

TEST(LyricsTable, WhatIsNoTableOfLyricsSaysSo) {
  try {
    static_cast<void>(read("t.csv", "track_id,words\na,la\n"));
    FAIL();
  } catch (const FormatError& error) {
    EXPECT_THAT(error.what(), HasSubstr("no column 'lyrics'"));
    EXPECT_THAT(error.what(), HasSubstr("track_id, words"));
    EXPECT_THAT(error.what(), HasSubstr("t.csv"));
  }
  EXPECT_THROW(static_cast<void>(read("t.csv", "")), FormatError);
  EXPECT_THROW(static_cast<void>(read_lyrics_table("no/such/file.csv")), IoError);
  EXPECT_THAT(read("t.csv", "lyrics\n").rows, IsEmpty());
}

TEST(LyricsTable, TheBanglaCorpus) {
  const auto path = audio::testing::data_folder() / "lyrics/bangla_public_domain.csv";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  const LyricsTable table = read_lyrics_table(path);
  ASSERT_THAT(table.rows, SizeIs(73));
  EXPECT_EQ(table.rows[0].id, "bn000");
  for (const LyricsTableRow& row : table.rows) EXPECT_EQ(row.language, "bn");
  EXPECT_THAT(table.failures, IsEmpty());
}

TEST(LanguageInFileName, NamesAnywhereAndCodesAtTheEnd) {
  for (const auto& [name, language] : {std::pair{"bangla_public_domain.csv", "bn"},
                                       {"english.csv", "en"},
                                       {"lyrics-Spanish (2020).csv", "es"},
                                       {"a/b/en.csv", "en"},
                                       {"songs_fr.csv", "fr"},
                                       {"lyrics.de.csv", "de"},
                                       {"HINDI_LYRICS.csv", "hi"}}) {
    EXPECT_EQ(language_in_file_name(name), language) << name;
  }
  for (const char* name : {"my_lyrics.csv", "de_la_soul.csv", "songs.csv", "it_is_no_song.csv", "latin_hits.csv",
                           ".csv", "french/songs.csv", "___.csv", ""}) {
    EXPECT_EQ(language_in_file_name(name), "") << name;
  }
}

}  // namespace
}  // namespace songmap::library
