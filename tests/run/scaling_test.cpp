#include "songmap/run/scaling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "run/made_run.h"
#include "songmap/core/linalg.h"
#include "songmap/core/random.h"
#include "songmap/features/recipe.h"

namespace songmap::run {
namespace {

/// Rows as the recipe timbre gives them, with units that differ from column to column.
Matrix timbre_rows(std::size_t n) {
  Random random(6);
  Matrix x(n, features::recipe("timbre").columns.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t c = 0; c < x.cols(); ++c) {
      x(i, c) = static_cast<float>(std::pow(10.0, static_cast<double>(c % 7) - 3) * random.normal());
    }
  }
  return x;
}

double mean_variance(MatrixView x) {
  const std::vector<double> variances = covariance_eigenvalues(x);
  return std::accumulate(variances.begin(), variances.end(), 0.0) / static_cast<double>(x.cols());
}

TEST(FeatureScaling, BlocksHaveMeanVarianceOneOnTheTrainingRowsAsOtherScalingsDo) {
  const testing::MadeRun made;
  StageRecord record = made.record();
  const Matrix raw = timbre_rows(80);
  std::vector<std::size_t> training(60);
  std::iota(training.begin(), training.end(), std::size_t{0});
  for (const char* kind : {"blocks", "z"}) {
    FeatureOptions options;
    options.scaling = kind;
    const FeatureScaling scaling = fit_scaling(raw, training, options, record.manifest(), record);
    EXPECT_NEAR(mean_variance(take_rows(transform(scaling, raw), training)), 1, 0.02) << kind;
  }
}

}  // namespace
}  // namespace songmap::run
