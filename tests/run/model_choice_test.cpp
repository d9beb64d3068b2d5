#include "songmap/run/model_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace songmap::run {
namespace {

using ::testing::HasSubstr;

TEST(ModelChoice, TheFactsOfACollectionByHand) {
  // Tracks 0 and 1 with windows {0, 2} and {10, 12, 14}, track 2 with none.
  const Matrix x(5, 1, {0, 2, 10, 12, 14});
  const std::vector<std::size_t> track{0, 0, 1, 1, 1};
  const std::vector<double> lengths{3, 30, 10};
  const CollectionFacts facts = collection_facts(x, track, lengths);
  EXPECT_EQ(facts.n_tracks, 3U);
  EXPECT_DOUBLE_EQ(facts.median_length_s, 10);
  EXPECT_DOUBLE_EQ(facts.median_windows, 2);
  // Within: 1 + 1 + 4 + 0 + 4; total around 7.6: 57.76 + 31.36 + 5.76 + 19.36 + 40.96.
  EXPECT_NEAR(facts.within_share, 10 / 155.2, 1e-6);
}

TEST(ModelChoice, LongTracksOfManyWindowsTakeTheCrossWindowModel) {
  EXPECT_TRUE(choose_model({100, 30, 11, 0.3}).cross_windows);
  EXPECT_FALSE(choose_model({100, 5, 8, 0.3}).cross_windows);
  EXPECT_FALSE(choose_model({100, 30, 3, 0.3}).cross_windows);
  EXPECT_THAT(choose_model({100, 30, 11, 0.3}).reason, HasSubstr("The cross-window model leads"));
  EXPECT_THAT(choose_model({100, 5, 8, 0.3}).reason, HasSubstr("half of the 100 tracks last 5 s or more"));
}

}  // namespace
}  // namespace songmap::run
