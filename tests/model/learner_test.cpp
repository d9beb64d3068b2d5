#include "songmap/model/learner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/learner_case.h"
#include "songmap/core/error.h"

namespace songmap::model {
namespace {

TEST(Learner, GapsBetweenParametersStayZero) {
  const Case given({small_vae("calibrated", {4}, 0), 6});
  const auto learner = given.learner(Differentiation::kByHand);
  for (int step = 0; step < 3; ++step) {
    learner->differentiate(given.batch(), 1);
    learner->update(1e-2, 5);
  }
  LearnerState state;
  learner->store(state);
  std::vector<bool> used(state.parameters.size());
  const MlpLayout layout = mlp_layout(given.shape, given.options);
  for (const auto* layers : {&layout.encoder, &layout.decoder}) {
    for (const LinearLayer& layer : *layers) {
      std::fill_n(used.begin() + std::ptrdiff_t(layer.weight), layer.n_in * layer.n_out, true);
      std::fill_n(used.begin() + std::ptrdiff_t(layer.bias), layer.n_out, true);
    }
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) {
      EXPECT_EQ(state.parameters[i], 0.0F) << i;
    }
  }
}

TEST(Learner, UpdateIsAdamOnTheShortenedGradient) {
  const Case given({small_vae("study", {4}, 0), 6});
  const auto learner = given.learner(Differentiation::kByHand);
  learner->differentiate(given.batch(), 1);
  const std::vector<float> gradient = learner->gradient();
  double squares = 0;
  for (const float value : gradient) squares += static_cast<double>(value) * value;
  const double norm = std::sqrt(squares);
  const double clip = norm / 3;
  EXPECT_NEAR(learner->update(1e-2, clip), norm, 1e-5 * norm);
  LearnerState after;
  learner->store(after);
  EXPECT_EQ(after.steps, 1U);
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    // The first step of Adam, bias-corrected: lr g / (|g| + eps).
    const double g = gradient[i] / 3.0;
    EXPECT_NEAR(after.parameters[i], given.state.parameters[i] - 1e-2 * g / (std::abs(g) + 1e-8), 1e-5) << i;
    EXPECT_NEAR(after.first_moment[i], 0.1 * g, 1e-7) << i;
  }
}

TEST(Learner, AGradientThatIsNotFiniteChangesNothing) {
  Case given({small_vae("study", {4}, 0), 6});
  given.data(given.rows[0], 0) = 3e38F;
  const auto learner = given.learner(Differentiation::kByHand);
  learner->differentiate(given.batch(), 1);
  EXPECT_FALSE(std::isfinite(learner->update(1e-2, 5)));
  LearnerState after;
  learner->store(after);
  EXPECT_EQ(after.parameters, given.state.parameters);
  EXPECT_EQ(after.steps, 0U);
}

TEST(Learner, FreeBitsPullNoDimensionThatIsBelowThem) {
  // A decoder of zeros: the gradient is that of the KL term alone. The means are the encoder's biases, 1 and .1, and
  // the log variances are 0, so that the two dimensions have .5 and .005 nats.
  VaeOptions options = small_vae("study", {}, 0);
  options.n_latent = 2;
  options.free_bits = 0.1;
  Case given({options, 6});
  const MlpLayout layout = mlp_layout(given.shape, options);
  std::ranges::fill(given.state.parameters, 0.0F);
  given.state.parameters[layout.encoder[0].bias] = 1;
  given.state.parameters[layout.encoder[0].bias + 1] = 0.1F;
  for (const auto differentiation : {Differentiation::kByHand, Differentiation::kAutomatic}) {
    const auto learner = given.learner(differentiation);
    const BatchSums sums = learner->differentiate(given.batch(), /*beta=*/3);
    EXPECT_NEAR(sums.kl, 6 * 0.505, 1e-6);
    EXPECT_NEAR(sums.counted_kl, 6 * (0.5 + 0.1), 1e-6);
    EXPECT_NEAR(learner->objective().counted_kl(sums, 6), 0.3, 1e-6);  // averaged over both dimensions
    const std::vector<float> gradient = learner->gradient();
    EXPECT_NEAR(gradient[layout.encoder[0].bias], 1.5, 1e-6);  // beta / 2 dimensions * mean
    EXPECT_EQ(gradient[layout.encoder[0].bias + 1], 0.0F);
  }
}

TEST(Learner, APlainAutoencoderHasSquaredErrorAlone) {
  VaeOptions options = small_vae("calibrated", {}, 0);
  options.n_latent = 1;
  options.variational = false;
  Case given({options, 2, 2});
  given.data(given.rows[0], 0) = 1;
  given.data(given.rows[0], 1) = 2;
  given.data(given.rows[1], 0) = 0;
  given.data(given.rows[1], 1) = -1;
  const MlpLayout layout = mlp_layout(given.shape, options);
  ASSERT_EQ(layout.encoder[0].n_out, 1U);
  std::ranges::fill(given.state.parameters, 0.0F);
  given.state.parameters[layout.encoder[0].weight] = 3;  // code = 3 x0
  given.state.parameters[layout.decoder[0].weight] = 0.5F;
  given.state.parameters[layout.decoder[0].bias + 1] = 1;  // output = (code / 2, 1)
  for (const auto differentiation : {Differentiation::kByHand, Differentiation::kAutomatic}) {
    const auto learner = given.learner(differentiation);
    const BatchSums sums = learner->differentiate(given.batch(), /*beta=*/5);
    EXPECT_NEAR(sums.squared_error, 0.25 + 1 + 0 + 4, 1e-6);  // (1.5, 1) for (1, 2), (0, 1) for (0, -1)
    EXPECT_EQ(sums.kl, 0);
    EXPECT_EQ(sums.counted_kl, 0);
    EXPECT_NEAR(learner->objective().reconstruction(sums, 2), 5.25 / 4, 1e-6);
    // d/dw of the mean of (w code - x0)^2 over 4 numbers, with code 3 in the first row and 0 in the second.
    EXPECT_NEAR(learner->gradient()[layout.decoder[0].weight], 2 * 0.5 * 3 / 4, 1e-6);
    EXPECT_NEAR(learner->objective().variance(), 0.9 * 0.7 + 0.1 * 5.25 / 4, 1e-6);
  }
}

