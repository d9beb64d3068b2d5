#include "songmap/library/tags.h"

#include <gtest/gtest.h>
#include <taglib/fileref.h>
#include <taglib/id3v2tag.h>
#include <taglib/mp4file.h>
#include <taglib/mpegfile.h>
#include <taglib/synchronizedlyricsframe.h>
#include <taglib/tpropertymap.h>
#include <taglib/unsynchronizedlyricsframe.h>

#include <string>
#include <tuple>

#include "songmap/audio/decode.h"
#include "songmap/audio/encode.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "tests/audio/sound_files.h"

namespace songmap::library {
namespace {

using audio::testing::little_endian;
using audio::testing::read_bytes;
using audio::testing::sine_wav;
using audio::testing::TempFolder;
using audio::testing::write_bytes;

std::string big_endian(std::size_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}

/// An ID3v2.3 tag of the given frames, and nothing after it.
std::string id3(const std::string& frames) {
  std::string size;
  for (int i = 3; i >= 0; --i) size += static_cast<char>((frames.size() >> (7 * i)) & 0x7f);
  return std::string("ID3\x03\x00\x00", 6) + size + frames;
}
std::string frame(const std::string& name, const std::string& body) {
  return name + big_endian(body.size(), 4) + std::string(2, '\0') + body;
}

class WrittenTags : public ::testing::TestWithParam<const char*> {};

TEST_P(WrittenTags, AreReadBack) {
  const TempFolder folder;
  const auto path = folder / (std::string("a.") + GetParam());
  Matrix samples(44100, 1);
  for (std::size_t i = 0; i < samples.rows(); ++i) samples(i, 0) = static_cast<float>(0.5 * std::sin(0.05 * double(i)));
  const bool opus = std::string(GetParam()) == "opus";
  audio::encode(path, samples, opus ? 48000 : 44100);
  const Tags written{"Título", "শিল্পী", "Album", "Rock", 0, "first line\nদ্বিতীয় লাইন"};
  write_tags(path, written);
  const Tags read = read_tags(path);
  EXPECT_EQ(read.title, written.title);
  EXPECT_EQ(read.artist, written.artist);
  EXPECT_EQ(read.album, written.album);
  EXPECT_EQ(read.genre, written.genre);
  EXPECT_EQ(read.lyrics, written.lyrics);
  EXPECT_NEAR(read.length_s, opus ? 44100.0 / 48000 : 1.0, 0.06);

  Tags fewer = written;
  fewer.album.clear();
  fewer.lyrics.clear();
  write_tags(path, fewer);
  EXPECT_EQ(read_tags(path).title, written.title);
  EXPECT_EQ(read_tags(path).album, "");
  EXPECT_EQ(read_tags(path).lyrics, "");
}

TEST_P(WrittenTags, AFieldIsSetAndTakenBackAndTheRestStays) {
  const TempFolder folder;
  const auto path = folder / (std::string("a.") + GetParam());
  Matrix samples(48000, 1);
  for (std::size_t i = 0; i < samples.rows(); ++i) samples(i, 0) = static_cast<float>(0.5 * std::sin(0.05 * double(i)));
  audio::encode(path, samples, 48000);
  write_tags(path, {"Título", "শিল্পী", "Album", "Rock", 0, "words"});
  const std::string audio = audio::identify(path).content_id;
  EXPECT_EQ(read_field(path, "SONGMAP_GROUP"), "");
  write_field(path, "SONGMAP_GROUP", "3 · রাত");
  EXPECT_EQ(read_field(path, "SONGMAP_GROUP"), "3 · রাত");
  EXPECT_EQ(read_tags(path).title, "Título");
  EXPECT_EQ(read_tags(path).artist, "শিল্পী");
  EXPECT_EQ(read_tags(path).lyrics, "words");
  EXPECT_EQ(audio::identify(path).content_id, audio);  // the track is the same
  write_field(path, "SONGMAP_GROUP", "");
  EXPECT_EQ(read_field(path, "SONGMAP_GROUP"), "");
  EXPECT_EQ(read_tags(path).album, "Album");
  EXPECT_THROW((void)read_field(folder / "missing.mp3", "X"), IoError);
}

INSTANTIATE_TEST_SUITE_P(Formats, WrittenTags, ::testing::Values("mp3", "flac", "ogg", "opus", "m4a", "wav"));

TEST(Tags, UnsynchronisedLyricsWithADescription) {
  const TempFolder folder;
  write_bytes(folder / "a.mp3", id3(frame("USLT", std::string("\x00", 1) + "eng" + "web" + '\0' + "la la")));
  EXPECT_EQ(read_tags(folder / "a.mp3").lyrics, "la la");
}

TEST(Tags, LyricsInAUserTextFrame) {
  const TempFolder folder;
  write_bytes(folder / "a.mp3", id3(frame("TXXX", std::string("\x00", 1) + "LYRICS" + '\0' + "la la")));
  EXPECT_EQ(read_tags(folder / "a.mp3").lyrics, "la la");
}

class VorbisLyrics : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(VorbisLyrics, EveryFieldIsRead) {
  const auto& [extension, field] = GetParam();
  const TempFolder folder;
  const auto path = folder / (std::string("a.") + extension);
  audio::encode(path, Matrix(8000, 1), std::string(extension) == "opus" ? 48000 : 44100);
  {
    TagLib::FileRef file(path.c_str());
    TagLib::PropertyMap fields;
    fields.insert(field, TagLib::StringList(TagLib::String("[00:01.00]প্রথম\nlast", TagLib::String::UTF8)));
    file.file()->setProperties(fields);
    ASSERT_TRUE(file.save());
  }
  EXPECT_EQ(read_tags(path).lyrics, "[00:01.00]প্রথম\nlast");
}

INSTANTIATE_TEST_SUITE_P(Fields, VorbisLyrics,
                         ::testing::Combine(::testing::Values("flac", "ogg", "opus"),
                                            ::testing::Values("LYRICS", "UNSYNCEDLYRICS", "SYNCEDLYRICS", "lyrics")));

TEST(Tags, PlainLyricsBeforeSynchronisedOnes) {
  const TempFolder folder;
  audio::encode(folder / "a.flac", Matrix(8000, 1), 44100);
  {
    TagLib::FileRef file((folder / "a.flac").c_str());
    TagLib::PropertyMap fields;
    fields.insert("SYNCEDLYRICS", TagLib::StringList("[00:01.00]timed"));
    fields.insert("UNSYNCEDLYRICS", TagLib::StringList("plain"));
    file.file()->setProperties(fields);
    ASSERT_TRUE(file.save());
  }
  EXPECT_EQ(read_tags(folder / "a.flac").lyrics, "plain");
}

TEST(Tags, LyricsOfAnMp4AreItsLyrAtom) {
  const TempFolder folder;
  audio::encode(folder / "a.m4a", Matrix(8000, 1), 44100);
  {
    TagLib::MP4::File file((folder / "a.m4a").c_str());
    file.tag()->setItem("\251lyr", TagLib::StringList(TagLib::String("বাদল\nla", TagLib::String::UTF8)));
    ASSERT_TRUE(file.save());
  }
  EXPECT_EQ(read_tags(folder / "a.m4a").lyrics, "বাদল\nla");
}

TEST(Tags, LyricsFramesOfAnMp3InUtf16) {
  const TempFolder folder;
  for (const bool synchronised : {false, true}) {
    const auto path = folder / "a.mp3";
    audio::encode(path, Matrix(8000, 1), 44100);
    TagLib::MPEG::File file(path.c_str());
    const TagLib::String words("বাদল দিন", TagLib::String::UTF8);
    if (synchronised) {
      auto* frame = new TagLib::ID3v2::SynchronizedLyricsFrame(TagLib::String::UTF16);  // the tag owns it
      using Piece = TagLib::ID3v2::SynchronizedLyricsFrame::SynchedText;
      frame->setSynchedText(TagLib::List<Piece>().append(Piece(0, words)).append(Piece(1000, "la")));
      file.ID3v2Tag(true)->addFrame(frame);
    } else {
      auto* frame = new TagLib::ID3v2::UnsynchronizedLyricsFrame(TagLib::String::UTF16);
      frame->setText(words + "\nla");
      file.ID3v2Tag(true)->addFrame(frame);
    }
    ASSERT_TRUE(file.save());
    EXPECT_EQ(read_tags(path).lyrics, "বাদল দিন\nla") << synchronised;
  }
}

TEST(Tags, SyncedLyricsInAUserTextFrame) {
  const TempFolder folder;
  for (const char* name : {"LYRICS", "UNSYNCEDLYRICS", "SYNCEDLYRICS"}) {
    write_bytes(folder / "a.mp3", id3(frame("TXXX", std::string("\x00", 1) + name + '\0' + "[00:01.00]la")));
    EXPECT_EQ(read_tags(folder / "a.mp3").lyrics, "[00:01.00]la") << name;
  }
}

TEST(Tags, SynchronisedLyricsWithoutTheirTimes) {
  const auto piece = [](const std::string& text, std::size_t ms) { return text + '\0' + big_endian(ms, 4); };
  const std::string head = std::string("\x00", 1) + "eng" + "\x02\x01" + '\0';
  const TempFolder folder;
  write_bytes(folder / "lines.mp3", id3(frame("SYLT", head + piece("one", 0) + piece("two", 900))));
  EXPECT_EQ(read_tags(folder / "lines.mp3").lyrics, "one\ntwo");
  write_bytes(folder / "parts.mp3",
              id3(frame("SYLT", head + piece("Strang", 0) + piece("ers", 100) + piece("\nin the", 900))));
  EXPECT_EQ(read_tags(folder / "parts.mp3").lyrics, "Strangers\nin the");
}

TEST(Tags, NumericGenreIsNamed) {
  const TempFolder folder;
  write_bytes(folder / "a.mp3", id3(frame("TCON", std::string("\x00", 1) + "(17)")));
  EXPECT_EQ(read_tags(folder / "a.mp3").genre, "Rock");
}

TEST(Tags, LoneSurrogatesAreRepaired) {
  const TempFolder folder;
  // UTF-16 little endian: 'a', a high surrogate without its partner, 'b'.
  write_bytes(folder / "a.mp3", id3(frame("TIT2", std::string("\x01\xff\xfe\x61\x00\x00\xd8\x62\x00", 9))));
  const std::string title = read_tags(folder / "a.mp3").title;
  EXPECT_TRUE(utf8::is_valid(title));
  EXPECT_EQ(title.front(), 'a');
}

TEST(Tags, WhatCannotBeReadHasNone) {
  const TempFolder folder;
  write_bytes(folder / "text.mp3", "this is no audio");
  write_bytes(folder / "empty.flac", "");
  write_bytes(folder / "note.xyz", "?");
  for (const char* name : {"text.mp3", "empty.flac", "note.xyz", "missing.ogg"}) {
    const Tags tags = read_tags(folder / name);
    EXPECT_EQ(tags.title + tags.artist + tags.album + tags.genre + tags.lyrics, "") << name;
  }
  EXPECT_THROW(write_tags(folder / "missing.ogg", {}), IoError);
  EXPECT_THROW(write_tags(folder / "note.xyz", {}), IoError);
}

TEST(Tags, EveryPrefixOfATaggedFileIsSurvived) {
  const TempFolder folder;
  audio::encode(folder / "a.mp3", Matrix(8000, 1), 44100);
  write_tags(folder / "a.mp3", {"Title", "Artist", "Album", "Rock", 0, "words"});
  const std::string whole = read_bytes(folder / "a.mp3");
  for (std::size_t n = 0; n < std::min<std::size_t>(whole.size(), 400); n += 3) {
    write_bytes(folder / "cut.mp3", whole.substr(0, n));
    static_cast<void>(read_tags(folder / "cut.mp3"));
  }
}

}  // namespace
}  // namespace songmap::library
