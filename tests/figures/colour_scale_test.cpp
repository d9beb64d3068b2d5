#include "songmap/figures/colour_scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace songmap::figures {
namespace {

TEST(ColourScale, EndsHoldForAllBeyondThem) {
  const ColourScale scale{-2, 6, sequential};
  EXPECT_EQ(scale(2), sequential(0.5));
  EXPECT_EQ(scale(-100), sequential(0));
  EXPECT_EQ(scale(100), sequential(1));
}

TEST(ScaledValues, OddValuesDoNotStretchTheScale) {
  std::vector<float> values;
  for (int i = 0; i <= 1000; ++i) values.push_back(static_cast<float>(i));
  values.push_back(1e9F);
  values.push_back(std::numeric_limits<float>::quiet_NaN());
  ScaledValues shown;
  shown.add(values);
  EXPECT_NEAR(shown.range_scale().low, 10, 1);
  EXPECT_NEAR(shown.range_scale().high, 996, 1);
  EXPECT_NEAR(shown.signed_scale().high, 991, 1);
}

TEST(ScaledValues, TheSignedScaleIsTheSameOnBothSides) {
  ScaledValues shown;
  shown.add(std::vector<float>{-3, 0.5F, 1});
  const ColourScale scale = shown.signed_scale();
  EXPECT_EQ(scale.low, -3);
  EXPECT_EQ(scale.high, 3);
  EXPECT_EQ(scale(0), diverging(0.5));
}

TEST(ScaledValues, NothingAndEqualValuesStillGiveAScale) {
  for (const std::vector<float>& values : {std::vector<float>{}, {0, 0}, {7, 7}, {-1e6F}}) {
    ScaledValues shown;
    shown.add(values);
    EXPECT_GT(shown.range_scale().high, shown.range_scale().low);
    EXPECT_GT(shown.signed_scale().high, shown.signed_scale().low);
    for (const float v : values) EXPECT_EQ(shown.range_scale()(v), perceptual(0.5));
  }
}

}  // namespace
}  // namespace songmap::figures
