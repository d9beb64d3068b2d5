#include "songmap/model/training_report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "songmap/core/random.h"

namespace songmap::model {
namespace {

/// Says the same about whatever it is asked.
class FixedModel final : public LatentModel {
 public:
  explicit FixedModel(Posterior posterior) : posterior_(std::move(posterior)) {}

  [[nodiscard]] std::size_t n_inputs() const override { return 4; }
  [[nodiscard]] std::size_t n_latent() const override { return posterior_.mean.cols(); }
  [[nodiscard]] std::size_t n_conditions() const override { return 0; }
  void save(const std::filesystem::path&) const override {}

 private:
  [[nodiscard]] Posterior encode_rows(MatrixView, MatrixView) const override { return posterior_; }
  [[nodiscard]] Matrix decode_rows(MatrixView z, MatrixView) const override { return {z.rows(), 4}; }

  Posterior posterior_;
};

/// Two directions of variance 9 among four.
Matrix rows() {
  Random random(1);
  Matrix x(4, 4);
  for (float& value : x.values()) value = static_cast<float>(0.1 * random.normal());
  for (std::size_t i = 0; i < 4; ++i) {
    x(i, 0) += i < 2 ? 3.0F : -3.0F;
    x(i, 1) += i % 2 == 0 ? 3.0F : -3.0F;
  }
  return x;
}

TrainingReport report_on(Posterior posterior) {
  TrainingReport report;
  describe_latent_use(report, FixedModel(std::move(posterior)), rows(), /*variance=*/0.25);
  return report;
}

TEST(DescribeLatentUse, KlAndActiveUnitsAreWorkedOutByHand) {
  const auto log2 = std::log(2.0F);
  const TrainingReport report = report_on({Matrix(4, 2, {1, 0.05F, -1, 0.05F, 1, -0.05F, -1, -0.05F}),
                                           Matrix(4, 2, {-log2, 0, -log2, 0, -log2, 0, -log2, 0})});
  EXPECT_NEAR(report.kl_per_dimension[0], 0.5 * (1 + 0.5 - 1 + std::log(2.0)), 1e-6);
  EXPECT_NEAR(report.kl_per_dimension[1], 0.5 * 0.0025, 1e-6);
  EXPECT_EQ(report.active_units, 1U);  // variances 1 and .0025
  EXPECT_EQ(report.predicted_active, 2);
  EXPECT_EQ(report.sigma, 0.5);
  EXPECT_FALSE(report.collapsed);
}

TEST(DescribeLatentUse, OnlyAVariationalModelCollapses) {
  EXPECT_TRUE(report_on({Matrix(4, 2), Matrix(4, 2)}).collapsed);
  const TrainingReport plain = report_on({Matrix(4, 2), {}});
  EXPECT_EQ(plain.active_units, 0U);
  EXPECT_FALSE(plain.collapsed);
}

TEST(DescribeLatentUse, TheCodeOfAPlainAutoencoderIsMeasuredByItsOwnScale) {
  // Standard deviations 1e-3, 2e-4 and 5e-5: variances 1, .04 and .0025 of the greatest.
  const TrainingReport report = report_on(
      {Matrix(4, 3, {1e-3F, 2e-4F, 5e-5F, -1e-3F, -2e-4F, 5e-5F, 1e-3F, -2e-4F, -5e-5F, -1e-3F, 2e-4F, -5e-5F}), {}});
  EXPECT_EQ(report.active_units, 2U);
  EXPECT_EQ(report.kl_per_dimension, std::vector<double>(3, 0.0));
}

}  // namespace
}  // namespace songmap::model
