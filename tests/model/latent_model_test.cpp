#include "songmap/model/latent_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/core/text_file.h"
#include "songmap/model/backend.h"
#include "songmap/model/mlp_layout.h"
#include "songmap/model/model_file.h"

namespace songmap::model {
namespace {

namespace fs = std::filesystem;

Matrix random_matrix(std::size_t rows, std::size_t cols) {
  Random random(9);
  Matrix x(rows, cols);
  for (float& value : x.values()) value = static_cast<float>(random.normal());
  return x;
}

std::unique_ptr<LatentModel> some_model(const DataShape& shape, const VaeOptions& options) {
  return backend().make_model({options, shape, initial_parameters(mlp_layout(shape, options), 2)});
}

fs::path in_temp(const std::string& name) { return fs::path(testing::TempDir()) / ("songmap_model_" + name); }

TEST(LatentModel, LinearMapsAreWorkedOutByHand) {
  VaeOptions options;
  options.hidden = {};
  options.n_latent = 1;
  const MlpLayout layout = mlp_layout({2}, options);
  std::vector<float> flat(layout.size);
  std::ranges::copy(std::vector<float>{1, 2, 3, 4}, flat.begin() + std::ptrdiff_t(layout.encoder[0].weight));
  std::ranges::copy(std::vector<float>{10, 20}, flat.begin() + std::ptrdiff_t(layout.encoder[0].bias));
  std::ranges::copy(std::vector<float>{5, -6}, flat.begin() + std::ptrdiff_t(layout.decoder[0].weight));
  std::ranges::copy(std::vector<float>{0, 1}, flat.begin() + std::ptrdiff_t(layout.decoder[0].bias));
  const auto model = backend().make_model({options, {2}, flat});
  const Posterior posterior = model->encode(Matrix(1, 2, {1, -1}));
  EXPECT_EQ(posterior.mean(0, 0), 9);           // 1 - 2 + 10
  EXPECT_EQ(posterior.log_variance(0, 0), 19);  // 3 - 4 + 20
  EXPECT_EQ(model->decode(Matrix(1, 1, {2})), Matrix(1, 2, {10, -11}));
}

TEST(LatentModel, ARowDoesNotDependOnHowManyFollow) {
  const auto model = some_model({7}, VaeOptions{});
  const Matrix x = random_matrix(600, 7);
  const Matrix all = model->encode(x).mean;
  const Matrix part = model->encode({x.data(), 300, 7}).mean;
  for (std::size_t i = 0; i < 300; ++i) {
    EXPECT_TRUE(std::ranges::equal(all.row(i), part.row(i))) << "row " << i;
  }
  EXPECT_EQ(model->encode(MatrixView(nullptr, 0, 7)).mean.rows(), 0U);
}

TEST(LatentModel, SavedAndLoadedGivesTheSameBytes) {
  const auto model = some_model({7}, VaeOptions{.hidden = {9, 5}, .n_latent = 3, .objective = "study", .beta = 0.1});
  const fs::path path = in_temp("saved");
  model->save(path);
  const auto loaded = load_model(path);
  EXPECT_EQ(loaded->n_inputs(), 7U);
  EXPECT_EQ(loaded->n_latent(), 3U);
  const Matrix x = random_matrix(20, 7);
  const Posterior a = model->encode(x);
  const Posterior b = loaded->encode(x);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.log_variance, b.log_variance);
  EXPECT_EQ(model->decode(a.mean), loaded->decode(a.mean));
  EXPECT_EQ(read_model_file(path, "vae").value("beta"), "0.1");
}

TEST(LatentModel, TellsEncoderAndDecoderTheCondition) {
  VaeOptions options;
  options.hidden = {};
  options.n_latent = 1;
  options.variational = false;
  const MlpLayout layout = mlp_layout({2, 2}, options);
  std::vector<float> flat(layout.size);
  std::ranges::copy(std::vector<float>{1, 2, 10, 20}, flat.begin() + std::ptrdiff_t(layout.encoder[0].weight));
  std::ranges::copy(std::vector<float>{5, 1, 2, -6, 3, 4}, flat.begin() + std::ptrdiff_t(layout.decoder[0].weight));
  const auto model = backend().make_model({options, {2, 2}, flat});
  EXPECT_EQ(model->n_conditions(), 2U);
  const Matrix x(3, 2, {1, 1, 1, 1, 1, 1});
  const Matrix condition(3, 2, {1, 0, 0, 1, 0, 0});
  const Posterior posterior = model->encode(x, condition);
  EXPECT_EQ(posterior.mean, Matrix(3, 1, {13, 23, 3}));
  EXPECT_TRUE(posterior.log_variance.empty());
  const Matrix z(3, 1, {1, 1, 1});
  EXPECT_EQ(model->decode(z, condition), Matrix(3, 2, {6, -3, 7, -2, 5, -6}));
}

TEST(LatentModel, AConditionalModelIsSavedAsSuch) {
  VaeOptions options{.hidden = {9}, .n_latent = 3, .variational = false};
  const auto model = some_model({7, 2}, options);
  const fs::path path = in_temp("conditional");
  model->save(path);
  const auto loaded = load_model(path);
  EXPECT_EQ(loaded->n_inputs(), 7U);
  EXPECT_EQ(loaded->n_conditions(), 2U);
  const Matrix x = random_matrix(20, 7);
  const Matrix condition(20, 2);
  EXPECT_EQ(model->encode(x, condition).mean, loaded->encode(x, condition).mean);
  EXPECT_TRUE(loaded->encode(x, condition).log_variance.empty());
}

TEST(LatentModel, WantsTheConditionThatItWasTrainedWith) {
  const auto conditional = some_model({7, 2}, VaeOptions{});
  const auto plain = some_model({7}, VaeOptions{});
  const Matrix x = random_matrix(4, 7);
  const Matrix z = random_matrix(4, 8);
  EXPECT_THROW(static_cast<void>(conditional->encode(x)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(conditional->decode(z)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(conditional->encode(x, Matrix(4, 3))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(conditional->encode(x, Matrix(3, 2))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(conditional->decode(z, Matrix(1, 2))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(plain->encode(x, Matrix(4, 2))), InvalidArgument);
  Matrix bad(4, 2);
  bad(2, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(static_cast<void>(conditional->encode(x, bad)), InvalidArgument);
}

TEST(LatentModel, RejectsOtherShapesAndNan) {
  const auto model = some_model({7}, VaeOptions{});
  EXPECT_THROW(static_cast<void>(model->encode(random_matrix(2, 6))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(model->decode(random_matrix(2, 7))), InvalidArgument);
  Matrix x = random_matrix(2, 7);
  x(1, 3) = std::numeric_limits<float>::infinity();
  EXPECT_THROW(static_cast<void>(model->encode(x)), InvalidArgument);
}

TEST(LoadModel, AnyDamagedByteIsNoticed) {
  const fs::path path = in_temp("damaged");
  some_model({3}, VaeOptions{.hidden = {2}, .n_latent = 1})->save(path);
  const std::string good = read_file(path);
  for (std::size_t i = 0; i < good.size(); i += 7) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    write_file(path, bad);
    EXPECT_THROW(static_cast<void>(load_model(path)), FormatError) << "byte " << i;
  }
  for (const std::size_t length : {std::size_t{0}, std::size_t{5}, good.size() / 2, good.size() - 1}) {
    write_file(path, good.substr(0, length));
    EXPECT_THROW(static_cast<void>(load_model(path)), FormatError) << "length " << length;
  }
}

TEST(LoadModel, AFileFromBeforeAnOptionHasItsDefault) {
  const fs::path path = in_temp("older");
  const auto model = some_model({3}, VaeOptions{.hidden = {2}, .n_latent = 1});
  model->save(path);
  ModelFile file = read_model_file(path, "vae");
  for (const char* name :
       {"network", "channels", "bands", "sigmoid", "variational", "cycles", "free_bits", "sigma", "n_conditions"}) {
    EXPECT_EQ(file.values.erase(name), 1U) << name;
  }
  write_model_file(path, file);
  const Matrix x = random_matrix(5, 3);
  EXPECT_EQ(load_model(path)->encode(x).log_variance, model->encode(x).log_variance);
}

TEST(LoadModel, SaysWhichFileAndWhatItIsInstead) {
  const fs::path path = in_temp("checkpoint");
  ModelFile file;
  file.kind = "checkpoint";
  write_model_file(path, file);
  try {
    static_cast<void>(load_model(path));
    FAIL();
  } catch (const FormatError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(path.string()));
    EXPECT_THAT(error.what(), testing::HasSubstr("is a 'checkpoint', not a 'vae'"));
  }
  file.kind = "vae";  // whole, but it says nothing about the network
  write_model_file(path, file);
  EXPECT_THROW(static_cast<void>(load_model(path)), FormatError);
  fs::remove(path);
  EXPECT_THROW(static_cast<void>(load_model(path)), IoError);
}

}  // namespace
}  // namespace songmap::model
