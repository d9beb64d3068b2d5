#include "songmap/atlas/vote.h"

#include <gtest/gtest.h>

#include <cmath>

#include "songmap/core/error.h"
#include "songmap/core/random.h"

namespace songmap::atlas {
namespace {

/// 20 tracks around 0 (group 0) and 20 around 10 (group 1) on a line; on the map they lie at twice that.
struct Line {
  Line() : x(40, 1) {
    Random random(1);
    for (std::size_t i = 0; i < 40; ++i) {
      x(i, 0) = static_cast<float>(random.normal() + (i < 20 ? 0 : 10));
      labels.push_back(i < 20 ? 0 : 1);
      places.push_back({{"pca", 2, 2.0 * x(i, 0), 1, 0}, {"umap", 3, x(i, 0), 0, 5}});
    }
  }
  [[nodiscard]] Electorate electorate() const { return {x, labels, places, usual_distance(x)}; }

  Matrix x;
  std::vector<std::int32_t> labels;
  std::vector<std::vector<MapPlace>> places;
};

std::vector<float> at(double value) { return {static_cast<float>(value)}; }

TEST(Electorate, ATrackJoinsTheGroupAroundIt) {
  const Line line;
  const auto vote = line.electorate().place(at(9.8));
  EXPECT_EQ(vote.cluster, 1);
  EXPECT_EQ(vote.strength, 1);
  EXPECT_LT(vote.distance, 1);
  ASSERT_EQ(vote.places.size(), 2U);
  EXPECT_NEAR(vote.places[0].x, 2 * 9.8, 1);
  EXPECT_EQ(vote.places[0].y, 1);
  EXPECT_NEAR(vote.places[1].x, 9.8, 0.5);
  EXPECT_NEAR(vote.places[1].z, 5, 1e-12);
}

TEST(Electorate, StrengthIsTheShareOfTheVoters) {
  // Of 15 voters the 6 nearest are of group 3, the other 9 of group 4.
  Matrix x(30, 1);
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < 30; ++i) {
    x(i, 0) = static_cast<float>(i + 1);
    labels.push_back(i < 6 ? 3 : 4);
  }
  const auto vote = Electorate(x, labels, {}, 1).place(at(0));
  EXPECT_EQ(vote.cluster, 4);
  EXPECT_NEAR(vote.strength, 9.0 / 15, 1e-12);
  EXPECT_TRUE(vote.places.empty());
}

TEST(Electorate, NoiseIsNoGroupUnlessThereIsNothingElse) {
  Matrix x(20, 1);
  std::vector<std::int32_t> labels(20, kNoise);
  for (std::size_t i = 0; i < 20; ++i) x(i, 0) = static_cast<float>(i);
  EXPECT_EQ(Electorate(x, labels, {}, 1).place(at(0)).cluster, kNoise);
  EXPECT_EQ(Electorate(x, labels, {}, 1).place(at(0)).strength, 1);
  labels[2] = 7;
  EXPECT_EQ(Electorate(x, labels, {}, 1).place(at(0)).cluster, 7);
  EXPECT_NEAR(Electorate(x, labels, {}, 1).place(at(0)).strength, 1.0 / 15, 1e-12);
}

TEST(Electorate, WhatIsFarFromEverythingIsStrange) {
  const Line line;
  EXPECT_GT(line.electorate().place(at(60)).distance, 5);
  EXPECT_LT(line.electorate().place(at(0.1)).distance, 1);
}

TEST(Electorate, AFittedTrackHasItsOwnPlace) {
  const Line line;
  const auto vote = line.electorate().place(line.x.row(25));
  EXPECT_EQ(vote.places[0].x, line.places[25][0].x);
  EXPECT_EQ(vote.places[1].z, 5);
}

TEST(Electorate, NeedsAsManyLabelsAsTracks) { EXPECT_THROW(Electorate(Matrix(2, 1), {1}, {}, 1), InvalidArgument); }

TEST(UsualDistance, IsThatOfTheRowsThemselvesAndOfEveryTenthAmongMany) {
  // On a line a unit apart each row has its 15 nearest within 8 steps on both sides, those at the ends within 15.
  Matrix few(100, 1);
  for (std::size_t i = 0; i < 100; ++i) few(i, 0) = static_cast<float>(i);
  EXPECT_NEAR(usual_distance(few), 8, 1e-6);  // the two ends: (1 + … + 15) / 15
  Matrix many(10000, 1);
  for (std::size_t i = 0; i < 10000; ++i) many(i, 0) = static_cast<float>(i);
  EXPECT_NEAR(usual_distance(many, {2, {}}), (2 * (1 + 2 + 3 + 4 + 5 + 6 + 7) + 8) / 15.0, 1e-6);
  EXPECT_EQ(usual_distance(many, {2, {}}), usual_distance(many, {1, {}}));
}

TEST(Usual, IsWhatAllButOneOfAHundredStayBelow) {
  std::vector<double> values;
  for (int i = 200; i > 0; --i) values.push_back(i);
  EXPECT_EQ(usual(values), 198);
  EXPECT_EQ(usual({}), 0);
  EXPECT_EQ(in_usual(6, 3), 2);
  EXPECT_EQ(in_usual(0, 0), 0);
  EXPECT_TRUE(std::isinf(in_usual(1, 0)));
}

}  // namespace
}  // namespace songmap::atlas
