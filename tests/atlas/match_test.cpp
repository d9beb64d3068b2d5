#include "songmap/atlas/match.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "atlas/made_atlas.h"
#include "songmap/core/random.h"

namespace songmap::atlas {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

double weight_of(const std::vector<double>& weight, std::size_t n_cols, const std::vector<int>& columns) {
  double sum = 0;
  for (std::size_t r = 0; r < columns.size(); ++r) {
    if (columns[r] >= 0) sum += weight[r * n_cols + static_cast<std::size_t>(columns[r])];
  }
  return sum;
}

TEST(MaximumAssignment, IsTheBestOfAllPermutations) {
  Random random(4);
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{4, 4}, {3, 5}, {5, 3}, {1, 1}}) {
    std::vector<double> weight(rows * cols);
    for (double& value : weight) value = static_cast<double>(random.below(10));
    const std::vector<int> found = maximum_assignment(weight, rows, cols);
    ASSERT_EQ(found.size(), rows);
    std::vector<int> used;
    for (const int column : found) {
      if (column < 0) continue;
      EXPECT_EQ(std::ranges::count(used, column), 0);
      used.push_back(column);
    }
    const std::size_t n = std::max(rows, cols);
    std::vector<int> order(n);
    std::iota(order.begin(), order.end(), 0);
    double best = 0;
    do {
      double sum = 0;
      for (std::size_t r = 0; r < rows; ++r) {
        if (order[r] < static_cast<int>(cols)) sum += weight[r * cols + static_cast<std::size_t>(order[r])];
      }
      best = std::max(best, sum);
    } while (std::ranges::next_permutation(order).found);
    EXPECT_EQ(weight_of(weight, cols, found), best) << rows << " x " << cols;
  }
}

TEST(MatchedNumbers, GroupsKeepTheNumberOfTheMostTracks) {
  const GroupOfTrack before{{"a", 0}, {"b", 0}, {"c", 1}, {"d", 1}, {"e", 1}, {"gone", 2}};
  const GroupOfTrack now{{"a", 1}, {"b", 1}, {"c", 0}, {"d", 0}, {"e", 1}, {"new", 0}};
  EXPECT_THAT(matched_numbers(before, now, 0), ElementsAre(Pair(0, 1), Pair(1, 0)));
}

TEST(MatchedNumbers, ANewGroupGetsANumberThatWasNeverUsed) {
  const GroupOfTrack before{{"a", 0}, {"b", 4}};
  const GroupOfTrack now{{"a", 0}, {"b", 1}, {"c", 2}, {"d", kNoise}};
  EXPECT_THAT(matched_numbers(before, now, 0), ElementsAre(Pair(0, 0), Pair(1, 4), Pair(2, 5)));
  EXPECT_THAT(matched_numbers(before, now, 9), ElementsAre(Pair(0, 0), Pair(1, 4), Pair(2, 9)));
}

TEST(MatchedNumbers, TheWholeOverlapDecidesNotTheLargestPart) {
  // Group 0 of now shares 3 with old 0 and 2 with old 1, group 1 shares 2 with old 0 alone: 0 -> 1, 1 -> 0 shares 4.
  GroupOfTrack before;
  GroupOfTrack now;
  const auto add = [&](const std::string& name, std::int32_t was, std::int32_t is) {
    before[name] = was;
    now[name] = is;
  };
  for (const char* name : {"a", "b", "c"}) add(name, 0, 0);
  for (const char* name : {"d", "e"}) add(name, 1, 0);
  for (const char* name : {"f", "g"}) add(name, 0, 1);
  EXPECT_THAT(matched_numbers(before, now, 0), ElementsAre(Pair(0, 1), Pair(1, 0)));
}

TEST(KeepGroupNumbers, RenumbersTheMainGroupsOfEachSeedAlone) {
  const testing::MadeAtlas made(6);
  std::vector<run::LabelRow> labels = run::load_labels(made.made.folder.labels());
  const GroupOfTrack before{{labels[0].track_id, 5}, {labels[1].track_id, 5}, {labels[5].track_id, 7}};
  std::vector<run::LabelRow> all = labels;
  for (run::LabelRow row : labels) {
    row.seed = 1;
    row.cluster = 1 - row.cluster;
    all.push_back(row);
  }
  for (run::LabelRow row : labels) {
    row.method = "ward";
    all.push_back(row);
  }
  run::save_labels(made.made.folder.labels(), all);
  keep_group_numbers(made.made.folder, before, 0);
  const std::vector<run::LabelRow> found = run::load_labels(made.made.folder.labels());
  ASSERT_EQ(found.size(), 18U);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(found[i].cluster, i < 3 ? 5 : 7);
    EXPECT_EQ(found[6 + i].cluster, i < 3 ? 1 : 0);  // another seed keeps the numbers of its own clustering
    EXPECT_EQ(found[12 + i].cluster, i < 3 ? 0 : 1);
  }
}

TEST(KeepMapOrientation, ATurnedMapLiesAsTheEarlierOneDid) {
  const testing::MadeAtlas made;
  const std::filesystem::path file = made.made.folder.map();
  std::vector<run::MapRow> earlier = run::load_map(file);
  for (std::size_t i = 0; i < earlier.size(); ++i) earlier[i].y = static_cast<double>(i % 3);
  std::vector<run::MapRow> now = earlier;
  for (run::MapRow& row : now) {  // a quarter turn, mirrored, elsewhere
    std::swap(row.x, row.y);
    row.x += 50;
  }
  now.pop_back();  // a track is gone
  run::save_map(file, now);
  keep_map_orientation(made.made.folder, earlier);
  const std::vector<run::MapRow> turned = run::load_map(file);
  ASSERT_EQ(turned.size(), 19U);
  for (std::size_t i = 0; i < turned.size(); ++i) {
    EXPECT_NEAR(turned[i].x, earlier[i].x, 1e-3);
    EXPECT_NEAR(turned[i].y, earlier[i].y, 1e-3);
  }
  keep_map_orientation(made.made.folder, {});
  EXPECT_EQ(run::load_map(file).size(), 19U);
}

}  // namespace
}  // namespace songmap::atlas