TEST(Objective, CalibratedLossIsWorkedOutByHand) {
  VaeOptions options = small_vae("calibrated", {}, 0);
  Objective objective(options, 4);
  objective.set_variance(2);
  objective.observe(/*squared_error=*/24, /*rows=*/2);  // .9 * 2 + .1 * 24 / 8
  EXPECT_NEAR(objective.variance(), 2.1, 1e-12);
  EXPECT_NEAR(objective.reconstruction({24, 6}, 2), 0.5 * 24 / 2.1 / 2 + 4 * std::log(std::sqrt(2.1)), 1e-12);
  EXPECT_NEAR(objective.kl({24, 6, 8}, 2), 3, 1e-12);
  EXPECT_NEAR(objective.counted_kl({24, 6, 8}, 2), 4, 1e-12);
}

TEST(Objective, StudyLossAveragesOverDimensionsAndImpliesItsNoise) {
  VaeOptions options = small_vae("study", {}, 0);
  options.beta = 6;
  Objective objective(options, 4);
  objective.observe(100, 1);
  EXPECT_NEAR(objective.variance(), 6 * 4 / 6.0, 1e-12);  // beta D / (2 n_latent): learned from nothing
  EXPECT_NEAR(objective.reconstruction({24, 6}, 2), 24 / 8.0, 1e-12);
  EXPECT_NEAR(objective.kl({24, 6}, 2), 6 / 6.0, 1e-12);
}

TEST(Objective, AGivenSigmaStays) {
  VaeOptions options = small_vae("calibrated", {}, 0);
  options.sigma = 0.5;
  Objective objective(options, 4);
  objective.set_variance(3);
  objective.observe(100, 1);
  EXPECT_EQ(objective.variance(), 0.25);
  EXPECT_NEAR(objective.reconstruction({24, 6}, 2), 0.5 * 24 / 0.25 / 2 + 4 * std::log(0.5), 1e-12);
}

TEST(MlpLayout, PutsConditionsBesideInputsAndLatentPoint) {
  VaeOptions options = small_vae("study", {9}, 0);
  const MlpLayout conditional = mlp_layout({70, 4}, options);
  EXPECT_EQ(conditional.encoder[0].n_in, 74U);
  EXPECT_EQ(conditional.encoder[1].n_out, 6U);
  EXPECT_EQ(conditional.decoder[0].n_in, 7U);
  EXPECT_EQ(conditional.decoder[1].n_out, 70U);
  options.variational = false;
  EXPECT_EQ(mlp_layout({70, 4}, options).encoder[1].n_out, 3U);
}

TEST(MlpLayout, MirrorsTheEncoderAndStartsArraysOnCacheLines) {
  VaeOptions options = small_vae("study", {256, 128}, 0);
  options.n_latent = 32;
  const MlpLayout layout = mlp_layout({70}, options);
  ASSERT_EQ(layout.encoder.size(), 3U);
  ASSERT_EQ(layout.decoder.size(), 3U);
  EXPECT_EQ(layout.encoder[2].n_out, 64U);
  EXPECT_EQ(layout.decoder[0].n_in, 32U);
  EXPECT_EQ(layout.decoder[2].n_out, 70U);
  EXPECT_TRUE(layout.encoder[1].relu);
  EXPECT_FALSE(layout.encoder[2].relu);
  EXPECT_FALSE(layout.decoder[2].relu);
  EXPECT_EQ(layout.decoder[1].weight % 16, 0U);
  EXPECT_EQ(layout.decoder[2].bias % 16, 0U);
}

TEST(InitialParameters, AreUniformWithinTheReciprocalRootOfTheInputs) {
  const MlpLayout layout = mlp_layout({400}, small_vae("study", {100}, 0));
  const std::vector<float> flat = initial_parameters(layout, 1);
  const auto first = std::span(flat).subspan(layout.encoder[0].weight, 40000);
  double squares = 0;
  for (const float value : first) {
    EXPECT_LE(std::abs(value), 0.05F);
    squares += static_cast<double>(value) * value;
  }
  EXPECT_NEAR(squares / 40000, 0.05 * 0.05 / 3, 2e-5);
}

TEST(NoiseSource, IsAFunctionOfTheSeed) {
  const auto noise = backend().make_noise();
  std::vector<float> a(1000);
  std::vector<float> b(1000);
  noise->reseed(7);
  noise->fill(a);
  noise->reseed(7);
  noise->fill(b);
  EXPECT_EQ(a, b);
  noise->fill(b);
  EXPECT_NE(a, b);
  EXPECT_NEAR(std::accumulate(a.begin(), a.end(), 0.0) / 1000, 0, 0.15);
}

TEST(Backend, HandWrittenGradientsAreForTheCpu) {
  EXPECT_THROW(static_cast<void>(backend().make_learner({3}, {}, "tpu", Differentiation::kByHand)), InvalidArgument);
}

}  // namespace
}  // namespace songmap::model
