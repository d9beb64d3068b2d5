#include "songmap/model/latent_groups.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "model/learner_case.h"
#include "songmap/core/error.h"
#include "songmap/model/gaussian_product.h"

namespace songmap::model {
namespace {

constexpr std::size_t kRows = 4;
constexpr std::size_t kGroups = 3;
constexpr std::size_t kLatent = 2;

LatentGroups some_groups() { return groups_of(normals(flat_size(kGroups, kLatent), 11), kGroups, kLatent); }

struct Rows {
  Matrix mean{kRows, kLatent, normals(kRows* kLatent, 12)};
  Matrix log_variance{kRows, kLatent, normals(kRows* kLatent, 13)};
};

/// Holds every derivative against the slope of the value.
void expect_slopes(
    const std::function<double(const LatentGroups&, const Matrix&, const Matrix&, const GroupGradient&)>& divergence,
    std::size_t first_group_number, std::size_t last_group_number) {
  Rows at;
  const std::vector<float> numbers = flat(some_groups());
  std::vector<float> to_mean(kRows * kLatent, 9);  // what stands there does not matter
  std::vector<float> to_log_variance(kRows * kLatent, 9);
  std::vector<float> to_groups(numbers.size(), 9);
  static_cast<void>(divergence(some_groups(), at.mean, at.log_variance, {to_mean, to_log_variance, to_groups}));

  constexpr float kShift = 1e-2F;
  const auto slope = [&](float& number, const auto& value) {
    const float here = number;
    number = here + kShift;
    const double above = value();
    number = here - kShift;
    const double below = value();
    number = here;
    return (above - below) / (2.0 * static_cast<double>(kShift));
  };
  const auto of_rows = [&] { return divergence(some_groups(), at.mean, at.log_variance, {}); };
  for (std::size_t i = 0; i < to_mean.size(); ++i) {
    EXPECT_NEAR(to_mean[i], slope(at.mean.values()[i], of_rows), 2e-3) << i;
    EXPECT_NEAR(to_log_variance[i], slope(at.log_variance.values()[i], of_rows), 2e-3) << i;
  }
  std::vector<float> moved = numbers;
  const auto of_groups = [&] { return divergence(groups_of(moved, kGroups, kLatent), at.mean, at.log_variance, {}); };
  double largest = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const double expected = i >= first_group_number && i < last_group_number ? slope(moved[i], of_groups) : 0;
    EXPECT_NEAR(to_groups[i], expected, 4e-3) << i;
    largest = std::max(largest, std::abs(expected));
  }
  EXPECT_GT(largest, 0.1);
}

TEST(LatentGroups, FlatNumbersAreTheSameGroups) {
  const LatentGroups groups = some_groups();
  const LatentGroups again = groups_of(flat(groups), kGroups, kLatent);
  for (std::size_t c = 0; c < kGroups; ++c) EXPECT_NEAR(again.weight[c], groups.weight[c], 1e-6);
  EXPECT_EQ(again.mean, groups.mean);
  for (std::size_t i = 0; i < groups.variance.values().size(); ++i) {
    EXPECT_NEAR(again.variance.values()[i], groups.variance.values()[i], 1e-5 * groups.variance.values()[i]);
  }
  EXPECT_THROW((void)groups_of(flat(groups), kGroups, kLatent + 1), InvalidArgument);
}

TEST(MixtureDivergence, DerivativesAreSlopes) { expect_slopes(mixture_divergence, 0, flat_size(kGroups, kLatent)); }

TEST(MixtureDivergence, OneStandardNormalIsTheKlOfAPlainVae) {
  const LatentGroups standard{{1}, Matrix(1, kLatent), Matrix(1, kLatent, {1, 1})};
  const Rows at;
  double expected = 0;
  for (std::size_t i = 0; i < at.mean.values().size(); ++i) {
    expected += kl_to_standard_normal({at.mean.values()[i], std::exp(at.log_variance.values()[i])});
  }
  EXPECT_NEAR(mixture_divergence(standard, at.mean, at.log_variance), expected, 1e-5 * expected);
}

TEST(MixtureDivergence, IsAboveTheKlToTheMixtureAndNearItWhereGroupsAreFarApart) {
  LatentGroups groups = some_groups();
  Random random(5);
  for (const double apart : {1.0, 20.0}) {
    for (std::size_t c = 0; c < kGroups; ++c) groups.mean(c, 0) = static_cast<float>(apart * static_cast<double>(c));
    const Matrix mean(1, kLatent, {0.2F, -0.3F});
    const Matrix log_variance(1, kLatent, {-1, -0.5F});
    double kl = 0;
    constexpr int kDraws = 40000;
    for (int draw = 0; draw < kDraws; ++draw) {
      double log_q = 0;
      double p = 0;
      std::vector<double> z(kLatent);
      for (std::size_t j = 0; j < kLatent; ++j) {
        const double noise = random.normal();
        z[j] = mean(0, j) + std::exp(0.5 * log_variance(0, j)) * noise;
        log_q -= 0.5 * (log_variance(0, j) + noise * noise);
      }
      for (std::size_t c = 0; c < kGroups; ++c) {
        double log_p = std::log(static_cast<double>(groups.weight[c]));
        for (std::size_t j = 0; j < kLatent; ++j) {
          const double variance = groups.variance(c, j);
          log_p -= 0.5 * (std::log(variance) + std::pow(z[j] - groups.mean(c, j), 2) / variance);
        }
        p += std::exp(log_p);
      }
      kl += (log_q - std::log(p)) / kDraws;
    }
    const double bound = mixture_divergence(groups, mean, log_variance);
    EXPECT_GT(bound, kl - 0.02) << apart;
    if (apart > 10) EXPECT_NEAR(bound, kl, 0.02);
  }
}

TEST(MixtureMembership, IsBayesRuleByHand) {
  // Two groups at -1 and 1, of one dimension, variance 1, weights .25 and .75. A row at 0 without spread is as near to
  // both: its shares are the weights. At 1 with spread s the spread counts in both alike.
  const LatentGroups groups{{.25F, .75F}, Matrix(2, 1, {-1, 1}), Matrix(2, 1, {1, 1})};
  const Matrix share = mixture_membership(groups, Matrix(2, 1, {0, 1}), Matrix(2, 1, {-30, 0}));
  EXPECT_NEAR(share(0, 0), .25, 1e-6);
  const double far = .25 * std::exp(-2.0);
  EXPECT_NEAR(share(1, 0), far / (far + .75), 1e-6);
  EXPECT_NEAR(share(1, 1), .75 / (far + .75), 1e-6);
}

TEST(StudentDivergence, DerivativesAreSlopes) {
  const Matrix target = sharpened(student_membership(some_groups(), Matrix(kRows, kLatent, normals(8, 20))));
  expect_slopes([&](const LatentGroups& groups, const Matrix& mean, const Matrix&,
                    const GroupGradient& gradient) { return student_divergence(groups, mean, target, gradient); },
                kGroups, kGroups * (1 + kLatent));  // the means alone
}

TEST(StudentDivergence, IsNothingWhereTheTargetIsReached) {
  const Rows at;
  const Matrix share = student_membership(some_groups(), at.mean);
  EXPECT_NEAR(student_divergence(some_groups(), at.mean, share), 0, 1e-6);
  EXPECT_GT(student_divergence(some_groups(), at.mean, sharpened(share)), 1e-3);
}

TEST(StudentMembership, IsItsFormulaByHand) {
  const LatentGroups groups{{.5F, .5F}, Matrix(2, 1, {0, 3}), Matrix(2, 1, {1, 1})};
  const Matrix share = student_membership(groups, Matrix(1, 1, {1}));  // kernels 1/2 and 1/5
  EXPECT_NEAR(share(0, 0), 5.0 / 7, 1e-6);
  EXPECT_NEAR(share(0, 1), 2.0 / 7, 1e-6);
}

TEST(Sharpened, IsItsFormulaByHand) {
  // Sizes 1.3 and .7. Row 0: .64/1.3 and .04/.7; row 1: .25/1.3 and .25/.7.
  const Matrix sharp = sharpened(Matrix(2, 2, {.8F, .2F, .5F, .5F}));
  EXPECT_NEAR(sharp(0, 0), (.64 / 1.3) / (.64 / 1.3 + .04 / .7), 1e-6);
  EXPECT_NEAR(sharp(1, 0), (1 / 1.3) / (1 / 1.3 + 1 / .7), 1e-6);
  EXPECT_NEAR(sharp(1, 0) + sharp(1, 1), 1, 1e-6);
  // An empty group stays empty.
  const Matrix empty = sharpened(Matrix(1, 2, {1, 0}));
  EXPECT_EQ(empty(0, 0), 1);
  EXPECT_EQ(empty(0, 1), 0);
}

}  // namespace
}  // namespace songmap::model
