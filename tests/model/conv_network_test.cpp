#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/core/text_file.h"
#include "songmap/model/backend.h"
#include "songmap/model/conv_layout.h"
#include "songmap/model/train.h"

namespace songmap::model {
namespace {

namespace fs = std::filesystem;

/// Spectrograms of 8 bands x 16 frames through two stages.
VaeOptions small_conv() {
  VaeOptions options;
  options.network = "conv";
  options.channels = {3, 5};
  options.bands = 8;
  options.n_latent = 4;
  options.sigmoid = true;
  options.input_noise = 0;
  return options;
}

constexpr std::size_t kInputs = 8 * 16;

Matrix random_rows(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, cols);
  for (float& value : x.values()) value = static_cast<float>(random.uniform());
  return x;
}

std::vector<float> normal_values(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

/// One batch, and learners that start from the same weights.
struct Case {
  Case(VaeOptions given, std::size_t n_rows, std::size_t n_conditions = 0)
      : options(std::move(given)),
        x(random_rows(n_rows, kInputs, 1)),
        condition(n_rows, n_conditions),
        rows(n_rows),
        latent_noise(normal_values(n_rows * options.n_latent, 2)) {
    std::iota(rows.rbegin(), rows.rend(), std::size_t{0});
    for (std::size_t i = 0; n_conditions > 0 && i < n_rows; ++i) condition(i, i % n_conditions) = 1;
  }

  [[nodiscard]] DataShape shape() const { return {kInputs, condition.cols()}; }
  [[nodiscard]] Batch batch() const { return {x, rows, {}, latent_noise, condition}; }
  [[nodiscard]] std::unique_ptr<Learner> learner(Differentiation differentiation, std::size_t threads = 1) const {
    auto made = backend().make_learner(shape(), options, "cpu", differentiation, threads);
    LearnerState state;
    state.parameters = made->initial_parameters(7);
    state.first_moment.resize(state.parameters.size());
    state.second_moment.resize(state.parameters.size());
    state.variance = 0.5;
    made->restore(state);
    return made;
  }

  VaeOptions options;
  Matrix x;
  Matrix condition;
  std::vector<std::size_t> rows;
  std::vector<float> latent_noise;
};

void expect_same_derivatives(const Case& given) {
  const auto by_hand = given.learner(Differentiation::kByHand);
  const auto automatic = given.learner(Differentiation::kAutomatic);
  const BatchSums a = by_hand->differentiate(given.batch(), 0.7);
  const BatchSums b = automatic->differentiate(given.batch(), 0.7);
  EXPECT_NEAR(a.squared_error, b.squared_error, 1e-5 * b.squared_error);
  EXPECT_NEAR(a.kl, b.kl, 1e-5 * std::max(1.0, b.kl));
  const std::vector<float> g = by_hand->gradient();
  const std::vector<float> h = automatic->gradient();
  const float largest = std::ranges::max(h);
  ASSERT_GT(largest, 0);
  for (const NamedRange& range : ranges(conv_layout(given.shape(), given.options))) {
    for (std::size_t i = range.first; i < range.first + range.count; ++i) {
      ASSERT_NEAR(g[i], h[i], 2e-5 * largest) << range.name << " " << i - range.first;
    }
  }
}

TEST(ConvNetwork, GradientsByHandAreThoseOfLibtorch) {
  for (const std::size_t n_rows : {1U, 3U, 9U}) expect_same_derivatives(Case(small_conv(), n_rows));
  VaeOptions plain = small_conv();
  plain.variational = false;
  plain.sigmoid = false;
  expect_same_derivatives(Case(plain, 5));
  VaeOptions deep = small_conv();
  deep.channels = {4, 6, 8};
  expect_same_derivatives(Case(deep, 6, 2));
  VaeOptions shallow = small_conv();
  shallow.channels = {2};
  expect_same_derivatives(Case(shallow, 2, 3));
}

TEST(ConvNetwork, ThreadsChangeNoBit) {
  const Case given(small_conv(), 11);
  const auto after_a_step = [&](std::size_t threads) {
    const auto learner = given.learner(Differentiation::kByHand, threads);
    static_cast<void>(learner->differentiate(given.batch(), 1));
    static_cast<void>(learner->update(1e-2, 1));
    static_cast<void>(learner->differentiate(given.batch(), 1));
    return learner->gradient();
  };
  const std::vector<float> one = after_a_step(1);
  for (const std::size_t threads : {2U, 3U, 16U}) EXPECT_EQ(after_a_step(threads), one);
}

TEST(ConvLayout, PlacesEveryParameterOnceOnALineOfItsOwn) {
  VaeOptions study;
  study.network = "conv";
  study.n_latent = 64;
  const ConvLayout layout = conv_layout({64 * 432, 2}, study);
  EXPECT_EQ(layout.stages.back().height, 4U);
  EXPECT_EQ(layout.stages.back().width, 27U);
  EXPECT_EQ(layout.n_features, 27648U);
  EXPECT_EQ(layout.head.n_in, 27650U);
  EXPECT_EQ(layout.head.n_out, 128U);
  EXPECT_EQ(layout.stem.n_in, 66U);
  std::size_t end = 0;
  std::size_t count = 0;
  for (const NamedRange& range : ranges(layout)) {
    EXPECT_EQ(range.first % 16, 0U) << range.name;
    EXPECT_GE(range.first, end) << range.name;
    EXPECT_LT(range.first, end + 16) << range.name;
    end = range.first + range.count;
    count += range.count;
  }
  EXPECT_LE(end, layout.size);
  // Both convolutions' weights, their biases, and the two linear layers with theirs.
  EXPECT_EQ(count, 2 * 16 * (32 + 32 * 64 + 64 * 128 + 128 * 256) + (32 + 64 + 128 + 256) + (128 + 64 + 32 + 1) +
                       (27650 + 1) * 128 + (66 + 1) * 27648);
}

TEST(ConvLayout, DrawsWeightsAsPyTorchDoes) {
  VaeOptions options = small_conv();
  options.channels = {40, 50};
  const ConvLayout layout = conv_layout({kInputs}, options);
  const std::vector<float> flat = initial_parameters(layout, 3);
  EXPECT_EQ(flat, initial_parameters(layout, 3));
  const auto expect_uniform = [&](std::size_t first, std::size_t count, double fan_in) {
    const double bound = 1 / std::sqrt(fan_in);
    double largest = 0;
    for (std::size_t i = first; i < first + count; ++i) largest = std::max<double>(largest, std::abs(flat[i]));
    EXPECT_LE(largest, bound);
    EXPECT_GT(largest, 0.97 * bound);
  };
  const ConvStage& second = layout.stages[1];
  expect_uniform(second.encoder.weight, second.n_weights(), 16 * 40);
  expect_uniform(second.decoder.weight, second.n_weights(), 16 * 40);
  expect_uniform(layout.head.weight, layout.head.n_in * layout.head.n_out, static_cast<double>(layout.head.n_in));
  expect_uniform(layout.stem.weight, layout.stem.n_in * layout.stem.n_out, 4);
}

TEST(ConvLayout, RefusesWhatCannotBeHalved) {
  VaeOptions options = small_conv();
  EXPECT_THROW(static_cast<void>(conv_layout({kInputs + 1}, options)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(conv_layout({8 * 18}, options)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(conv_layout({0}, options)), InvalidArgument);
  options.channels = {2, 2, 2, 2};
  EXPECT_THROW(static_cast<void>(conv_layout({kInputs}, options)), InvalidArgument);
  options.channels = {};
  EXPECT_THROW(static_cast<void>(conv_layout({kInputs}, options)), InvalidArgument);
}

/// Pictures with a bright frame at one of two places, at one of two bands, each a little different.
Matrix planted(std::size_t rows) {
  Random random(11);
  Matrix x(rows, kInputs);
  for (std::size_t i = 0; i < rows; ++i) {
    for (float& value : x.row(i)) value = static_cast<float>(random.uniform(0, 0.1));
    for (std::size_t band = 0; band < 8; ++band) x(i, band * 16 + (i % 2 == 0 ? 3 : 12)) += 0.8F;
    for (std::size_t frame = 0; frame < 16; ++frame) x(i, (i % 4 < 2 ? 1 : 6) * 16 + frame) += 0.8F;
  }
  for (float& value : x.values()) value = std::min(value, 1.0F);
  return x;
}

TrainOptions short_training(std::size_t epochs) {
  TrainOptions train;
  train.epochs = epochs;
  train.batch = 8;
  train.learning_rate = 5e-3;
  train.seed = 3;
  return train;
}

TEST(ConvVae, LearnsPlantedPictures) {
  const Matrix x = planted(48);
  VaeOptions options = small_conv();
  options.channels = {8, 16};
  const TrainedModel trained = train_vae(x, options, short_training(150));
  EXPECT_FALSE(trained.report.collapsed);
  EXPECT_LT(trained.report.sigma, 0.07);  // the jitter alone is .029; the pictures' own deviation is .3
  const Matrix z = trained.model->encode(x).mean;
  for (std::size_t i = 8; i < 48; ++i) {  // of the first pictures the nearest is of the same kind
    std::size_t nearest = 0;
    for (std::size_t j = 1; j < 8; ++j) {
      if (squared_distance(z.row(i), z.row(j)) < squared_distance(z.row(i), z.row(nearest))) nearest = j;
    }
    EXPECT_EQ(nearest % 4, i % 4) << i;
  }
  const Matrix decoded = trained.model->decode(z);
  double error = 0;
  for (std::size_t k = 0; k < decoded.values().size(); ++k) {
    ASSERT_GE(decoded.values()[k], 0);
    ASSERT_LE(decoded.values()[k], 1);
    error += std::pow(decoded.values()[k] - x.values()[k], 2);
  }
  EXPECT_LT(std::sqrt(error / static_cast<double>(decoded.values().size())), 0.07);
}

TEST(ConvVae, SavesAndLoadsToTheSameBytes) {
  const Matrix x = planted(20);
  Matrix condition(20, 2);
  for (std::size_t i = 0; i < 20; ++i) condition(i, i % 2) = 1;
  const TrainedModel trained = train_vae({x, condition}, small_conv(), short_training(2));
  const fs::path path = fs::path(testing::TempDir()) / "songmap_conv.model";
  const fs::path again = fs::path(testing::TempDir()) / "songmap_conv_again.model";
  trained.model->save(path);
  const auto loaded = load_model(path);
  EXPECT_EQ(loaded->n_inputs(), kInputs);
  EXPECT_EQ(loaded->n_conditions(), 2U);
  const Posterior a = trained.model->encode(x, condition);
  const Posterior b = loaded->encode(x, condition);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.log_variance, b.log_variance);
  EXPECT_EQ(trained.model->decode(a.mean, condition), loaded->decode(a.mean, condition));
  loaded->save(again);
  EXPECT_EQ(read_file(path), read_file(again));
}

TEST(ConvVae, RowsDoNotDependOnHowManyThereAre) {
  const Matrix x = planted(37);
  const TrainedModel trained = train_vae(x, small_conv(), short_training(1));
  const Matrix all = trained.model->encode(x).mean;
  const Matrix few = trained.model->encode(MatrixView(x.data(), 5, kInputs)).mean;
  for (std::size_t i = 0; i < 5; ++i) EXPECT_THAT(few.row(i), testing::ElementsAreArray(all.row(i)));
  EXPECT_EQ(trained.model->encode(MatrixView(x.data(), 0, kInputs)).mean.rows(), 0U);
}

TEST(ConvVae, IsAFunctionOfTheSeedOnAnyNumberOfThreadsAndResumes) {
  const Matrix x = planted(30);
  TrainOptions train = short_training(6);
  const TrainedModel whole = train_vae(x, small_conv(), train, {1, {}});
  const Matrix z = whole.model->encode(x).mean;
  EXPECT_EQ(train_vae(x, small_conv(), train, {2, {}}).model->encode(x).mean, z);
  const std::vector<std::uint64_t> seeds = {3, 4, 5};
  const std::vector<TrainedModel> several = train_seeds(x, small_conv(), train, seeds, {4, {}});
  EXPECT_EQ(several[0].model->encode(x).mean, z);
  EXPECT_NE(several[1].model->encode(x).mean, z);

  train.checkpoint = fs::path(testing::TempDir()) / "songmap_conv.checkpoint";
  fs::remove(train.checkpoint);
  train.resume = true;
  const Execution cancelled{2, [](const Progress& at) { return at.done < 3; }};
  EXPECT_THROW(static_cast<void>(train_vae(x, small_conv(), train, cancelled)), Cancelled);
  EXPECT_EQ(train_vae(x, small_conv(), train).model->encode(x).mean, z);
}

}  // namespace
}  // namespace songmap::model
