#include "songmap/library/ignore.h"

#include <gtest/gtest.h>

#include <string>

namespace songmap::library {
namespace {

using Decision = std::optional<bool>;

Decision file(std::string_view rules, std::string_view path) { return IgnoreRules::parse(rules).decide(path, false); }
Decision folder(std::string_view rules, std::string_view path) { return IgnoreRules::parse(rules).decide(path, true); }

TEST(Glob, StarAndQuestionMark) {
  EXPECT_TRUE(glob_matches("*.mp3", "a.mp3"));
  EXPECT_TRUE(glob_matches("*.mp3", ".mp3"));
  EXPECT_FALSE(glob_matches("*.mp3", "a.mp3x"));
  EXPECT_TRUE(glob_matches("a*b*c", "aXbXbc"));
  EXPECT_FALSE(glob_matches("a*b*c", "aXbXb"));
  EXPECT_TRUE(glob_matches("a?c", "abc"));
  EXPECT_FALSE(glob_matches("a?c", "ac"));
  EXPECT_TRUE(glob_matches("", ""));
  EXPECT_FALSE(glob_matches("", "a"));
  EXPECT_TRUE(glob_matches("**", "anything"));
}

TEST(Glob, Brackets) {
  EXPECT_TRUE(glob_matches("[a-c]x", "bx"));
  EXPECT_FALSE(glob_matches("[a-c]x", "dx"));
  EXPECT_TRUE(glob_matches("[!a-c]x", "dx"));
  EXPECT_FALSE(glob_matches("[^a-c]x", "ax"));
  EXPECT_TRUE(glob_matches("[]]", "]"));
  EXPECT_TRUE(glob_matches("[a-]", "-"));
  EXPECT_TRUE(glob_matches("[\\]x]", "]"));
  EXPECT_TRUE(glob_matches("[abc", "[abc")) << "a bracket that is never closed is an ordinary character";
}

TEST(Glob, BackslashTakesTheNextCharacterLiterally) {
  EXPECT_TRUE(glob_matches("\\*", "*"));
  EXPECT_FALSE(glob_matches("\\*", "a"));
  EXPECT_TRUE(glob_matches("a\\[b", "a[b"));
}

TEST(Glob, ManyStarsStayCheap) {
  // Backtracking over every star would take longer than the age of the universe.
  std::string pattern;
  for (int i = 0; i < 40; ++i) pattern += "a*";
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(5000, 'a')));
}

TEST(IgnoreRules, NameWithoutSlashMatchesAnywhere) {
  EXPECT_EQ(file("*.wav", "a.wav"), true);
  EXPECT_EQ(file("*.wav", "deep/down/a.wav"), true);
  EXPECT_EQ(file("*.wav", "a.mp3"), std::nullopt);
  EXPECT_EQ(folder("skits", "album/skits"), true);
  EXPECT_EQ(file("skits", "album/skits/a.wav"), std::nullopt) << "the walk never enters the folder";
}

TEST(IgnoreRules, SlashTiesToTheFolderOfTheFile) {
  EXPECT_EQ(folder("/skits", "skits"), true);
  EXPECT_EQ(folder("/skits", "album/skits"), std::nullopt);
  EXPECT_EQ(file("album/*.wav", "album/a.wav"), true);
  EXPECT_EQ(file("album/*.wav", "other/album/a.wav"), std::nullopt);
  EXPECT_EQ(file("album/*.wav", "album/disc/a.wav"), std::nullopt) << "* stays inside one name";
}

TEST(IgnoreRules, TrailingSlashMatchesFoldersAlone) {
  EXPECT_EQ(folder("live/", "live"), true);
  EXPECT_EQ(file("live/", "live"), std::nullopt);
  EXPECT_EQ(folder("live/", "a/live"), true) << "a trailing slash does not tie";
}

TEST(IgnoreRules, DoubleStarSpansFolders) {
  EXPECT_EQ(file("**/a.wav", "a.wav"), true);
  EXPECT_EQ(file("**/a.wav", "x/y/a.wav"), true);
  EXPECT_EQ(file("x/**", "x/y/a.wav"), true);
  EXPECT_EQ(folder("x/**", "x"), std::nullopt) << "what is inside, not the folder itself";
  EXPECT_EQ(file("x/**/a.wav", "x/a.wav"), true);
  EXPECT_EQ(file("x/**/a.wav", "x/p/q/a.wav"), true);
  EXPECT_EQ(file("x/**/a.wav", "y/p/a.wav"), std::nullopt);
}

TEST(IgnoreRules, LastMatchingLineDecides) {
  EXPECT_EQ(file("*.wav\n!keep.wav", "keep.wav"), false);
  EXPECT_EQ(file("!keep.wav\n*.wav", "keep.wav"), true);
}

TEST(IgnoreRules, CommentsBlankLinesEscapesAndLineEndings) {
  EXPECT_TRUE(IgnoreRules::parse("").empty());
  EXPECT_TRUE(IgnoreRules::parse("# all\n\n   \r\n/\n!\n").empty());
  EXPECT_EQ(file("\\#1.wav", "#1.wav"), true);
  EXPECT_EQ(file("\\!.wav", "!.wav"), true);
  EXPECT_EQ(file("\xef\xbb\xbf*.wav\r\n", "a.wav"), true);
  EXPECT_EQ(file("a.wav   ", "a.wav"), true) << "blanks at the end do not count";
  EXPECT_EQ(file("a\\ ", "a "), true) << "unless escaped";
  EXPECT_EQ(file("a b.wav", "a b.wav"), true);
}

TEST(IgnoreRules, AnyBytes) {
  EXPECT_EQ(file("\xff*", "\xff\xfe.wav"), true);
  EXPECT_EQ(file("[\x80-\xff]x", "\xc0x"), true);
}

}  // namespace
}  // namespace songmap::library
