#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "model/learner_case.h"

namespace songmap::model {
namespace {

/// Between the KL of the small network's latent dimensions, see FreeBitsHoldSomeDimensionsAndLeaveOthers.
constexpr double kFreeBits = 0.15;

double largest(const std::vector<float>& values) {
  double result = 0;
  for (const float value : values) result = std::max(result, std::abs(static_cast<double>(value)));
  return result;
}

class LearnerGradient : public testing::TestWithParam<CaseSettings> {};

TEST_P(LearnerGradient, ByHandIsTheAutomaticOne) {
  const Case given(GetParam());
  const auto by_hand = given.learner(Differentiation::kByHand);
  const auto automatic = given.learner(Differentiation::kAutomatic);
  const BatchSums a = by_hand->differentiate(given.batch(), 0.8);
  const BatchSums b = automatic->differentiate(given.batch(), 0.8);
  EXPECT_NEAR(a.squared_error, b.squared_error, 1e-5 * b.squared_error);
  EXPECT_NEAR(a.kl, b.kl, 1e-5 * b.kl);
  EXPECT_NEAR(a.counted_kl, b.counted_kl, 1e-5 * b.counted_kl);
  const std::vector<float> expected = automatic->gradient();
  const std::vector<float> found = by_hand->gradient();
  ASSERT_EQ(found.size(), expected.size());
  const double scale = largest(expected);
  ASSERT_GT(scale, 0);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 2e-6 * scale) << "parameter " << i;
}

TEST_P(LearnerGradient, IsTheSlopeOfTheLoss) {
  const Case given(GetParam());
  const auto learner = given.learner(Differentiation::kByHand);
  learner->differentiate(given.batch(), 0.8);
  const LossWeights weights = learner->objective().weights(given.rows.size(), 0.8);
  const std::vector<float> gradient = learner->gradient();
  const auto loss_at = [&](std::size_t parameter, float shift) {
    LearnerState moved = given.state;
    moved.parameters[parameter] += shift;
    learner->restore(moved);
    const BatchSums sums = learner->evaluate(given.batch());
    return weights.error_weight * sums.squared_error + weights.kl_weight * sums.counted_kl;
  };
  const float shift = 4e-3F;
  const double scale = largest(gradient);
  const MlpLayout layout = mlp_layout(given.shape, given.options);
  for (const auto* layers : {&layout.encoder, &layout.decoder}) {
    for (const LinearLayer& layer : *layers) {
      for (const std::size_t i : {layer.weight, layer.weight + layer.n_in * layer.n_out - 1, layer.bias}) {
        const double slope = (loss_at(i, shift) - loss_at(i, -shift)) / (2.0 * static_cast<double>(shift));
        EXPECT_NEAR(gradient[i], slope, 4e-3 * scale) << layer.name << ", parameter " << i;
      }
    }
  }
}

std::vector<CaseSettings> networks() {
  return {{small_vae("calibrated", {4, 3}, 0.3), 6},
          {small_vae("calibrated", {}, 0), 9},
          {small_vae("study", {7}, 0), 1},
          {small_vae("study", {33, 17}, 0.1), 5, 21}};
}

/// Every combination of what a model may be, rebuilding its input or another row, with and without input noise in turn.
std::vector<CaseSettings> combinations() {
  std::vector<CaseSettings> all;
  for (const char* objective : {"calibrated", "study"}) {
    for (const bool variational : {true, false}) {
      for (const std::size_t n_conditions : {0U, 2U}) {
        for (const double free_bits : {0.0, kFreeBits}) {
          for (const double sigma : {0.0, 0.8}) {
            if (sigma > 0 && std::string(objective) == "study") continue;
            VaeOptions options = small_vae(objective, {4}, all.size() / 2 % 2 == 0 ? 0.3 : 0);
            options.variational = variational;
            options.free_bits = free_bits;
            options.sigma = sigma;
            all.push_back({options, 7, 5, n_conditions});
            all.push_back({options, 7, 5, n_conditions, true});
          }
        }
      }
    }
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Networks, LearnerGradient, testing::ValuesIn(networks()));
INSTANTIATE_TEST_SUITE_P(Combinations, LearnerGradient, testing::ValuesIn(combinations()));

TEST(LearnerGradientCases, FreeBitsHoldSomeDimensionsAndLeaveOthers) {
  for (const CaseSettings& settings : combinations()) {
    if (settings.options.free_bits == 0 || !settings.options.variational) continue;
    const Case given(settings);
    const BatchSums sums = given.learner(Differentiation::kByHand)->evaluate(given.batch());
    EXPECT_GT(sums.counted_kl, 1.01 * sums.kl);
    EXPECT_GT(sums.counted_kl, 3.03 * kFreeBits * static_cast<double>(given.rows.size()));
  }
}

}  // namespace
}  // namespace songmap::model
