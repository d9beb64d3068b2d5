#include "songmap/model/gaussian_product.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "songmap/core/error.h"

namespace songmap::model {
namespace {

TEST(GaussianProduct, PrecisionsAddUpAndWeightTheMeans) {
  const std::array<Gaussian, 2> experts{{{1, 0.5}, {4, 1}}};
  const Gaussian without = product(experts, /*with_prior=*/false);
  EXPECT_DOUBLE_EQ(without.variance, 1.0 / 3);
  EXPECT_DOUBLE_EQ(without.mean, (1 * 2 + 4) / 3.0);
  const Gaussian with = product(experts, /*with_prior=*/true);
  EXPECT_DOUBLE_EQ(with.variance, 1.0 / 4);
  EXPECT_DOUBLE_EQ(with.mean, 6 / 4.0);
}

TEST(GaussianProduct, IsTheNormalisedProductOfTheDensities) {
  const std::array<Gaussian, 2> experts{{{-0.7, 0.3}, {1.1, 2}}};
  const Gaussian joined = product(experts, /*with_prior=*/true);
  const auto log_density = [](const Gaussian& g, double z) {
    return -0.5 * (std::pow(z - g.mean, 2) / g.variance + std::log(g.variance));
  };
  const auto apart = [&](double z) {
    return log_density(experts[0], z) + log_density(experts[1], z) + log_density({}, z) - log_density(joined, z);
  };
  for (const double z : {-3.0, 0.2, 1.0, 5.0}) EXPECT_NEAR(apart(z), apart(0), 1e-12);
}

TEST(GaussianProduct, OfOneExpertIsTheExpertAndOfNoneThePrior) {
  const std::array<Gaussian, 1> one{{{2, 0.25}}};
  EXPECT_DOUBLE_EQ(product(one, /*with_prior=*/false).mean, 2);
  EXPECT_DOUBLE_EQ(product(one, /*with_prior=*/false).variance, 0.25);
  EXPECT_DOUBLE_EQ(product({}, /*with_prior=*/true).variance, 1);
  EXPECT_THROW((void)product({}, /*with_prior=*/false), InvalidArgument);
  const std::array<Gaussian, 1> flat{{{2, 0}}};
  EXPECT_THROW((void)product(flat, /*with_prior=*/true), InvalidArgument);
}

TEST(GaussianProduct, KlByHand) {
  EXPECT_DOUBLE_EQ(kl_to_standard_normal({0, 1}), 0);
  EXPECT_NEAR(kl_to_standard_normal({2, std::exp(1.0)}), 0.5 * (4 + std::exp(1.0) - 1 - 1), 1e-12);
}

TEST(GaussianProduct, SubsetsThatARowCannotFormHaveNoWeight) {
  const SubsetWeights both = subset_weights(true, true);
  EXPECT_DOUBLE_EQ(both.audio, 1.0 / 3);
  EXPECT_DOUBLE_EQ(both.lyrics, 1.0 / 3);
  EXPECT_DOUBLE_EQ(both.both, 1.0 / 3);
  const SubsetWeights audio = subset_weights(true, false);
  EXPECT_DOUBLE_EQ(audio.audio, 1);
  EXPECT_DOUBLE_EQ(audio.lyrics + audio.both, 0);
  const SubsetWeights lyrics = subset_weights(false, true);
  EXPECT_DOUBLE_EQ(lyrics.lyrics, 1);
  EXPECT_DOUBLE_EQ(lyrics.audio + lyrics.both, 0);
  const SubsetWeights none = subset_weights(false, false);
  EXPECT_DOUBLE_EQ(none.audio + none.lyrics + none.both, 0);
}

}  // namespace
}  // namespace songmap::model
