#include <gtest/gtest.h>

#include "songmap/features/scaler.h"
#include "songmap/projection/quality.h"
#include "songmap/projection/tsne.h"
#include "songmap/projection/umap.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::projection {
namespace {

TEST(ProjectionParity, TrustworthinessEqualsScikitLearn) {
  const auto reference = testing::numerics_reference()["projection"];
  const Matrix high = testing::json_matrix(reference["high"]);
  const Matrix low = testing::json_matrix(reference["low"]);
  for (const std::size_t k : {1, 5, 15, 19}) {
    EXPECT_NEAR(*trustworthiness(high, low, k), reference["trustworthiness"][std::to_string(k)].get<double>(), 1e-12);
  }
}

// Mean over three seeds. scikit-learn 1.9.1 .948, openTSNE 1.0.4 .947 on the same scaled table.
TEST(ProjectionParity, TsneOfGtzanIsAsTrustworthyAsThatOfOthers) {
  SONGMAP_NEED_GTZAN(data);
  const Matrix x = features::transform(features::fit_scaler(data->features, {.kind = "z"}), data->features);
  double mean = 0;
  for (const std::uint64_t seed : {0, 1, 2}) {
    TsneOptions options;
    options.seed = seed;
    mean += *trustworthiness(x, tsne(x, options).points) / 3;
  }
  EXPECT_NEAR(mean, .947, .004);
}

// umap-learn 0.5.12: .935 and .934 (two seeds).
TEST(ProjectionParity, UmapOfGtzanIsAsTrustworthyAsThatOfOthers) {
  SONGMAP_NEED_GTZAN(data);
  const Matrix x = features::transform(features::fit_scaler(data->features, {.kind = "z"}), data->features);
  double mean = 0;
  for (const std::uint64_t seed : {0, 1, 2}) {
    UmapOptions options;
    options.seed = seed;
    mean += *trustworthiness(x, umap(x, options).points) / 3;
  }
  EXPECT_NEAR(mean, .935, .004);
}

}  // namespace
}  // namespace songmap::projection
