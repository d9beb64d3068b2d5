#include "songmap/atlas/descriptors.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "songmap/core/random.h"
#include "songmap/features/recipe.h"

namespace songmap::atlas {
namespace {

using ::testing::IsEmpty;

Matrix normals(std::size_t rows, std::size_t cols) {
  Random random(5);
  Matrix x(rows, cols);
  for (float& value : x.values()) value = static_cast<float>(random.normal());
  return x;
}

std::vector<std::size_t> first(std::size_t n) {
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

TEST(Descriptors, OfTimbreArePlainWordsAndOfOtherTablesTheirColumns) {
  const std::vector<std::string>& columns = features::recipe("timbre").columns;
  const std::vector<Descriptor> sound = descriptors(normals(10, columns.size()), columns);
  EXPECT_EQ(sound.size(), 9U);
  EXPECT_EQ(sound.front().more, "bright");
  EXPECT_EQ(sound.back().more, "fast pulse");
  for (const Descriptor& one : sound) EXPECT_EQ(one.values.size(), 10U);
  const std::vector<Descriptor> table = descriptors(normals(10, 2), {"tempo", "energy"});
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table[1].less, "low energy");
  EXPECT_THAT(descriptors(normals(10, 2), {"tempo"}), IsEmpty());
}

TEST(Descriptors, ThePulseIsTheCentreOfTheRates) {
  const std::vector<std::string>& columns = features::recipe("timbre").columns;
  Matrix raw(2, columns.size());
  const auto at = [&](const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(columns, name) - columns.begin());
  };
  raw(0, at("fluctuation_3_2")) = std::log(1 + 1.0F);
  raw(0, at("fluctuation_5_5")) = std::log(1 + 2.0F);
  const std::vector<Descriptor> sound = descriptors(raw, columns);
  EXPECT_NEAR(sound.back().values[0], (1 * 2 + 2 * 5) / 3.0, 1e-6);
  EXPECT_EQ(sound.back().values[1], 0);  // silence has no pulse
}

TEST(Differences, TellWhatIsClearAndNothingElse) {
  Matrix x = normals(60, 3);
  for (std::size_t i = 0; i < 20; ++i) {
    x(i, 0) -= 3;
    x(i, 1) += 1;
  }
  const std::vector<Difference> found = differences(descriptors(x, {"a", "b", "c"}), first(20));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].words, "low a");
  EXPECT_EQ(found[1].words, "high b");
  EXPECT_EQ(differences(descriptors(x, {"a", "b", "c"}), first(20), 1).size(), 1U);
}

TEST(Differences, SizeIsByHand) {
  // Means 3 and 1 of values 2, 4, 1, 1; mean 2, variance (0 + 4 + 1 + 1) / 4.
  const std::vector<Descriptor> one{{"more", "less", "x", {2, 4, 1, 1, 1, 1, 1, 1}}};
  // Mean of all 1.5, squares .25 + 6.25 + 6 * .25 = 8, deviation 1; inside 3, outside 1.
  const std::vector<std::size_t> members{0, 1};
  const std::vector<Difference> found = differences(one, members);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].size, 2, 1e-12);
}

TEST(Differences, FewTracksAConstantColumnAndEverybodyTellNothing) {
  const Matrix constant(20, 1);
  EXPECT_THAT(differences(descriptors(constant, {"a"}), first(5)), IsEmpty());
  Matrix x = normals(20, 1);
  x(0, 0) = 9;
  EXPECT_THAT(differences(descriptors(x, {"a"}), first(1)), IsEmpty());
  EXPECT_THAT(differences(descriptors(x, {"a"}), first(20)), IsEmpty());
}

TEST(Unusual, IsTwoDeviationsFromTheMean) {
  Matrix x = normals(50, 2);
  x(7, 1) = -8;
  const std::vector<Difference> found = unusual(descriptors(x, {"a", "b"}), 7);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].words, "low b");
  EXPECT_LT(found[0].size, -2);
}

}  // namespace
}  // namespace songmap::atlas
