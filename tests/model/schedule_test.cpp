#include "songmap/model/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace songmap::model {
namespace {

VaeOptions rising(double beta, double warm_up, std::size_t cycles) {
  VaeOptions vae;
  vae.beta = beta;
  vae.warm_up = warm_up;
  vae.cycles = cycles;
  return vae;
}

TrainOptions epochs(std::size_t n) {
  TrainOptions train;
  train.epochs = n;
  return train;
}

std::vector<double> betas(const Schedule& schedule, std::size_t steps) {
  std::vector<double> values(steps);
  for (std::size_t i = 0; i < steps; ++i) values[i] = schedule.beta(i);
  return values;
}

TEST(Schedule, BetaRisesOnceOverTheWarmUp) {
  const Schedule schedule(rising(2, 0.4, 1), epochs(5), /*batches=*/2);  // 4 of 10 steps
  EXPECT_EQ(betas(schedule, 10), (std::vector<double>{0.5, 1, 1.5, 2, 2, 2, 2, 2, 2, 2}));
  EXPECT_EQ(schedule.settled_epochs(), 2U);
}

TEST(Schedule, BetaRisesAnewInEachCycle) {
  const Schedule schedule(rising(4, 0.5, 3), epochs(12), /*batches=*/1);  // 2 of 4 steps, three times
  EXPECT_EQ(betas(schedule, 12), (std::vector<double>{2, 4, 4, 4, 2, 4, 4, 4, 2, 4, 4, 4}));
  EXPECT_EQ(schedule.settled_epochs(), 10U);
}

TEST(Schedule, CyclesThatAreNoWholeStepsStartAtTheNextOne) {
  // 3 cycles of 10/3 steps begin at steps 0, 4 and 7; each rises over 10/3 steps, by .3 a step.
  const std::vector<double> found = betas(Schedule(rising(1, 1, 3), epochs(10), 1), 10);
  const std::vector<double> expected = {0.3, 0.6, 0.9, 1, 0.3, 0.6, 0.9, 0.3, 0.6, 0.9};
  for (std::size_t i = 0; i < 10; ++i) EXPECT_NEAR(found[i], expected[i], 1e-12) << "step " << i;
}

TEST(Schedule, WithoutWarmUpOrWithMoreCyclesThanStepsBetaIsConstant) {
  EXPECT_EQ(std::ranges::count(betas(Schedule(rising(3, 0, 4), epochs(9), 1), 9), 3), 9);
  EXPECT_EQ(std::ranges::count(betas(Schedule(rising(3, 0.5, 50), epochs(9), 1), 9), 3), 9);
  EXPECT_EQ(Schedule(rising(3, 0, 4), epochs(9), 1).settled_epochs(), 0U);
}

TEST(Schedule, APlainAutoencoderHasNothingToSettle) {
  VaeOptions plain = rising(1, 0.5, 2);
  plain.variational = false;
  EXPECT_EQ(Schedule(plain, epochs(9), 1).settled_epochs(), 0U);
}

TEST(Schedule, LearningRateFallsByACosine) {
  TrainOptions train = epochs(4);
  train.learning_rate = 0.1;
  train.final_learning_rate = 0.2;
  const Schedule schedule({}, train, /*batches=*/2);
  EXPECT_NEAR(schedule.learning_rate(0), 0.1, 1e-15);
  EXPECT_NEAR(schedule.learning_rate(4), 0.1 * (0.2 + 0.8 * 0.5), 1e-15);
  EXPECT_NEAR(schedule.learning_rate(8), 0.02, 1e-15);
  EXPECT_NEAR(schedule.learning_rate(2), 0.1 * (0.2 + 0.8 * 0.5 * (1 + std::sqrt(0.5))), 1e-15);
  train.final_learning_rate = 1;
  EXPECT_EQ(Schedule({}, train, 2).learning_rate(5), 0.1);
}

}  // namespace
}  // namespace songmap::model
