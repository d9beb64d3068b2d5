#include "songmap/metrics/internal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "songmap/core/error.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::metrics {
namespace {

using Labels = std::vector<std::int32_t>;

TEST(Silhouette, ByHandOnALine) {
  const Matrix x(4, 1, {0, 1, 4, 6});
  const auto samples = silhouette_samples(x, Labels{0, 0, 1, 1});
  ASSERT_TRUE(samples);
  EXPECT_FLOAT_EQ((*samples)[0], (5 - 1) / 5.0F);     // a 1, b (4 + 6) / 2
  EXPECT_FLOAT_EQ((*samples)[1], (4 - 1) / 4.0F);     // a 1, b (3 + 5) / 2
  EXPECT_FLOAT_EQ((*samples)[2], (3.5F - 2) / 3.5F);  // a 2, b (4 + 3) / 2
  EXPECT_FLOAT_EQ((*samples)[3], (5.5F - 2) / 5.5F);
  EXPECT_NEAR(*silhouette(x, Labels{0, 0, 1, 1}), (.8 + .75 + 1.5 / 3.5 + 3.5 / 5.5) / 4, 1e-7);
}

TEST(Silhouette, EqualsTheDefinitionAndLeavesNoiseOut) {
  const Matrix x = testing::normal_matrix(150, 4, 1);
  Labels labels;
  for (std::size_t i = 0; i < x.rows(); ++i) labels.push_back(static_cast<std::int32_t>(i * i % 5) - 1);
  labels[77] = 9;  // alone in its cluster
  const auto samples = silhouette_samples(x, labels, {.threads = 3, .progress = {}});
  ASSERT_TRUE(samples);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    if (labels[i] == kNoise) {
      EXPECT_TRUE(std::isnan((*samples)[i]));
      continue;
    }
    std::map<std::int32_t, std::pair<double, int>> sums;
    for (std::size_t j = 0; j < x.rows(); ++j) {
      if (j == i || labels[j] == kNoise) continue;
      sums[labels[j]].first += std::sqrt(squared_distance(x.row(i), x.row(j)));
      ++sums[labels[j]].second;
    }
    double a = 0;
    double b = std::numeric_limits<double>::infinity();
    for (const auto& [label, sum] : sums) {
      if (label == labels[i]) {
        a = sum.first / sum.second;
      } else {
        b = std::min(b, sum.first / sum.second);
      }
    }
    const double expected = i == 77 ? 0 : (b - a) / std::max(a, b);
    EXPECT_NEAR((*samples)[i], expected, 1e-5);
  }
}

TEST(InternalScores, AreNotDefinedWithoutTwoClustersOrWithOneARow) {
  const Matrix x = testing::normal_matrix(4, 2, 2);
  for (const Labels& labels :
       {Labels{0, 0, 0, 0}, Labels{0, 1, 2, 3}, Labels{-1, -1, -1, -1}, Labels{-1, 0, -1, 0}, Labels{-1, 0, -1, 1}}) {
    EXPECT_FALSE(silhouette(x, labels));
    EXPECT_FALSE(silhouette_samples(x, labels));
    EXPECT_FALSE(calinski_harabasz(x, labels));
    EXPECT_FALSE(davies_bouldin(x, labels));
  }
  EXPECT_FALSE(silhouette(Matrix(0, 2), Labels{}));
}

TEST(InternalScores, DoNotDependOnNamesOrderOrScale) {
  const Matrix x = testing::normal_matrix(60, 3, 3);
  Labels labels;
  Labels renamed;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < 60; ++i) {
    labels.push_back(static_cast<std::int32_t>(i % 4));
    renamed.push_back(static_cast<std::int32_t>(100 - 7 * (i % 4)));
    order.push_back(59 - i);
  }
  Matrix reversed = take_rows(x, order);
  for (float& value : reversed.values()) value = 8 * value + 16;
  std::ranges::reverse(renamed);
  EXPECT_NEAR(*silhouette(x, labels), *silhouette(reversed, renamed), 1e-6);
  EXPECT_NEAR(*calinski_harabasz(x, labels), *calinski_harabasz(reversed, renamed), 1e-5);
  EXPECT_NEAR(*davies_bouldin(x, labels), *davies_bouldin(reversed, renamed), 1e-5);
}

TEST(Silhouette, AnyNumberOfThreadsGivesTheSame) {
  const Matrix x = testing::normal_matrix(500, 6, 4);
  Labels labels;
  for (std::size_t i = 0; i < 500; ++i) labels.push_back(static_cast<std::int32_t>(i % 7));
  EXPECT_EQ(silhouette_samples(x, labels, {.threads = 1, .progress = {}}),
            silhouette_samples(x, labels, {.threads = 4, .progress = {}}));
}

TEST(Silhouette, OfEqualRowsIsZero) { EXPECT_EQ(silhouette(Matrix(6, 2), Labels{0, 0, 0, 1, 1, 1}), 0.0); }

TEST(InternalScores, RejectWrongLengthLabelAndNan) {
  Matrix x(3, 2);
  EXPECT_THROW(static_cast<void>(silhouette(x, Labels{0, 1})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(davies_bouldin(x, Labels{0, 1, -2})), InvalidArgument);
  x(1, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(static_cast<void>(calinski_harabasz(x, Labels{0, 1, 1})), InvalidArgument);
}

}  // namespace
}  // namespace songmap::metrics
