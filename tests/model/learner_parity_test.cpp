#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "songmap/model/backend.h"
#include "songmap/model/learner.h"
#include "songmap/model/mlp_layout.h"
#include "songmap/model/vae_file.h"

namespace songmap::model {
namespace {

nlohmann::json reference() {
  std::ifstream file(SONGMAP_SOURCE_DIR "/tests/reference/vae.json");
  return nlohmann::json::parse(file);
}

/// Against torch.optim.Adam in double: losses within 1e-5 of their size and weights within 1e-5 after seven steps,
/// which is what single precision leaves.
void follows_the_reference(const nlohmann::json& course, Differentiation differentiation) {
  ModelFile file;
  VaeWeights weights;
  weights.shape.n_inputs = course["n_inputs"];
  weights.options.n_latent = course["n_latent"];
  weights.options.hidden = course["hidden"].get<std::vector<std::size_t>>();
  weights.options.objective = course["objective"];
  weights.options.beta = course["beta"];
  weights.parameters.resize(mlp_layout(weights.shape, weights.options).size);
  file = to_model_file(weights);
  ASSERT_EQ(file.arrays.size(), course["first"].size());
  for (const auto& [name, values] : course["first"].items()) file.arrays.at(name) = values.get<std::vector<float>>();
  weights = from_model_file(file);

  LearnerState state;
  state.parameters = weights.parameters;
  state.first_moment.resize(state.parameters.size());
  state.second_moment.resize(state.parameters.size());
  state.variance = course["variance"];
  const auto learner = backend().make_learner(weights.shape, weights.options, "cpu", differentiation);
  learner->restore(state);
  for (const auto& step : course["steps"]) {
    auto values = step["x"].get<std::vector<float>>();
    const std::size_t n_rows = values.size() / weights.shape.n_inputs;
    const Matrix x(n_rows, weights.shape.n_inputs, std::move(values));
    std::vector<std::size_t> rows(n_rows);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    const auto input_noise = step["input_noise"].get<std::vector<float>>();
    const auto latent_noise = step["latent_noise"].get<std::vector<float>>();
    const BatchSums sums = learner->differentiate({x, rows, input_noise, latent_noise}, weights.options.beta);
    const double reconstruction = step["reconstruction"];
    EXPECT_NEAR(learner->objective().reconstruction(sums, n_rows), reconstruction, 1e-5 * std::abs(reconstruction));
    EXPECT_NEAR(learner->objective().kl(sums, n_rows), step["kl"].get<double>(), 1e-5);
    if (weights.options.objective == "calibrated") {
      EXPECT_NEAR(learner->objective().variance(), step["variance"].get<double>(), 1e-5);
    }
    const double norm = step["norm"];
    EXPECT_NEAR(learner->update(course["learning_rate"], course["clip_norm"]), norm, 1e-5 * norm);
  }
  learner->store(state);
  weights.parameters = state.parameters;
  for (const auto& [name, floats] : to_model_file(weights).arrays) {
    const auto expected = course["last"][name].get<std::vector<double>>();
    ASSERT_EQ(floats.size(), expected.size());
    for (std::size_t i = 0; i < floats.size(); ++i) EXPECT_NEAR(floats[i], expected[i], 1e-5) << name << " " << i;
  }
}

TEST(LearnerParity, GradientsByHandFollowPyTorch) {
  const nlohmann::json courses = reference()["courses"];
  ASSERT_FALSE(courses.empty());
  for (const auto& course : courses) follows_the_reference(course, Differentiation::kByHand);
}

TEST(LearnerParity, AutomaticGradientsFollowPyTorch) {
  const nlohmann::json courses = reference()["courses"];
  ASSERT_FALSE(courses.empty());
  for (const auto& course : courses) follows_the_reference(course, Differentiation::kAutomatic);
}

}  // namespace
}  // namespace songmap::model
