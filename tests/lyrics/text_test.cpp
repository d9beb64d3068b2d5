#include "songmap/lyrics/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "songmap/core/random.h"
#include "songmap/core/utf8.h"
#include "songmap/lyrics/words.h"
#include "tests/lyrics/utf16.h"

namespace songmap::lyrics {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;

TEST(CleanLyrics, PlainLinesAreKept) {
  const LyricsText result = clean_lyrics("\n\nOne line,  two blanks\r\n  indented\rold Mac\n\n\n\nnext verse  \n\n");
  EXPECT_EQ(result.text, "One line,  two blanks\nindented\nold Mac\n\nnext verse");
  EXPECT_FALSE(result.had_stamps);
  EXPECT_FALSE(result.truncated);
  EXPECT_EQ(result.problem, "");
}

TEST(CleanLyrics, LrcBecomesItsWords) {
  const LyricsText result = clean_lyrics(
      "[ti:Rain]\n[ar:Nobody]\n[offset:+250]\n[00:01.00][00:31.00]Rain on the roof\n[00:05.50]\n[Chorus]\n"
      "[00:06.00]<00:06.00>fall <00:06.50>down\n[re:songmap]");
  EXPECT_EQ(result.text, "Rain on the roof\n\nfall down");
  EXPECT_TRUE(result.had_stamps);
}

TEST(CleanLyrics, SameWordsFromEveryEncoding) {
  const std::u16string song = u"[00:01.00]Où es-tu?\r\n[00:02.00]বাদল ঝরা 🎵";
  const std::string expected = "Où es-tu?\nবাদল ঝরা 🎵";
  EXPECT_EQ(clean_lyrics(testing::little_endian(u"\xfeff" + song)).text, expected);
  EXPECT_EQ(clean_lyrics(testing::big_endian(u"\xfeff" + song)).text, expected);
  EXPECT_EQ(clean_lyrics(testing::little_endian(song)).text, expected);
  EXPECT_EQ(clean_lyrics("\xef\xbb\xbf[00:01.00]" + expected).text, expected);
}

TEST(CleanLyrics, IsComposed) {
  EXPECT_EQ(clean_lyrics("cafe\xcc\x81").text, "caf\xc3\xa9");
  // Bengali o-kar from its two halves.
  EXPECT_EQ(clean_lyrics("ক\xe0\xa7\x87\xe0\xa6\xbe").text, "ক\xe0\xa7\x8b");
}

TEST(CleanLyrics, ControlCharactersGoAndUnicodeBreaksAreLines) {
  EXPECT_EQ(clean_lyrics("a\x07 b\tc\x7f").text, "a b\tc");
  EXPECT_EQ(clean_lyrics("one\xe2\x80\xa8two\xe2\x80\xa9three\xc2\x85"
                         "four")
                .text,
            "one\ntwo\nthree\nfour");
  EXPECT_EQ(clean_lyrics("a\xef\xbb\xbf"
                         "b")
                .text,
            "ab")
      << "a byte-order mark inside, of files that were joined";
}

TEST(CleanLyrics, WhatHasNoWordsSaysWhy) {
  EXPECT_THAT(clean_lyrics("").problem, HasSubstr("empty"));
  EXPECT_THAT(clean_lyrics(" \r\n\t").problem, HasSubstr("empty"));
  EXPECT_THAT(clean_lyrics("\xef\xbb\xbf").problem, HasSubstr("empty"));
  EXPECT_THAT(clean_lyrics("[00:01.00]\n[00:05.00]\n").problem, HasSubstr("time stamps"));
  EXPECT_THAT(clean_lyrics("[ar:A]\n[Instrumental]").problem, HasSubstr("square brackets"));
  EXPECT_THAT(clean_lyrics("♪ ♪ 123 ...").problem, HasSubstr("not one letter"));
  EXPECT_THAT(clean_lyrics("(Instrumental)").problem, HasSubstr("instrumental"));
  EXPECT_THAT(clean_lyrics("caf\xe9").problem, HasSubstr("byte 3"));
  for (const char* bytes : {"", "[00:01.00]", "♪ 1", "Instrumental", "caf\xe9"}) {
    EXPECT_EQ(clean_lyrics(bytes).text, "");
  }
  EXPECT_EQ(clean_lyrics("an instrumental song").problem, "");
}

TEST(CleanLyrics, AMegabyteIsBounded) {
  std::string song;
  while (song.size() < (1U << 20)) song += "[00:01.00]বাদল দিনের প্রথম কদম ফুল\n";
  const LyricsText result = clean_lyrics(song);
  EXPECT_TRUE(result.truncated);
  EXPECT_EQ(result.problem, "");
  EXPECT_LE(result.text.size(), kMaxLyricsTextBytes);
  EXPECT_GT(result.text.size(), kMaxLyricsTextBytes / 2);
  EXPECT_TRUE(utf8::is_valid(result.text));
  EXPECT_FALSE(clean_lyrics(song.substr(0, 1000 * 38)).truncated);
}

TEST(CleanLyrics, ChainsOfMarksCostNoSquare) {
  // Marks that canonical order has to sort: half of one class, then half of a lower one.
  std::string chain = "a";
  for (int i = 0; i < 60'000; ++i) chain += "\xcc\x81";
  for (int i = 0; i < 60'000; ++i) chain += "\xcc\xa3";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_LT(clean_lyrics(chain).text.size(), 100U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(CleanLyrics, CleaningTwiceChangesNothing) {
  for (const std::string text : {"[00:01]a\n\n\nb [x2]", "  Où\r\nes-tu  ", "I <3 you", "[never closed"}) {
    const std::string once = clean_lyrics(text).text;
    EXPECT_EQ(clean_lyrics(once).text, once);
  }
}

TEST(CleanLyrics, AnyBytesGiveTextOrAProblem) {
  Random random(11);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    const std::size_t n = random.below(60);
    // Mostly what has a meaning here, so that the branches are met.
    static constexpr std::string_view kPieces = "[]<>:.0123ab \n\r\xff\xfe\xef\xbb\xbf\xe0\xa6";
    for (std::size_t i = 0; i < n; ++i) {
      const bool any = random.below(4) == 0;
      bytes += any ? static_cast<char>(random.below(256)) : kPieces[random.below(kPieces.size())];
    }
    const LyricsText result = clean_lyrics(bytes);
    EXPECT_TRUE(utf8::is_valid(result.text));
    EXPECT_TRUE(utf8::is_valid(result.problem));
    EXPECT_EQ(result.text.empty(), !result.problem.empty());
    static_cast<void>(words(result.text));
  }
}

}  // namespace
}  // namespace songmap::lyrics
