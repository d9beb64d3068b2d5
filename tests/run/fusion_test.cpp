#include "songmap/run/fusion.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "run/made_run.h"
#include "songmap/core/error.h"
#include "songmap/core/random.h"

namespace songmap::run {
namespace {

using testing::all_rows;
using testing::rows_of;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

/// Columns of very different spread.
Matrix uneven(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, cols);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < cols; ++c) x(i, c) = static_cast<float>(5 + (1 + 7.0 * c) * random.normal());
  }
  return x;
}

double variance(const Matrix& x, std::size_t column) {
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < x.rows(); ++i) {
    sum += x(i, column);
    squares += static_cast<double>(x(i, column)) * x(i, column);
  }
  const double n = static_cast<double>(x.rows());
  return squares / n - (sum / n) * (sum / n);
}

double total_variance(const Matrix& x, std::size_t first, std::size_t count) {
  double sum = 0;
  for (std::size_t c = first; c < first + count; ++c) sum += variance(x, c);
  return sum;
}

TEST(Fusion, ByHand) {
  // Sound: 0 and 2, mean 1, variance 1. Words: 0 and 4 (variance 4) beside a constant.
  const auto fused = fuse(rows_of(1, {0, 2}), rows_of(2, {0, 7, 4, 7}), all_rows(2), {"blocks", 0.5});
  ASSERT_TRUE(fused);
  const float half = std::sqrt(0.5F);
  const std::vector<float> expected{-half, -half, 0, half, half, 0};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(fused->x.values()[i], expected[i], 1e-6) << i;
  EXPECT_NEAR(fused->audio_share, 0.5, 1e-12);
}

TEST(Fusion, BlocksHaveTheTotalVarianceThatTheirWeightsSay) {
  const Matrix audio = uneven(80, 9, 1);
  const Matrix lyrics = uneven(80, 3, 2);
  for (const double weight : {0.0, 0.2, 0.5, 1.0}) {
    const auto fused = fuse(audio, lyrics, all_rows(80), {"blocks", weight});
    ASSERT_TRUE(fused);
    EXPECT_NEAR(total_variance(fused->x, 0, 9), 1 - weight, 1e-4) << weight;
    EXPECT_NEAR(total_variance(fused->x, 9, 3), weight, 1e-4) << weight;
    EXPECT_NEAR(fused->audio_share, 1 - weight, 1e-6) << weight;
  }
}

TEST(Fusion, BlocksKeepTheProportionsInsideABlockAndForgetItsUnit) {
  const Matrix audio = uneven(40, 4, 3);
  Matrix louder = audio;
  for (float& value : louder.values()) value *= 1000;
  const Matrix lyrics = uneven(40, 2, 4);
  const auto fused = fuse(audio, lyrics, all_rows(40), {"blocks", 0.5});
  const auto same = fuse(louder, lyrics, all_rows(40), {"blocks", 0.5});
  ASSERT_TRUE(fused && same);
  EXPECT_NEAR(variance(fused->x, 3) / variance(fused->x, 0), variance(audio, 3) / variance(audio, 0), 1);
  for (std::size_t i = 0; i < fused->x.values().size(); ++i) {
    EXPECT_NEAR(fused->x.values()[i], same->x.values()[i], 1e-5) << i;
  }
}

TEST(Fusion, TheStudyStandardisesEveryColumnSoThatTheWiderBlockDecides) {
  const auto fused = fuse(uneven(60, 6, 5), uneven(60, 2, 6), all_rows(60), {"study", 0.5});
  ASSERT_TRUE(fused);
  for (std::size_t c = 0; c < 8; ++c) EXPECT_NEAR(variance(fused->x, c), 1, 1e-4) << c;
  EXPECT_NEAR(fused->audio_share, 0.75, 1e-6);
}

TEST(Fusion, ATrackThatLacksOneSideIsARowOfNaNAndChangesNothingElse) {
  Matrix audio = uneven(20, 3, 7);
  Matrix lyrics = uneven(20, 2, 8);
  const auto whole = fuse(take_rows(audio, all_rows(18)), take_rows(lyrics, all_rows(18)), all_rows(18), {});
  for (const std::size_t c : {0, 1}) lyrics(18, c) = kMissing;
  for (const std::size_t c : {0, 1, 2}) audio(19, c) = kMissing;
  const auto fused = fuse(audio, lyrics, all_rows(20), {});
  ASSERT_TRUE(whole && fused);
  for (std::size_t i = 0; i < 20; ++i) {
    for (std::size_t c = 0; c < 5; ++c) {
      if (i < 18) {
        EXPECT_EQ(fused->x(i, c), whole->x(i, c)) << i << " " << c;
      } else {
        EXPECT_TRUE(std::isnan(fused->x(i, c))) << i << " " << c;
      }
    }
  }
}

TEST(Fusion, OnlyTrainingRowsAreFittedOn) {
  Matrix audio = uneven(20, 3, 9);
  const Matrix lyrics = uneven(20, 2, 10);
  const auto before = fuse(audio, lyrics, all_rows(15), {});
  for (std::size_t i = 15; i < 20; ++i) audio(i, 1) += 500;
  const auto after = fuse(audio, lyrics, all_rows(15), {});
  ASSERT_TRUE(before && after);
  for (std::size_t i = 0; i < 15; ++i) {
    for (std::size_t c = 0; c < 5; ++c) EXPECT_EQ(before->x(i, c), after->x(i, c));
  }
  EXPECT_GT(after->x(15, 1), before->x(15, 1) + 1);
}

TEST(Fusion, NeedsTwoTracksWithBothAndAsManyRowsOnEachSide) {
  Matrix lyrics = uneven(4, 2, 11);
  for (std::size_t i = 1; i < 4; ++i) lyrics(i, 0) = kMissing;
  EXPECT_FALSE(fuse(uneven(4, 2, 12), lyrics, all_rows(4), {}));
  EXPECT_THROW((void)fuse(uneven(4, 2, 12), uneven(5, 2, 13), all_rows(4), {}), InvalidArgument);
}

}  // namespace
}  // namespace songmap::run
