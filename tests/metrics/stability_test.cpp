#include "songmap/metrics/stability.h"

#include <gtest/gtest.h>

#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/random.h"

namespace songmap::metrics {
namespace {

using Labels = std::vector<std::int32_t>;

TEST(SeedStability, IsTheMeanOverPairs) {
  // Three are equal up to names; the third crosses them: it shares no pair with them where 2 * 2 / 6 are expected, so
  // that each of its scores is (0 - 2/3) / (2 - 2/3) = -.5.
  const std::vector<Labels> labelings{{0, 0, 1, 1}, {1, 1, 0, 0}, {0, 1, 0, 1}, {4, 4, 2, 2}};
  EXPECT_NEAR(seed_stability(labelings), (3 * 1 - 3 * .5) / 6, 1e-15);
}

TEST(SeedStability, OfUnrelatedLabelsIsNothing) {
  Random random(1);
  std::vector<Labels> labelings(10, Labels(300));
  for (Labels& labels : labelings) {
    for (std::int32_t& label : labels) label = static_cast<std::int32_t>(random.below(6)) - 1;
  }
  EXPECT_NEAR(seed_stability(labelings), 0, .003);
  EXPECT_NEAR(*mean_agreement(labelings, adjusted_mutual_info), 0, .003);
  EXPECT_GT(*mean_agreement(labelings, purity), .2);
}

TEST(SeedStability, NoiseIsAClusterOfItsOwn) {
  EXPECT_EQ(seed_stability(std::vector<Labels>{{-1, -1, 0, 1}, {3, 3, -1, 2}}), 1);
  EXPECT_LT(seed_stability(std::vector<Labels>{{-1, -1, 0, 0}, {0, 0, 0, 0}}), 1);
}

TEST(SeedStability, IsNotDefinedForOneLabelingOrNoRows) {
  EXPECT_TRUE(std::isnan(seed_stability(std::vector<Labels>{{0, 1}})));
  EXPECT_TRUE(std::isnan(seed_stability({})));
  EXPECT_TRUE(std::isnan(seed_stability(std::vector<Labels>{{}, {}})));
  EXPECT_THROW(static_cast<void>(seed_stability(std::vector<Labels>{{0, 1}, {0}})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(seed_stability(std::vector<Labels>{{0, 1}, {0, -2}})), InvalidArgument);
}

}  // namespace
}  // namespace songmap::metrics
