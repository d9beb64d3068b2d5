#include "songmap/lyrics/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "songmap/core/parallel.h"

namespace songmap::lyrics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Words, EnglishWithApostrophes) {
  EXPECT_THAT(words("Don't STOP, I’m singin' rock-n-roll!"),
              ElementsAre("don't", "stop", "i'm", "singin", "rock", "n", "roll"));
  EXPECT_THAT(words("o'clock y'all c'mon"), ElementsAre("o'clock", "y'all", "c'mon"));
}

TEST(Words, FrenchAndItalianElision) {
  EXPECT_THAT(words("L'amour qu’il n'était, l'homme et d'où"),
              ElementsAre("l'", "amour", "qu'", "il", "n'", "était", "l'", "homme", "et", "d'", "où"));
  EXPECT_THAT(words("aujourd'hui dell'anima un'ora"), ElementsAre("aujourd'hui", "dell'", "anima", "un'", "ora"));
}

TEST(Words, GermanStaysWholeAndIsFolded) {
  EXPECT_THAT(words("Donaudampfschifffahrt auf der Straße, STRASSE"),
              ElementsAre("donaudampfschifffahrt", "auf", "der", "strasse", "strasse"));
}

TEST(Words, Bangla) {
  EXPECT_THAT(words("এই শ্রাবণ-বেলা বাদল-ঝরা যূথীবনের গন্ধে ভরা ॥"),
              ElementsAre("এই", "শ্রাবণ", "বেলা", "বাদল", "ঝরা", "যূথীবনের", "গন্ধে", "ভরা"));
  // With the non-joiner that some keyboards write, and without.
  EXPECT_EQ(words("কোন্\xe2\x80\x8c দিন"), words("কোন্ দিন"));
  EXPECT_EQ(words("ক\xe0\xa7\x87\xe0\xa6\xbe"), words("ক\xe0\xa7\x8b")) << "the same vowel in two spellings";
}

TEST(Words, OtherScripts) {
  EXPECT_THAT(words("Я люблю тебя"), ElementsAre("я", "люблю", "тебя"));
  EXPECT_THAT(words("فقط تو را"), ElementsAre("فقط", "تو", "را"));
  EXPECT_THAT(words("ฉันรักเธอ"), ElementsAre("ฉัน", "รัก", "เธอ")) << "by the dictionary: Thai has no blanks";
  EXPECT_EQ(words("ΑΓΆΠΗΣ"), words("αγάπης")) << "final sigma";
}

TEST(Words, OnlyWithALetter) {
  EXPECT_THAT(words("1999 ... ♪ 24/7 — 5th"), ElementsAre("5th"));
  EXPECT_THAT(words(""), IsEmpty());
  EXPECT_THAT(words("42 !"), IsEmpty());
}

TEST(Words, SoftHyphensDoNotShow) { EXPECT_EQ(words("som\xc2\xadmer"), words("sommer")); }

TEST(Words, OtherBytesPartWords) { EXPECT_THAT(words("caf\xe9 noir"), ElementsAre("caf", "noir")); }

TEST(Words, CaseAndLineBreaksDoNotMatter) { EXPECT_EQ(words("Night AND Day"), words("night\nand\n\nday")); }

TEST(Words, FromManyThreads) {
  const std::string text = "Don't বাদল l'amour ฉันรักเธอ";
  const auto expected = words(text);
  parallel_for(64, 4, [&](std::size_t) { EXPECT_EQ(words(text), expected); });
}

}  // namespace
}  // namespace songmap::lyrics
