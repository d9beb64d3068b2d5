#include <gtest/gtest.h>

#include <cmath>

#include "songmap/cluster/kmeans.h"
#include "songmap/features/scaler.h"
#include "songmap/metrics/external.h"
#include "songmap/metrics/internal.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

struct Scores {
  double nmi = 0;
  double ari = 0;
  double silhouette = 0;
  double inertia = 0;
};

// Means over 20 seeds of k-means with 10 starts.
Scores mean_scores(MatrixView x, const std::vector<std::int32_t>& genres) {
  constexpr int kSeeds = 20;
  Scores mean;
  for (int seed = 0; seed < kSeeds; ++seed) {
    KMeansOptions options;
    options.n_clusters = 10;
    options.seed = static_cast<std::uint64_t>(seed);
    const KMeansModel model = fit_kmeans(x, options);
    const auto& labels = model.labels;
    const auto table = metrics::contingency(genres, labels);
    mean.nmi += *metrics::normalized_mutual_info(table) / kSeeds;
    mean.ari += *metrics::adjusted_rand_index(table) / kSeeds;
    mean.inertia += model.inertia / kSeeds;
    mean.silhouette += *metrics::silhouette(x, labels) / kSeeds;
  }
  return mean;
}

// scikit-learn over 20 seeds: NMI .320 ± .007, ARI .178 ± .006: the means of both are known to .002.
TEST(KMeansParity, GtzanScaledLiesInTheBandOfScikitLearn) {
  SONGMAP_NEED_GTZAN(data);
  const auto scaler = features::fit_scaler(data->features, {.kind = "z"});
  const Scores scores = mean_scores(features::transform(scaler, data->features), data->genres.codes);
  EXPECT_NEAR(scores.nmi, .320, .006);
  EXPECT_NEAR(scores.ari, .178, .005);
}

// Unscaled, one column rules: bad groups with the best silhouette of all.
TEST(KMeansParity, GtzanUnscaledHasTheHighSilhouetteOfBadGroups) {
  SONGMAP_NEED_GTZAN(data);
  const Scores scores = mean_scores(data->features, data->genres.codes);
  EXPECT_NEAR(scores.nmi, .166, .003);
  EXPECT_NEAR(scores.ari, .086, .003);
  EXPECT_NEAR(scores.silhouette, .430, .005);
}

// Inertia of 10 starts, as a mean over 20 seeds on both sides: no more than three standard errors apart.
TEST(KMeansParity, InertiaIsThatOfScikitLearn) {
  SONGMAP_NEED_GTZAN(data);
  const auto scaler = features::fit_scaler(data->features, {.kind = "z"});
  const auto expected = testing::numerics_reference()["gtzan"];
  const Scores scores = mean_scores(features::transform(scaler, data->features), data->genres.codes);
  const double deviation = expected["kmeans_inertia_deviation"];
  EXPECT_NEAR(scores.inertia, expected["kmeans_inertia_mean_of_20_seeds"].get<double>(), 3 * deviation * std::sqrt(.1));
}

}  // namespace
}  // namespace songmap::cluster
