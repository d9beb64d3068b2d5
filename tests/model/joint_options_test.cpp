#include "songmap/model/joint_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "songmap/core/error.h"

namespace songmap::model {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(JointOptions, ArePutByNameBesideThoseOfItsTraining) {
  JointOptions options;
  TrainOptions train;
  OptionSet set;
  set.section("joint");
  describe(set, options);
  describe(set, train);
  set.assign("joint.posterior=poe", "--set");
  set.assign("joint.n_latent=5", "--set");
  set.assign("joint.hidden=7,3", "--set");
  set.assign("joint.epochs=9", "--set");
  EXPECT_EQ(options.posterior, "poe");
  EXPECT_EQ(options.vae.n_latent, 5U);
  EXPECT_EQ(options.vae.hidden, (std::vector<std::size_t>{7, 3}));
  EXPECT_EQ(train.epochs, 9U);
  EXPECT_THROW(set.assign("joint.posterior=sum", "--set"), InvalidArgument);
  check(options);
}

TEST(JointOptions, WhatIsForOtherModelsIsRefused) {
  const auto complaint = [](auto change) {
    JointOptions options;
    change(options);
    return [options] { check(options); };
  };
  EXPECT_THAT(complaint([](JointOptions& o) { o.posterior = "sum"; }),
              ThrowsMessage<InvalidArgument>(HasSubstr("posterior = \"sum\" is not allowed")));
  EXPECT_THAT(complaint([](JointOptions& o) { o.vae.network = "conv"; }),
              ThrowsMessage<InvalidArgument>(HasSubstr("leave network")));
  EXPECT_THAT(complaint([](JointOptions& o) { o.vae.variational = false; }),
              ThrowsMessage<InvalidArgument>(HasSubstr("a joint model is fully connected and variational")));
  EXPECT_THAT(complaint([](JointOptions& o) { o.vae.objective = "study"; }), testing::Throws<InvalidArgument>());
  EXPECT_THAT(complaint([](JointOptions& o) { o.vae.sigma = 1; }), testing::Throws<InvalidArgument>());
  EXPECT_THAT(complaint([](JointOptions& o) { o.vae.free_bits = 1; }), testing::Throws<InvalidArgument>());
  EXPECT_THAT(complaint([](JointOptions& o) { o.vae.beta = -1; }), testing::Throws<InvalidArgument>());
}

TEST(JointOptions, StepsFollowTheNumberOfRows) {
  TrainOptions train;
  fit_joint_size(1000, train);
  EXPECT_EQ(train.batch, 100U);
  EXPECT_EQ(train.epochs, 80U);
  EXPECT_DOUBLE_EQ(train.learning_rate, 2e-3);
  fit_joint_size(100, train);
  EXPECT_EQ(train.batch, 25U);
  EXPECT_EQ(train.epochs, 200U);
  fit_joint_size(2, train);
  EXPECT_EQ(train.batch, 8U);
  EXPECT_EQ(train.epochs, 300U);
  fit_joint_size(100000, train);
  EXPECT_EQ(train.batch, 100U);
  EXPECT_EQ(train.epochs, 12U);  // 800 x 100^.6 = 12,679 steps of 1,000 an epoch
}

}  // namespace
}  // namespace songmap::model
