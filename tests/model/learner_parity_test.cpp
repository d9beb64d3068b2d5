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
  weights.options.free_bits = course["free_bits"];
  weights.options.sigma = course["sigma"];
  weights.options.variational = course["variational"];
  weights.shape.n_conditions = course["n_conditions"];
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
    const Matrix condition(n_rows, weights.shape.n_conditions, step["condition"].get<std::vector<float>>());
    const BatchSums sums =
        learner->differentiate({x, rows, input_noise, latent_noise, condition}, weights.options.beta);
    const double reconstruction = step["reconstruction"];
    EXPECT_NEAR(learner->objective().reconstruction(sums, n_rows), reconstruction, 1e-5 * std::abs(reconstruction));
    EXPECT_NEAR(learner->objective().kl(sums, n_rows), step["kl"].get<double>(), 1e-5);
    EXPECT_NEAR(learner->objective().counted_kl(sums, n_rows), step["counted_kl"].get<double>(), 1e-5);
    if (weights.options.objective == "calibrated" || !weights.options.variational) {
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

/// scale * sin(.37 k^2) for k = first, first + 1, …, as the reference has it.
std::vector<float> sines(std::size_t first, std::size_t count, double scale) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto k = static_cast<double>(first + i);
    values[i] = static_cast<float>(scale * std::sin(0.37 * (k * k)));
  }
  return values;
}

/// A network of the hard tier at its full size: losses and gradient norm of two steps within 1e-5 of their size.
void starts_as_the_study(const nlohmann::json& network, Differentiation differentiation) {
  VaeOptions options;
  options.objective = "study";
  options.hidden = network["hidden"].get<std::vector<std::size_t>>();
  options.n_latent = network["n_latent"];
  options.beta = network["beta"];
  options.variational = network["variational"];
  const DataShape shape{network["n_inputs"]};
  const MlpLayout layout = mlp_layout(shape, options);
  LearnerState state;
  state.parameters.resize(layout.size);
  state.first_moment.resize(layout.size);
  state.second_moment.resize(layout.size);
  std::size_t index = 0;
  const auto put = [&](std::size_t at, std::size_t count) {
    std::ranges::copy(sines(1000 * index++, count, 1 / 16.0), state.parameters.begin() + std::ptrdiff_t(at));
  };
  for (const auto* layers : {&layout.encoder, &layout.decoder}) {
    for (const LinearLayer& layer : *layers) {
      put(layer.weight, layer.n_in * layer.n_out);
      put(layer.bias, layer.n_out);
    }
  }
  const auto learner = backend().make_learner(shape, options, "cpu", differentiation);
  learner->restore(state);
  const std::size_t n_rows = network["rows"];
  std::vector<std::size_t> rows(n_rows);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  for (std::size_t i = 0; i < network["steps"].size(); ++i) {
    const auto& step = network["steps"][i];
    const Matrix x(n_rows, shape.n_inputs, sines(7000 + i, n_rows * shape.n_inputs, 1.5));
    const auto noise = sines(9000 + i, options.variational ? n_rows * options.n_latent : 0, 1.4);
    const BatchSums sums = learner->differentiate({x, rows, {}, noise}, options.beta);
    const double norm = learner->update(network["learning_rate"], network["clip_norm"]);
    const auto near = [&](double value, const char* name) {
      const double expected = step[name];
      EXPECT_NEAR(value, expected, 1e-5 * expected) << network["name"] << ", step " << i << ", " << name;
    };
    near(learner->objective().reconstruction(sums, n_rows), "reconstruction");
    near(learner->objective().kl(sums, n_rows), "kl");
    near(norm, "norm");
  }
}

TEST(LearnerParity, NetworksOfTheHardTierStartAsInPyTorch) {
  const nlohmann::json networks = reference()["study"];
  ASSERT_EQ(networks.size(), 3U);
  for (const auto& network : networks) {
    starts_as_the_study(network, Differentiation::kByHand);
    starts_as_the_study(network, Differentiation::kAutomatic);
  }
}

}  // namespace
}  // namespace songmap::model
