#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "songmap/model/backend.h"
#include "songmap/model/conv_layout.h"

namespace songmap::model {
namespace {

/// scale * sin(.37 k^2) for k = first, first + 1, …, as the reference has it.
std::vector<float> sines(std::size_t first, std::size_t count, double scale) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto k = static_cast<double>(first + i);
    values[i] = static_cast<float>(scale * std::sin(0.37 * (k * k)));
  }
  return values;
}

LearnerState first_state(const ConvLayout& layout, double variance) {
  LearnerState state;
  state.parameters.resize(layout.size);
  state.first_moment.resize(layout.size);
  state.second_moment.resize(layout.size);
  state.variance = variance;
  std::map<std::string, double> fan_in = {{layout.head.name, layout.head.n_in}, {layout.stem.name, layout.stem.n_in}};
  for (const ConvStage& stage : layout.stages) {
    fan_in[stage.encoder.name] = fan_in[stage.decoder.name] = 16 * static_cast<double>(stage.n_fine);
  }
  std::size_t index = 0;
  for (const NamedRange& range : ranges(layout)) {
    const double scale = 1 / std::sqrt(fan_in.at(range.name.substr(0, range.name.rfind('.'))));
    std::ranges::copy(sines(1000 * index++, range.count, scale),
                      state.parameters.begin() + std::ptrdiff_t(range.first));
  }
  return state;
}

/// Against PyTorch in double: losses, gradients and outputs within 2e-5 of their size, which is what single precision
/// leaves of sums over some ten thousand products.
void follows_the_reference(const nlohmann::json& course, Differentiation differentiation) {
  VaeOptions options;
  options.network = "conv";
  options.bands = course["bands"];
  options.channels = course["channels"].get<std::vector<std::size_t>>();
  options.n_latent = course["n_latent"];
  options.objective = course["objective"];
  options.sigmoid = course["sigmoid"];
  options.variational = course["variational"];
  options.beta = course["beta"];
  const DataShape shape{options.bands * course["frames"].get<std::size_t>(), course["n_conditions"]};
  const ConvLayout layout = conv_layout(shape, options);
  const auto learner = backend().make_learner(shape, options, "cpu", differentiation, 2);
  learner->restore(first_state(layout, course["variance"]));

  const std::size_t n_rows = course["rows"];
  std::vector<std::size_t> rows(n_rows);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  Matrix condition(n_rows, shape.n_conditions);
  for (std::size_t i = 0; shape.n_conditions > 0 && i < n_rows; ++i) condition(i, i % shape.n_conditions) = 1;
  std::size_t number = 0;
  for (const auto& step : course["steps"]) {
    Matrix x(n_rows, shape.n_inputs, sines(7000 + number, n_rows * shape.n_inputs, 1.0));
    for (float& value : x.values()) value = 0.5F + 0.5F * value;
    const auto noise = sines(9000 + number, options.variational ? n_rows * options.n_latent : 0, 1.4);
    const auto near = [&](double value, double expected, double size, const std::string& what) {
      EXPECT_NEAR(value, expected, 2e-5 * size) << what << ", step " << number;
    };

    const auto model = learner->model();
    const Matrix mean = model->encode(x, condition).mean;
    const Matrix decoded = model->decode(mean, condition);
    const auto expected_mean = step["mean"].get<std::vector<double>>();
    const auto expected_decoded = step["decoded"].get<std::vector<double>>();
    for (std::size_t i = 0; i < expected_mean.size(); ++i) near(mean.values()[i], expected_mean[i], 1, "mean");
    for (std::size_t i = 0; i < expected_decoded.size(); ++i) {
      near(decoded(1, i * (shape.n_inputs / 16)), expected_decoded[i], 1, "decoded");
    }

    const BatchSums sums = learner->differentiate({x, rows, {}, noise, condition}, options.beta);
    const double reconstruction = step["reconstruction"];
    near(learner->objective().reconstruction(sums, n_rows), reconstruction, std::abs(reconstruction), "reconstruction");
    near(learner->objective().kl(sums, n_rows), step["kl"], 1, "kl");
    if (options.objective == "calibrated") near(learner->objective().variance(), step["variance"], 1, "variance");
    const std::vector<float> gradient = learner->gradient();
    for (const NamedRange& range : ranges(layout)) {
      const std::vector<float> sequence = sines(3, range.count, 1.0);
      double squares = 0;
      double probe = 0;
      for (std::size_t i = 0; i < range.count; ++i) {
        const double value = gradient[range.first + i];
        squares += value * value;
        probe += value * sequence[i];
      }
      const auto expected = step["gradients"][range.name].get<std::array<double, 2>>();
      near(std::sqrt(squares), expected[0], expected[0], "gradient of " + range.name);
      near(probe, expected[1], 3 * expected[0], "direction of the gradient of " + range.name);
    }
    const double norm = step["norm"];
    near(learner->update(course["learning_rate"], course["clip_norm"]), norm, norm, "norm");
    ++number;
  }
}

nlohmann::json courses() {
  std::ifstream file(SONGMAP_SOURCE_DIR "/tests/reference/conv_vae.json");
  return nlohmann::json::parse(file)["courses"];
}

TEST(ConvNetworkParity, GradientsByHandFollowPyTorch) {
  const nlohmann::json all = courses();
  ASSERT_EQ(all.size(), 4U);
  for (const auto& course : all) follows_the_reference(course, Differentiation::kByHand);
}

TEST(ConvNetworkParity, AutomaticGradientsFollowPyTorch) {
  const nlohmann::json all = courses();
  ASSERT_EQ(all.size(), 4U);
  for (const auto& course : all) follows_the_reference(course, Differentiation::kAutomatic);
}

}  // namespace
}  // namespace songmap::model
