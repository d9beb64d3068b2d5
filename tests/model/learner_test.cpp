#include "songmap/model/learner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <ostream>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/model/backend.h"
#include "songmap/model/mlp_layout.h"

namespace songmap::model {
namespace {

std::vector<float> normals(std::size_t n, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(n);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

/// A small network, a batch of `rows` of 9 rows, and everything random about them.
struct Case {
  Case(VaeOptions vae, std::size_t n_rows, std::size_t inputs = 5) : options(std::move(vae)), n_inputs(inputs) {
    data = Matrix(9, n_inputs, normals(9 * n_inputs, 1));
    rows.resize(n_rows);
    for (std::size_t i = 0; i < n_rows; ++i) rows[i] = (i * 4 + 2) % 9;
    if (options.input_noise > 0) input_noise = normals(n_rows * n_inputs, 2);
    for (float& value : input_noise) value *= static_cast<float>(options.input_noise);
    latent_noise = normals(n_rows * options.n_latent, 3);
    state.parameters = initial_parameters(mlp_layout({n_inputs}, options), 4);
    state.first_moment.resize(state.parameters.size());
    state.second_moment.resize(state.parameters.size());
    state.variance = 0.7;
  }

  [[nodiscard]] std::unique_ptr<Learner> learner(Differentiation differentiation) const {
    auto made = backend().make_learner({n_inputs}, options, "cpu", differentiation);
    made->restore(state);
    return made;
  }

  friend void PrintTo(const Case& given, std::ostream* out) {
    *out << given.options.objective << ", " << given.rows.size() << " rows";
  }

  [[nodiscard]] Batch batch() const { return {data, rows, input_noise, latent_noise}; }

  VaeOptions options;
  std::size_t n_inputs;
  Matrix data;
  std::vector<std::size_t> rows;
  std::vector<float> input_noise;
  std::vector<float> latent_noise;
  LearnerState state;
};

VaeOptions small_vae(const std::string& objective, std::vector<std::size_t> hidden, double input_noise) {
  VaeOptions options;
  options.objective = objective;
  options.hidden = std::move(hidden);
  options.n_latent = 3;
  options.input_noise = input_noise;
  return options;
}

double largest(const std::vector<float>& values) {
  double result = 0;
  for (const float value : values) result = std::max(result, std::abs(static_cast<double>(value)));
  return result;
}

class LearnerGradient : public testing::TestWithParam<Case> {};

TEST_P(LearnerGradient, ByHandIsTheAutomaticOne) {
  const Case& given = GetParam();
  const auto by_hand = given.learner(Differentiation::kByHand);
  const auto automatic = given.learner(Differentiation::kAutomatic);
  const BatchSums a = by_hand->differentiate(given.batch(), 0.8);
  const BatchSums b = automatic->differentiate(given.batch(), 0.8);
  EXPECT_NEAR(a.squared_error, b.squared_error, 1e-5 * b.squared_error);
  EXPECT_NEAR(a.kl, b.kl, 1e-5 * b.kl);
  const std::vector<float> expected = automatic->gradient();
  const std::vector<float> found = by_hand->gradient();
  ASSERT_EQ(found.size(), expected.size());
  const double scale = largest(expected);
  ASSERT_GT(scale, 0);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 2e-6 * scale) << "parameter " << i;
}

TEST_P(LearnerGradient, IsTheSlopeOfTheLoss) {
  const Case& given = GetParam();
  const auto learner = given.learner(Differentiation::kByHand);
  learner->differentiate(given.batch(), 0.8);
  const LossWeights weights = learner->objective().weights(given.rows.size(), 0.8);
  const std::vector<float> gradient = learner->gradient();
  const auto loss_at = [&](std::size_t parameter, float shift) {
    LearnerState moved = given.state;
    moved.parameters[parameter] += shift;
    learner->restore(moved);
    const BatchSums sums = learner->evaluate({given.data, given.rows, given.input_noise, given.latent_noise});
    return weights.error_weight * sums.squared_error + weights.kl_weight * sums.kl;
  };
  const float shift = 4e-3F;
  const double scale = largest(gradient);
  const MlpLayout layout = mlp_layout({given.n_inputs}, given.options);
  for (const auto* layers : {&layout.encoder, &layout.decoder}) {
    for (const LinearLayer& layer : *layers) {
      for (const std::size_t i : {layer.weight, layer.weight + layer.n_in * layer.n_out - 1, layer.bias}) {
        const double slope = (loss_at(i, shift) - loss_at(i, -shift)) / (2.0 * static_cast<double>(shift));
        EXPECT_NEAR(gradient[i], slope, 4e-3 * scale) << layer.name << ", parameter " << i;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, LearnerGradient,
                         testing::Values(Case(small_vae("calibrated", {4, 3}, 0.3), 6),
                                         Case(small_vae("calibrated", {}, 0), 9), Case(small_vae("study", {7}, 0), 1),
                                         Case(small_vae("study", {33, 17}, 0.1), 5, 21)),
                         [](const auto& test) {
                           const Case& given = test.param;
                           return given.options.objective + "_" + std::to_string(given.options.hidden.size()) +
                                  "_layers_" + std::to_string(given.rows.size()) + "_rows";
                         });

TEST(Learner, GapsBetweenParametersStayZero) {
  const Case given(small_vae("calibrated", {4}, 0), 6);
  const auto learner = given.learner(Differentiation::kByHand);
  for (int step = 0; step < 3; ++step) {
    learner->differentiate(given.batch(), 1);
    learner->update(1e-2, 5);
  }
  LearnerState state;
  learner->store(state);
  std::vector<bool> used(state.parameters.size());
  const MlpLayout layout = mlp_layout({given.n_inputs}, given.options);
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
  const Case given(small_vae("study", {4}, 0), 6);
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
  Case given(small_vae("study", {4}, 0), 6);
  given.data(given.rows[0], 0) = 3e38F;
  const auto learner = given.learner(Differentiation::kByHand);
  learner->differentiate(given.batch(), 1);
  EXPECT_FALSE(std::isfinite(learner->update(1e-2, 5)));
  LearnerState after;
  learner->store(after);
  EXPECT_EQ(after.parameters, given.state.parameters);
  EXPECT_EQ(after.steps, 0U);
}

TEST(Objective, CalibratedLossIsWorkedOutByHand) {
  VaeOptions options = small_vae("calibrated", {}, 0);
  Objective objective(options, 4);
  objective.set_variance(2);
  objective.observe(/*squared_error=*/24, /*rows=*/2);  // .9 * 2 + .1 * 24 / 8
  EXPECT_NEAR(objective.variance(), 2.1, 1e-12);
  EXPECT_NEAR(objective.reconstruction({24, 6}, 2), 0.5 * 24 / 2.1 / 2 + 4 * std::log(std::sqrt(2.1)), 1e-12);
  EXPECT_NEAR(objective.kl({24, 6}, 2), 3, 1e-12);
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
