#include "songmap/lyrics/lrc.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace songmap::lyrics {
namespace {

TEST(SungLine, EveryFormOfStamp) {
  for (const char* stamp : {"[00:12.34]", "[00:12.345]", "[00:12]", "[0:12]", "[100:59.9]", "[00:12:34]", "[00:12,34]",
                            "<00:12.34>", "<00:12>", "<00:12.345>"}) {
    const SungLine line = sung_line(std::string(stamp) + "night and day");
    EXPECT_EQ(line.text, "night and day") << stamp;
    EXPECT_TRUE(line.had_stamps) << stamp;
  }
}

TEST(SungLine, SeveralStampsAndStampsInside) {
  EXPECT_EQ(sung_line("[00:12.00][01:15.00] [02:20.50]again and again").text, "again and again");
  EXPECT_EQ(sung_line("[00:12.00]<00:12.00>word <00:12.40>by <00:12.80>word<00:13.20>").text, "word by word");
  EXPECT_EQ(sung_line("[00:12.00]").text, "");
}

TEST(SungLine, TagsAndHeadings) {
  for (const char* tag :
       {"[ar:Somebody]", "[offset:+500]", "[by: me]", "[Chorus]", "[Verse 2: Her]", "[x2]", "[#:note]"}) {
    const SungLine line = sung_line(tag);
    EXPECT_EQ(line.text, "") << tag;
    EXPECT_FALSE(line.had_stamps) << tag;
    EXPECT_TRUE(line.had_brackets) << tag;
  }
  EXPECT_EQ(sung_line("[Chorus] la la [x2]").text, "la la");
}

TEST(SungLine, WhatOnlyLooksLikeAStampStays) {
  for (const char* text : {"at 12:30 I left", "I <3 you", "a < b > c", "<b>bold</b>", "[never closed", "closed] alone",
                           "<1234:00>", "<00:123>", "<:12>", "<00:12.3456>", "<00:12.>", "(00:12)"}) {
    EXPECT_EQ(sung_line(text).text, text);
    EXPECT_FALSE(sung_line(text).had_stamps) << text;
  }
  const std::string verse(300, 'a');
  EXPECT_EQ(sung_line("[" + verse + "]").text, "[" + verse + "]") << "too long for a heading";
}

TEST(SungLine, LinearInWhateverComes) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(sung_line(std::string(1 << 20, '[')).text.size(), std::size_t{1} << 20);
  EXPECT_EQ(sung_line(std::string(1 << 20, '<')).text.size(), std::size_t{1} << 20);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

}  // namespace
}  // namespace songmap::lyrics
