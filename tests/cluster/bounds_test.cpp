#include "songmap/cluster/bounds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "songmap/core/error.h"
#include "songmap/core/random.h"

namespace songmap::cluster {
namespace {

/// Heaps of these sizes around (10, 0), (20, 0), …
struct Heaps {
  Matrix x;
  std::vector<std::int32_t> labels;
};

Heaps heaps(const std::vector<std::size_t>& sizes) {
  Heaps result;
  std::vector<float> values;
  Random random(3, 7);
  for (std::size_t g = 0; g < sizes.size(); ++g) {
    for (std::size_t i = 0; i < sizes[g]; ++i) {
      values.push_back(static_cast<float>(10.0 * static_cast<double>(g + 1) + random.normal()));
      values.push_back(static_cast<float>(random.normal()));
      result.labels.push_back(static_cast<std::int32_t>(g));
    }
  }
  result.x = Matrix(result.labels.size(), 2, std::move(values));
  return result;
}

std::map<std::int32_t, std::size_t> sizes_of(const std::vector<std::int32_t>& labels) {
  std::map<std::int32_t, std::size_t> sizes;
  for (const std::int32_t label : labels) ++sizes[label];
  return sizes;
}

TEST(Bounds, WithoutAnyNothingChanges) {
  const Heaps given = heaps({40, 3, 20});
  EXPECT_EQ(within_bounds(given.x, given.labels, {}), given.labels);
}

TEST(Bounds, ASmallGroupJoinsTheNearestWhole) {
  Heaps given = heaps({40, 3, 30});
  for (std::size_t i = 40; i < 43; ++i) given.x(i, 0) += 4;
  const std::vector<std::int32_t> labels = within_bounds(given.x, given.labels, {.min_size = 5});
  EXPECT_EQ(sizes_of(labels), (std::map<std::int32_t, std::size_t>{{0, 40}, {1, 33}}));
}

TEST(Bounds, EveryGroupEndsWithinThem) {
  for (const std::size_t min_size : {0, 1, 4, 10}) {
    const Heaps given = heaps({100, 2, 37, 9, 61, 1});
    const Bounds bounds{.min_size = min_size, .max_size = 21};
    const std::vector<std::int32_t> labels = within_bounds(given.x, given.labels, bounds);
    std::int32_t next = 0;
    for (const auto& [label, size] : sizes_of(labels)) {
      EXPECT_EQ(label, next++);
      EXPECT_GE(size, min_size);
      EXPECT_LE(size, bounds.max_size);
    }
  }
}

TEST(Bounds, ACutFollowsTheGap) {
  Heaps given = heaps({20, 30});
  std::ranges::fill(given.labels, 0);
  const std::vector<std::int32_t> labels = within_bounds(given.x, given.labels, {.min_size = 5, .max_size = 40});
  for (std::size_t i = 0; i < labels.size(); ++i) EXPECT_EQ(labels[i], i < 20 ? 1 : 0);
}

TEST(Bounds, RowsThatAreAllAlikeAreCutAllTheSame) {
  const Matrix x(30, 2);
  const std::vector<std::int32_t> labels = within_bounds(x, std::vector<std::int32_t>(30), {.max_size = 8});
  for (const auto& [label, size] : sizes_of(labels)) EXPECT_LE(size, 8U);
}

TEST(Bounds, FewerRowsThanTheSmallestGroupAreOneGroup) {
  const Heaps given = heaps({2, 3});
  EXPECT_EQ(sizes_of(within_bounds(given.x, given.labels, {.min_size = 50})).size(), 1U);
}

TEST(Bounds, NoiseJoinsTheGroupAroundItOrIsMadeOfTheWeak) {
  Heaps given = heaps({30, 30});
  given.labels[3] = kNoise;
  given.labels[40] = kNoise;
  EXPECT_EQ(within_bounds(given.x, given.labels, {}), given.labels);
  const std::vector<std::int32_t> placed = within_bounds(given.x, given.labels, {.noise = "none"});
  EXPECT_EQ(placed[3], 0);
  EXPECT_EQ(placed[40], 1);
  EXPECT_EQ(std::ranges::count(placed, kNoise), 0);

  // A row that is called 1 in the midst of the others.
  std::vector<std::int32_t> labels = heaps({30, 30}).labels;
  labels[3] = 1;
  const std::vector<std::int32_t> kept = within_bounds(given.x, labels, {.noise = "weak"});
  EXPECT_EQ(kept[3], kNoise);
  EXPECT_EQ(std::ranges::count(kept, kNoise), 1);
}

TEST(Bounds, ASmallGroupIsNotWeakForBeingSmall) {
  const Heaps given = heaps({30, 4});
  EXPECT_EQ(within_bounds(given.x, given.labels, {.noise = "weak"}), given.labels);
}

TEST(Bounds, WithoutAnyGroupThereIsNothingToJoin) {
  const Heaps given = heaps({6});
  const std::vector<std::int32_t> labels(6, kNoise);
  EXPECT_EQ(within_bounds(given.x, labels, {.min_size = 2, .max_size = 4, .noise = "none"}), labels);
}

TEST(Bounds, ThoseThatCannotBeKeptAreRefused) {
  EXPECT_THROW(check({.min_size = 10, .max_size = 15}), InvalidArgument);
  EXPECT_THROW(check({.max_size = 1}), InvalidArgument);
  EXPECT_NO_THROW(check({.min_size = 10, .max_size = 20}));
  EXPECT_NO_THROW(check({.min_size = 10}));
}

}  // namespace
}  // namespace songmap::cluster
