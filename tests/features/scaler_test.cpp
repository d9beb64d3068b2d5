#include "songmap/features/scaler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::features {
namespace {

TEST(Scaler, ZByHandAndConstantColumnsBecomeZero) {
  const Matrix x(4, 2, {1, 0.1F, 1, 0.1F, 3, 0.1F, 3, 0.1F});
  const ScalerModel model = fit_scaler(x, {.kind = "z"});
  EXPECT_EQ(transform(model, x), Matrix(4, 2, {-1, 0, -1, 0, 1, 0, 1, 0}));
  EXPECT_EQ(transform(model, Matrix(1, 2, {5, 7})), Matrix(1, 2, {3, 0}));
}

TEST(Scaler, ZSurvivesALargeOffset) {
  Matrix x = testing::normal_matrix(200, 1, 1);
  for (float& value : x.values()) value = 1e6F + std::round(8 * value);
  const Matrix z = transform(fit_scaler(x, {.kind = "z"}), x);
  double sum = 0;
  double squares = 0;
  for (const float value : z.values()) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  EXPECT_NEAR(sum / 200, 0, 1e-6);
  EXPECT_NEAR(squares / 200, 1, 1e-6);
}

// exp of a symmetric column is skewed and positive; the same with a zero in it is not positive; a symmetric one is not
// skewed; a left-skewed one would get worse.
TEST(Scaler, LogzcTakesTheLogarithmWhereItHelps) {
  const std::vector<float> symmetric{-3, -2, -1, -.5, 0, 0, .5, 1, 2, 3};
  Matrix x(10, 4);
  for (std::size_t i = 0; i < 10; ++i) {
    x(i, 0) = std::exp(symmetric[i]);
    x(i, 1) = i == 0 ? 0 : std::exp(symmetric[i]);
    x(i, 2) = symmetric[i] + 10;
    x(i, 3) = 30 - std::exp(symmetric[i]);
  }
  const ScalerModel model = fit_scaler(x, {.kind = "logzc"});
  EXPECT_EQ(model.logarithm, (std::vector<std::uint8_t>{1, 0, 0, 0}));
  const Matrix scaled = transform(model, x);
  const Matrix z = transform(fit_scaler(x, {.kind = "z"}), x);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_NEAR(scaled(i, 0), z(i, 2), 1e-5);  // the logarithm gives the symmetric column back
    EXPECT_NEAR(scaled(i, 2), z(i, 2), 1e-5);
  }
  // A new value that has no logarithm counts as the smallest seen.
  Matrix negative(1, 4, {-5, 1, 10, 20});
  EXPECT_EQ(transform(model, negative)(0, 0), scaled(0, 0));
}

TEST(Scaler, LogzcClipsOutliersAndIsStandardisedAfterIt) {
  Matrix x = testing::normal_matrix(400, 1, 2);
  x(7, 0) = -30;
  const Matrix scaled = transform(fit_scaler(x, {.kind = "logzc"}), x);
  double sum = 0;
  double squares = 0;
  for (const float value : scaled.values()) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  EXPECT_NEAR(sum / 400, 0, 1e-6);
  EXPECT_NEAR(squares / 400, 1, 1e-5);
  const Matrix z = transform(fit_scaler(x, {.kind = "z"}), x);
  EXPECT_LT(z(7, 0), -15);
  EXPECT_GT(scaled(7, 0), -8);
}

TEST(Scaler, TrackStandardisesEachRow) {
  const Matrix x(2, 4, {1, 1, 3, 3, 5, 5, 5, 5});
  EXPECT_EQ(transform(fit_scaler(x, {.kind = "track"}), x), Matrix(2, 4, {-1, -1, 1, 1, 0, 0, 0, 0}));
  EXPECT_EQ(standardised_rows(x), Matrix(2, 4, {-1, -1, 1, 1, 0, 0, 0, 0}));
}

TEST(Scaler, RankIsTheShareBelow) {
  const Matrix x(4, 1, {10, 1000, 20, 20});
  const Matrix ranked = transform(fit_scaler(x, {.kind = "rank"}), x);
  const double unit = std::sqrt(12.0);
  EXPECT_NEAR(ranked(0, 0), (.5 / 4 - .5) * unit, 1e-6);
  EXPECT_NEAR(ranked(1, 0), (3.5 / 4 - .5) * unit, 1e-6);
  EXPECT_NEAR(ranked(2, 0), 0, 1e-6);
  EXPECT_EQ(ranked(2, 0), ranked(3, 0));
  const Matrix beyond = transform(fit_scaler(x, {.kind = "rank"}), Matrix(1, 1, {1e9F}));
  EXPECT_NEAR(beyond(0, 0), .5 * unit, 1e-6);
}

TEST(Scaler, NewRowsAreScaledAsTheOldOnes) {
  const Matrix x = testing::normal_matrix(50, 3, 3);
  const std::vector<std::size_t> some{4, 40};
  for (const char* const kind : {"none", "z", "logzc", "track", "rank"}) {
    const ScalerModel model = fit_scaler(x, {.kind = kind});
    EXPECT_EQ(transform(model, take_rows(x, some)), take_rows(transform(model, x), some)) << kind;
  }
}

TEST(Scaler, OneRowBecomesZero) {
  const Matrix x(1, 3, {1, 2, 3});
  for (const char* const kind : {"z", "logzc", "rank"}) {
    EXPECT_EQ(transform(fit_scaler(x, {.kind = kind}), x), Matrix(1, 3)) << kind;
  }
}

TEST(Scaler, RejectsWhatItCannotDo) {
  Matrix x(3, 2);
  EXPECT_THROW(static_cast<void>(fit_scaler(x, {.kind = "whiten"})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_scaler(Matrix(), {})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(transform(fit_scaler(x, {}), Matrix(3, 3))), InvalidArgument);
  x(0, 1) = std::numeric_limits<float>::infinity();
  EXPECT_THROW(static_cast<void>(fit_scaler(x, {})), InvalidArgument);
  ScalerOptions options;
  OptionSet set;
  set.section("scaler");
  describe(set, options);
  set.assign("scaler.kind=rank", "test");
  EXPECT_EQ(options.kind, "rank");
  EXPECT_THROW(set.assign("scaler.kind=whiten", "test"), InvalidArgument);
}

// Nothing here is clipped: what goes back is what came.
TEST(Scaler, GoesBackToTheUnitsOfTheColumns) {
  Matrix x = testing::normal_matrix(60, 3, 5);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    x(i, 1) = std::exp(x(i, 1));
    x(i, 2) = 7;
  }
  for (const char* kind : {"none", "z", "logzc", "rank"}) {
    const ScalerModel model = fit_scaler(x, {.kind = kind});
    const Matrix back = inverse_transform(model, transform(model, x));
    for (std::size_t i = 0; i < x.values().size(); ++i) EXPECT_NEAR(back.values()[i], x.values()[i], 1e-4) << kind;
  }
  const ScalerModel track = fit_scaler(x, {.kind = "track"});
  EXPECT_THROW((void)inverse_transform(track, x), InvalidArgument);
}

}  // namespace
}  // namespace songmap::features
