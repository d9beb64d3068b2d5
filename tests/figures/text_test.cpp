#include "songmap/figures/text.h"

#include <gtest/gtest.h>

#include "songmap/core/utf8.h"

namespace songmap::figures {
namespace {

TEST(OneLineText, ReplacesLineBreaksControlsAndBrokenBytes) {
  EXPECT_EQ(one_line_text("a\nb\tc\x01"), "a b c ");
  EXPECT_EQ(one_line_text("\xff!"), "\xef\xbf\xbd!");
  EXPECT_EQ(one_line_text("বাংলা"), "বাংলা");
}

TEST(GnuplotString, DoublesApostrophesAndStaysOnOneLine) {
  EXPECT_EQ(gnuplot_string("it's"), "'it''s'");
  EXPECT_EQ(gnuplot_string("a\n'; system('x')"), "'a ''; system(''x'')'");
  EXPECT_EQ(gnuplot_string("\\n \"q\" `x`"), "'\\n \"q\" `x`'");
}

TEST(Shortened, KeepsWhatFitsAndCutsWholeLetters) {
  EXPECT_EQ(shortened("short", 100), "short");
  const std::string text = "রবীন্দ্রসঙ্গীত is a genre of songs";
  for (double width = 1; width < 25; width += 0.37) {
    const std::string cut = shortened(text, width);
    EXPECT_TRUE(utf8::is_valid(cut));
    EXPECT_LE(text_width(cut), std::max(width, text_width("…") + 0.4));
    EXPECT_TRUE(cut == text || cut.ends_with("…")) << cut;
  }
}

TEST(InTwoLines, BreaksAtTheLastBlankThatFits) {
  EXPECT_EQ(in_two_lines("short", 100), std::vector<std::string>{"short"});
  EXPECT_TRUE(in_two_lines("", 10).empty());
  const std::string name = "Beta-VAE Hybrid (audio+lyrics) + Agglomerative";
  EXPECT_EQ(in_two_lines(name, 24), (std::vector<std::string>{"Beta-VAE Hybrid (audio+lyrics) +", "Agglomerative"}));
  EXPECT_EQ(in_two_lines("withoutanyblank", 4).size(), 1U);
  const std::vector<std::string> cut = in_two_lines("one two three four five six", 6);
  ASSERT_EQ(cut.size(), 2U);
  EXPECT_TRUE(cut[1].ends_with("…"));
}

TEST(XmlEscaped, LeavesNothingThatMarkupUnderstands) {
  EXPECT_EQ(xml_escaped("<a href=\"x\">'&'"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;");
  EXPECT_EQ(xml_escaped(std::string("a\x01\x1b\x7f") + "b"), "a   b");
}

TEST(NaturalLess, ComparesRunsOfDigitsAsNumbers) {
  EXPECT_TRUE(natural_less("2", "10"));
  EXPECT_TRUE(natural_less("cluster 9", "cluster 10"));
  EXPECT_TRUE(natural_less("a", "b"));
  EXPECT_TRUE(natural_less("a", "ab"));
  EXPECT_FALSE(natural_less("10", "2"));
  EXPECT_FALSE(natural_less("same", "same"));
  // Equal numbers spelled differently still have one fixed order.
  EXPECT_NE(natural_less("007", "7"), natural_less("7", "007"));
}

}  // namespace
}  // namespace songmap::figures
