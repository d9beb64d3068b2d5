#include "songmap/run/model_specs.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "songmap/core/error.h"

namespace songmap::run {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

RunOptions hard() {
  RunOptions options;
  apply_preset("hard", "study", options);
  return options;
}

TEST(ModelSpecs, TheHardTierIsTheStudysThreeModels) {
  const auto specs = model_specs(hard(), 160);
  ASSERT_THAT(specs, SizeIs(3));
  EXPECT_EQ(specs[0].title, "Beta-VAE");
  EXPECT_EQ(specs[0].vae.beta, 4);
  EXPECT_EQ(specs[0].train.epochs, 100U);
  EXPECT_EQ(specs[0].kind, "vae");
  EXPECT_EQ(specs[1].title, "Regular VAE");
  EXPECT_EQ(specs[1].vae.beta, 1);
  EXPECT_EQ(specs[1].train.epochs, 50U);
  EXPECT_TRUE(specs[1].vae.variational);
  EXPECT_EQ(specs[2].title, "Autoencoder");
  EXPECT_EQ(specs[2].kind, "autoencoder");
  EXPECT_FALSE(specs[2].vae.variational);
  for (const ModelSpec& spec : specs) {
    EXPECT_EQ(spec.vae.hidden, (std::vector<std::size_t>{512, 256}));
    EXPECT_EQ(spec.vae.n_latent, 64U);
    EXPECT_EQ(spec.train.batch, 32U);
    EXPECT_EQ(spec.train.learning_rate, 1e-3);
    EXPECT_EQ(spec.train.clip_norm, 1);
    EXPECT_EQ(spec.condition, "");
  }
}

TEST(ModelSpecs, TheMediumTierIsTheConvolutionalOne) {
  RunOptions options;
  apply_preset("medium", "study", options);
  const auto specs = model_specs(options, 120);
  ASSERT_THAT(specs, SizeIs(1));
  EXPECT_EQ(specs[0].kind, "conv-vae");
  EXPECT_EQ(specs[0].vae.channels, (std::vector<std::size_t>{32, 64, 128, 256}));
  EXPECT_EQ(specs[0].train.batch, 16U);
}

TEST(ModelSpecs, AConditionAddsTheModelThatSeesIt) {
  RunOptions options = hard();
  options.condition = "language";
  const auto specs = model_specs(options, 160);
  ASSERT_THAT(specs, SizeIs(4));
  EXPECT_EQ(specs[3].name, "conditional-vae");
  EXPECT_EQ(specs[3].kind, "conditional-vae");
  EXPECT_EQ(specs[3].condition, "language");
  EXPECT_EQ(specs[3].vae.n_latent, 32U);  // as the study has it
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(specs[i].condition, "");
}

TEST(ModelSpecs, WhatAModelHasOfItsOwnComesLast) {
  RunOptions options;
  apply_preset("default", "", options);
  set_option(options, "models.default-vae.train.epochs", "2", "test");
  const auto specs = model_specs(options, 100);
  EXPECT_EQ(specs[0].train.epochs, 2U);
  EXPECT_EQ(specs[0].vae.n_latent, 8U);  // from the size of the collection
}

TEST(ModelSpecs, SizesFollowTheCollectionOnlyWhereAsked) {
  RunOptions options;
  apply_preset("default", "", options);
  EXPECT_EQ(model_specs(options, 299)[0].vae.n_latent, 8U);
  EXPECT_EQ(model_specs(options, 300)[0].vae.n_latent, 16U);
  EXPECT_EQ(model_specs(options, 1000)[0].vae.hidden, (std::vector<std::size_t>{256, 128}));
  EXPECT_EQ(model_specs(options, 100)[0].train.epochs, 300U);
  EXPECT_EQ(model_specs(options, 1000)[0].train.epochs, 120U);
  EXPECT_EQ(model_specs(options, 10'000'000)[0].train.epochs, 3U);
  EXPECT_EQ(model_specs(hard(), 100)[0].train.epochs, model_specs(hard(), 100'000)[0].train.epochs);
}

TEST(ModelSpecs, TheJointModelHasSizesOfItsOwn) {
  RunOptions options;
  apply_preset("default", "", options);
  set_option(options, "models.joint-vae.train.epochs", "7", "test");
  const auto specs = model_specs(options, 100);
  const auto joint = std::ranges::find(specs, std::string(kJointModel), &ModelSpec::kind);
  ASSERT_NE(joint, specs.end());
  EXPECT_EQ(joint->vae.n_latent, 16U);
  EXPECT_EQ(joint->vae.input_noise, 0.5);
  EXPECT_EQ(joint->vae.objective, "calibrated");
  EXPECT_EQ(joint->train.batch, 25U);
  EXPECT_EQ(joint->train.learning_rate, 2e-3);
  EXPECT_EQ(joint->train.epochs, 7U);
}

std::size_t steps(std::size_t rows, const model::TrainOptions& train) {
  return train.epochs * ((rows + train.batch - 1) / train.batch);
}

TEST(FitSize, MakesAsManyStepsAsTheTracksAreWorth) {
  struct Size {
    std::size_t n_tracks;
    std::size_t batch;
    std::size_t epochs;
    std::size_t steps;
  };
  // 100 and 1,000 are the settings that were found to work; 940 (n / 1000)^.6 steps beyond, in whole epochs.
  for (const auto& [n, batch, epochs, n_steps] :
       {Size{1, 32, 300, 300}, Size{20, 32, 300, 300}, Size{50, 32, 300, 600}, Size{100, 32, 300, 1200},
        Size{300, 64, 200, 1000}, Size{1000, 128, 120, 960}, Size{5000, 128, 63, 2520}, Size{20'000, 128, 36, 5652},
        Size{100'000, 128, 19, 14'858}}) {
    model::VaeOptions vae;
    model::TrainOptions train;
    fit_size(n, vae, train);
    EXPECT_EQ(train.batch, batch) << n;
    EXPECT_EQ(train.epochs, epochs) << n;
    EXPECT_EQ(steps(n, train), n_steps) << n;
  }
}

TEST(FitSize, OfWindowsIsOneNumberOfStepsUpToAThousandTracks) {
  model::VaeOptions vae;
  model::TrainOptions train;
  for (const std::size_t n_tracks : {2U, 20U, 100U, 1000U}) {
    for (const std::size_t n_windows : {2 * n_tracks, 24 * n_tracks}) {
      fit_window_size(n_tracks, n_windows, vae, train);
      EXPECT_LE(train.batch, 128U);
      EXPECT_LE(train.batch, n_windows);
      EXPECT_NEAR(static_cast<double>(steps(n_windows, train)), 2500, 200) << n_tracks << " tracks, " << n_windows;
    }
  }
  fit_window_size(16'000, 24 * 16'000, vae, train);
  EXPECT_NEAR(static_cast<double>(steps(24 * 16'000, train)), 10'000, 1500);
  fit_window_size(100'000, 50'000'000, vae, train);
  EXPECT_EQ(train.epochs, 1U);
}

TEST(ModelSpecs, WrongListsOfModelsAreToldByName) {
  RunOptions none = hard();
  none.models.clear();
  EXPECT_THAT([&] { (void)model_specs(none, 10); }, ThrowsMessage<InvalidArgument>(HasSubstr("run.models is empty")));
  RunOptions twice = hard();
  twice.models = {"a", "a"};
  EXPECT_THAT([&] { (void)model_specs(twice, 10); }, ThrowsMessage<InvalidArgument>(HasSubstr("names a model twice")));
  RunOptions fewer = hard();
  fewer.models = {"regular-vae"};
  EXPECT_EQ(model_specs(fewer, 10).size(), 1U);
  RunOptions unknown = hard();
  set_option(unknown, "models.beta-vea.vae.beta", "2", "--set");
  EXPECT_THAT([&] { (void)model_specs(unknown, 10); },
              ThrowsMessage<InvalidArgument>(
                  HasSubstr("there is no model 'beta-vea' in run.models (beta-vae, regular-vae, autoencoder)")));
  RunOptions blind = hard();
  blind.models.emplace_back("conditional-vae");
  EXPECT_THAT([&] { (void)model_specs(blind, 10); },
              ThrowsMessage<InvalidArgument>(HasSubstr("needs --condition COLUMN")));
}

}  // namespace
}  // namespace songmap::run
