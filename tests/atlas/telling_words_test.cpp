#include "songmap/atlas/telling_words.h"

#include <gmock/gmock.h>

namespace songmap::atlas {
namespace {

using ::testing::IsEmpty;

TEST(TellingWords, AreThoseThatOneSideHasMoreOften) {
  std::vector<std::string> inside;
  std::vector<std::string> outside;
  for (int i = 0; i < 10; ++i) {
    inside.push_back(i < 9 ? "the river and the boat" : "the river");
    outside.push_back(i < 2 ? "the river and the road" : "the road and the town");
  }
  const std::vector<TellingWord> found = telling_words(inside, outside);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].word, "river");  // 10 to 2 is surer than 9 to 0
  EXPECT_EQ(found[0].outside, 2U);
  // Of 9 and 0 in 10 texts each the prior is .45: log(9.45 / 1.55) - log(.45 / 10.55), variance 1 / 9.45 + 1 / .45.
  EXPECT_EQ(found[1].word, "boat");
  EXPECT_EQ(found[1].inside, 9U);
  EXPECT_NEAR(found[1].z, 3.253, 1e-3);
  EXPECT_EQ(telling_words(inside, outside, 1).size(), 1U);
}

TEST(TellingWords, AWordIsCountedOnceATextHoweverOftenItIsSung) {
  std::vector<std::string> inside(3, "la");
  inside[0] = "love love love love love love love love love love la";
  const std::vector<std::string> outside(8, "la");
  EXPECT_THAT(telling_words(inside, outside), IsEmpty());
}

TEST(TellingWords, OfAnyScript) {
  const std::vector<std::string> inside(6, "নদী নৌকা");
  const std::vector<std::string> outside(6, "শহর পথ");
  EXPECT_EQ(telling_words(inside, outside).size(), 2U);
}

TEST(TellingWords, TooFewTextsTellNothing) {
  EXPECT_THAT(telling_words({"a b", "a b"}, {"c", "c", "c", "c"}), IsEmpty());
  EXPECT_THAT(telling_words({"a", "a", "a", "a"}, {"c"}), IsEmpty());
}

}  // namespace
}  // namespace songmap::atlas
