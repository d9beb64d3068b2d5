#include "songmap/lyrics/encoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "songmap/core/utf8.h"
#include "tests/lyrics/utf16.h"

namespace songmap::lyrics {
namespace {

using namespace std::string_literals;
using testing::big_endian;
using ::testing::HasSubstr;
using testing::little_endian;

constexpr std::size_t kNoLimit = 1 << 20;
const std::u16string kSong = u"Où es-tu?\nবাদল ঝরা\n🎵 la";
const std::string kSongUtf8 = "Où es-tu?\nবাদল ঝরা\n🎵 la";

TEST(DecodeText, Utf8WithAndWithoutMark) {
  EXPECT_EQ(decode_text(kSongUtf8, kNoLimit).text, kSongUtf8);
  EXPECT_EQ(decode_text("\xef\xbb\xbf" + kSongUtf8, kNoLimit).text, kSongUtf8);
  EXPECT_EQ(decode_text("", kNoLimit).text, "");
  EXPECT_EQ(decode_text("", kNoLimit).problem, "");
}

TEST(DecodeText, Utf16WithMark) {
  EXPECT_EQ(decode_text(little_endian(u"\xfeff" + kSong), kNoLimit).text, kSongUtf8);
  EXPECT_EQ(decode_text(big_endian(u"\xfeff" + kSong), kNoLimit).text, kSongUtf8);
}

TEST(DecodeText, Utf16WithoutMarkByItsZeroBytes) {
  EXPECT_EQ(decode_text(little_endian(kSong), kNoLimit).text, kSongUtf8);
  EXPECT_EQ(decode_text(big_endian(kSong), kNoLimit).text, kSongUtf8);
  // Bengali alone: only blanks and line breaks have a zero byte.
  const std::u16string bangla = u"এই শ্রাবণ বেলা বাদল ঝরা যূথীবনের গন্ধে ভরা\nকোন ভোলা দিনের বিরহিনী";
  const std::string expected = "এই শ্রাবণ বেলা বাদল ঝরা যূথীবনের গন্ধে ভরা\nকোন ভোলা দিনের বিরহিনী";
  EXPECT_EQ(decode_text(little_endian(bangla), kNoLimit).text, expected);
  EXPECT_EQ(decode_text(big_endian(bangla), kNoLimit).text, expected);
}

TEST(DecodeText, PaddingIsNoText) {
  EXPECT_EQ(decode_text("la la\0"s, kNoLimit).text, "la la");
  EXPECT_EQ(decode_text("la la\0\0\0\0"s, kNoLimit).text, "la la");
  EXPECT_EQ(decode_text(little_endian(u"la la") + "\0\0"s, kNoLimit).text, "la la");
  EXPECT_EQ(decode_text("\0\0\0"s, kNoLimit).text, "");
}

TEST(DecodeText, OtherBytesAreRefusedByTheirPlace) {
  EXPECT_THAT(decode_text("caf\xe9 noir", kNoLimit).problem, HasSubstr("byte 3 (0xe9) is not UTF-8"));
  EXPECT_THAT(decode_text("\xef\xbb\xbf"
                          "caf\xe9",
                          kNoLimit)
                  .problem,
              HasSubstr("byte 6 (0xe9)"));
  EXPECT_THAT(decode_text("overlong \xc0\xaf", kNoLimit).problem, HasSubstr("byte 9"));
  EXPECT_THAT(decode_text("words \0 and more words than zeros"s, kNoLimit).problem, HasSubstr("byte 6 is zero"));
  EXPECT_THAT(decode_text("words\0 and more words than zeros"s, kNoLimit).problem, HasSubstr("byte 5 is zero"));
  EXPECT_THAT(decode_text("\xff\xfe\x61\0\x62"s, kNoLimit).problem, HasSubstr("cut in half (byte 4)"));
  EXPECT_THAT(decode_text(little_endian(u"\xfeff"
                                        u"a\xd83c"
                                        u"b"),
                          kNoLimit)
                  .problem,
              HasSubstr("surrogate"));
  EXPECT_THAT(decode_text("\xff\xfe\0\0a\0\0\0"s, kNoLimit).problem, HasSubstr("UTF-32"));
  EXPECT_EQ(decode_text("caf\xe9", kNoLimit).text, "");
}

TEST(DecodeText, EveryLimitKeepsWholeCharacters) {
  const std::string forms[] = {kSongUtf8, "\xef\xbb\xbf" + kSongUtf8, little_endian(u"\xfeff" + kSong),
                               big_endian(u"\xfeff" + kSong)};
  for (const std::string& bytes : forms) {
    for (std::size_t limit = 4; limit <= bytes.size(); ++limit) {
      const DecodedText decoded = decode_text(bytes, limit);
      EXPECT_EQ(decoded.problem, "") << limit;
      EXPECT_TRUE(utf8::is_valid(decoded.text));
      EXPECT_TRUE(kSongUtf8.starts_with(decoded.text));
      EXPECT_EQ(decoded.truncated, limit < bytes.size());
    }
  }
}

TEST(DecodeText, WhatIsWrongAfterTheLimitIsNotLookedAt) {
  EXPECT_EQ(decode_text("good\xff", 4).text, "good");
  EXPECT_THAT(decode_text("goo\xff"
                          "d",
                          4)
                  .problem,
              HasSubstr("byte 3"));
}

}  // namespace
}  // namespace songmap::lyrics
