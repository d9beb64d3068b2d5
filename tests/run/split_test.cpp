#include "songmap/run/split.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "run/made_run.h"

namespace songmap::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(SplitTracks, TheTwoPartsAreEveryTrackOnceAndRise) {
  testing::MadeRun made;
  StageRecord record = made.record();
  for (const std::size_t n : {50, 101, 200}) {
    const Split split = split_tracks(n, 0.2, 7, record);
    EXPECT_EQ(split.evaluated.size(), (n + 2) / 5);
    EXPECT_TRUE(std::ranges::is_sorted(split.training));
    EXPECT_TRUE(std::ranges::is_sorted(split.evaluated));
    std::vector<std::size_t> all = split.training;
    all.insert(all.end(), split.evaluated.begin(), split.evaluated.end());
    std::ranges::sort(all);
    EXPECT_EQ(all, testing::all_rows(n));
  }
  EXPECT_THAT(made.warnings, IsEmpty());
}

TEST(SplitTracks, IsAFunctionOfTheSeedAndDrawsFromAll) {
  testing::MadeRun made;
  StageRecord record = made.record();
  EXPECT_EQ(split_tracks(100, 0.2, 3, record).evaluated, split_tracks(100, 0.2, 3, record).evaluated);
  EXPECT_NE(split_tracks(100, 0.2, 3, record).evaluated, split_tracks(100, 0.2, 4, record).evaluated);
  std::vector<int> drawn(100);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    for (const std::size_t row : split_tracks(100, 0.2, seed, record).evaluated) ++drawn[row];
  }
  // Each is drawn 40 times of 200, with a standard deviation of 5.7.
  EXPECT_GT(std::ranges::min(drawn), 15);
  EXPECT_LT(std::ranges::max(drawn), 65);
}

TEST(SplitTracks, WithoutAFractionOrWithTooSmallAPartEveryTrackIsBoth) {
  testing::MadeRun made;
  StageRecord record = made.record();
  const Split all = split_tracks(30, 0, 1, record);
  EXPECT_EQ(all.training, testing::all_rows(30));
  EXPECT_THAT(all.evaluated, IsEmpty());
  EXPECT_THAT(made.warnings, IsEmpty());

  const Split small = split_tracks(30, 0.2, 1, record);
  EXPECT_EQ(small.training, testing::all_rows(30));
  EXPECT_THAT(small.evaluated, IsEmpty());
  EXPECT_THAT(made.warnings, ElementsAre(HasSubstr("20 % of 30 tracks are 6, too few to cluster")));
}

}  // namespace
}  // namespace songmap::run
