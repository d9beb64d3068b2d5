#include "songmap/metrics/two_samples.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <vector>

#include "songmap/core/error.h"

namespace songmap::metrics {
namespace {

using Values = std::vector<double>;

// scipy.stats.mannwhitneyu(a, b, method="asymptotic"), SciPy 1.17.1.
TEST(MannWhitney, IsScipys) {
  EXPECT_NEAR(mann_whitney_p(Values{1, 2, 3, 4, 9, 12}, Values{5, 6, 7, 8, 10, 11, 13}), 0.13361440253771614, 1e-9);
  EXPECT_NEAR(mann_whitney_p(Values{1, 1, 2, 3, 3, 3}, Values{3, 3, 4, 5, 5, 1, 2}), 0.18212234100949476, 1e-9);
  Values a(30);
  std::iota(a.begin(), a.end(), 0.0);
  Values b(25);
  std::iota(b.begin(), b.end(), 25.0);
  EXPECT_NEAR(mann_whitney_p(a, b) / 9.388785209614463e-10, 1, 1e-6);
  EXPECT_EQ(mann_whitney_p(a, b), mann_whitney_p(b, a));
}

TEST(MannWhitney, WhereNothingCanBeToldPIsOne) {
  EXPECT_EQ(mann_whitney_p(Values{}, Values{1}), 1);
  EXPECT_EQ(mann_whitney_p(Values{2, 2}, Values{2, 2, 2}), 1);
  EXPECT_THROW((void)mann_whitney_p(Values{std::numeric_limits<double>::quiet_NaN()}, Values{1}), InvalidArgument);
}

}  // namespace
}  // namespace songmap::metrics
