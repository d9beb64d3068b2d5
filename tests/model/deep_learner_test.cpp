#include "songmap/model/deep_learner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "model/learner_case.h"

namespace songmap::model {
namespace {

constexpr std::size_t kInputs = 4;
constexpr std::size_t kGroups = 3;
constexpr DeepLearner::Weights kWeights{0.7, 0.4};

/// A small network with groups, and a batch of five of six rows.
struct DeepCase {
  explicit DeepCase(bool with_latent_noise) {
    options.hidden = {5};
    options.n_latent = 2;
    learner = backend().make_deep_learner(kInputs, options, kGroups);
    std::vector<float> numbers = initial_parameters(mlp_layout({kInputs, 0}, options), 7);
    const std::vector<float> groups = normals(flat_size(kGroups, options.n_latent), 8);
    numbers.insert(numbers.end(), groups.begin(), groups.end());
    learner->set_parameters(numbers);
    if (with_latent_noise) latent_noise = normals(rows.size() * options.n_latent, 3);
    Random random(9);
    for (std::size_t i = 0; i < target.rows(); ++i) {
      const double first = random.uniform(0.1, 0.8);
      target(i, 0) = static_cast<float>(first);
      target(i, 1) = static_cast<float>(0.9 - first);
      target(i, 2) = 0.1F;
    }
  }

  [[nodiscard]] DeepBatch batch() const { return {data, rows, input_noise, latent_noise, target}; }
  [[nodiscard]] double loss(GroupTerm term) const {
    const DeepSums sums = learner->evaluate(batch(), term);
    return kWeights.error * sums.squared_error + kWeights.groups * sums.divergence;
  }

  VaeOptions options;
  Matrix data{6, kInputs, normals(6 * kInputs, 1)};
  std::vector<std::size_t> rows{5, 0, 3, 2, 1};
  std::vector<float> input_noise = normals(5 * kInputs, 2);
  std::vector<float> latent_noise;
  Matrix target{6, kGroups};
  std::unique_ptr<DeepLearner> learner;
};

void expect_gradient_is_slope(GroupTerm term, bool with_latent_noise) {
  const DeepCase given(with_latent_noise);
  const DeepSums sums = given.learner->differentiate(given.batch(), term, kWeights);
  const DeepSums again = given.learner->evaluate(given.batch(), term);
  EXPECT_EQ(sums.squared_error, again.squared_error);
  EXPECT_EQ(sums.divergence, again.divergence);
  const std::vector<float> gradient = given.learner->gradient();
  const std::vector<float> at = given.learner->parameters();
  ASSERT_EQ(gradient.size(), at.size());
  double largest = 0;
  for (const float value : gradient) largest = std::max(largest, std::abs(static_cast<double>(value)));
  ASSERT_GT(largest, 0.1);
  for (std::size_t i = 0; i < at.size(); ++i) {
    constexpr float kShift = 1e-3F;  // small: units of few rows turn on and off
    const auto loss_at = [&](float shift) {
      std::vector<float> moved = at;
      moved[i] += shift;
      given.learner->set_parameters(moved);
      return given.loss(term);
    };
    const double slope = (loss_at(kShift) - loss_at(-kShift)) / (2.0 * static_cast<double>(kShift));
    EXPECT_NEAR(gradient[i], slope, 3e-3 * largest) << "parameter " << i;
  }
}

TEST(DeepLearner, GradientOfAPlainAutoencoderIsTheSlopeOfItsLoss) {
  expect_gradient_is_slope(GroupTerm::kNone, /*with_latent_noise=*/false);
}

TEST(DeepLearner, GradientWithAMixtureIsTheSlopeOfItsLoss) {
  expect_gradient_is_slope(GroupTerm::kMixture, /*with_latent_noise=*/true);
}

TEST(DeepLearner, GradientWithStudentMembershipsIsTheSlopeOfItsLoss) {
  expect_gradient_is_slope(GroupTerm::kStudent, /*with_latent_noise=*/false);
}

TEST(DeepLearner, APlainAutoencoderLeavesVariancesAndGroupsAsTheyAre) {
  const DeepCase given(/*with_latent_noise=*/false);
  const std::vector<float> before = given.learner->parameters();
  static_cast<void>(given.learner->differentiate(given.batch(), GroupTerm::kMixture, kWeights));  // leaves a gradient
  static_cast<void>(given.learner->differentiate(given.batch(), GroupTerm::kNone, kWeights));
  EXPECT_GT(given.learner->update(1e-2, 0), 0);
  const std::vector<float> after = given.learner->parameters();
  const MlpLayout layout = mlp_layout({kInputs, 0}, given.options);
  const LinearLayer& head = layout.encoder.back();
  const std::size_t first_variance = head.weight + layout.n_latent * head.n_in;
  for (std::size_t i = first_variance; i < head.weight + head.n_out * head.n_in; ++i) EXPECT_EQ(after[i], before[i]);
  for (std::size_t i = layout.size; i < after.size(); ++i) EXPECT_EQ(after[i], before[i]);
  EXPECT_NE(after[head.weight], before[head.weight]);
}

}  // namespace
}  // namespace songmap::model
