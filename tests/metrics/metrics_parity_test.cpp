#include <gtest/gtest.h>

#include <cmath>

#include "songmap/features/scaler.h"
#include "songmap/metrics/external.h"
#include "songmap/metrics/internal.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::metrics {
namespace {

TEST(MetricsParity, ExternalScoresEqualScikitLearn) {
  const auto reference = testing::numerics_reference()["external"];
  ASSERT_EQ(reference.size(), 15U);
  for (const auto& expected : reference) {
    const auto classes = expected["classes"].get<std::vector<std::int32_t>>();
    const Contingency table = contingency(classes, expected["clusters"].get<std::vector<std::int32_t>>());
    for (const ExternalMetric& metric : kExternalMetrics) {
      EXPECT_NEAR(*metric.score(table), expected[std::string(metric.name)].get<double>(), 1e-9)
          << metric.name << " of " << expected["classes"].dump() << " " << expected["clusters"].dump();
    }
    EXPECT_NEAR(mutual_info(table), expected["mutual_info"].get<double>(), 1e-12);
    EXPECT_NEAR(expected_mutual_info(table), expected["expected_mutual_info"].get<double>(), 1e-10);
  }
}

TEST(MetricsParity, InternalScoresEqualScikitLearn) {
  const auto reference = testing::numerics_reference()["internal"];
  ASSERT_EQ(reference.size(), 5U);
  for (const auto& expected : reference) {
    const Matrix x = testing::json_matrix(expected["x"]);
    const auto labels = expected["labels"].get<std::vector<std::int32_t>>();
    const auto relative = [](double value) { return 1e-5 * std::max(1.0, std::abs(value)); };
    EXPECT_NEAR(*silhouette(x, labels), expected["silhouette"].get<double>(), 1e-6);
    const double ch = expected["calinski_harabasz"];
    EXPECT_NEAR(*calinski_harabasz(x, labels), ch, relative(ch));
    const double db = expected["davies_bouldin"];
    EXPECT_NEAR(*davies_bouldin(x, labels), db, relative(db));
    const auto samples = silhouette_samples(x, labels);
    std::size_t next = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] == kNoise) continue;
      EXPECT_NEAR((*samples)[i], expected["samples"][next++].get<double>(), 1e-6);
    }
  }
}

TEST(MetricsParity, ScoresOfTheGenresOfGtzan) {
  SONGMAP_NEED_GTZAN(data);
  const auto expected = testing::numerics_reference()["gtzan"];
  const Matrix x = features::transform(features::fit_scaler(data->features, {.kind = "z"}), data->features);
  EXPECT_NEAR(*silhouette(x, data->genres.codes), expected["silhouette_of_genre"].get<double>(), 1e-6);
  EXPECT_NEAR(*calinski_harabasz(x, data->genres.codes), expected["calinski_harabasz_of_genre"].get<double>(), 1e-3);
  EXPECT_NEAR(*davies_bouldin(x, data->genres.codes), expected["davies_bouldin_of_genre"].get<double>(), 1e-4);
}

}  // namespace
}  // namespace songmap::metrics
