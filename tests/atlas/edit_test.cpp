#include "songmap/atlas/edit.h"

#include <gmock/gmock.h>

#include "atlas/made_atlas.h"
#include "songmap/core/error.h"

namespace songmap::atlas {
namespace {

using ::testing::ElementsAre;
using testing::MadeAtlas;

std::vector<std::int32_t> groups_of(const Atlas& atlas) {
  std::vector<std::int32_t> groups;
  for (const AtlasTrack& track : atlas.tracks()) groups.push_back(track.cluster);
  return groups;
}

/// The fit changes its mind: every track is in the group that it was not in.
void swap_labels(const MadeAtlas& made) {
  std::vector<run::LabelRow> labels = run::load_labels(made.made.folder.labels());
  for (run::LabelRow& row : labels) row.cluster = 1 - row.cluster;
  run::save_labels(made.made.folder.labels(), labels);
}

TEST(Lock, TracksStayWhateverTheFitSays) {
  const MadeAtlas made(6);
  Atlas atlas = made.atlas();
  EXPECT_EQ(lock(atlas, 0), 3U);
  swap_labels(made);
  EXPECT_THAT(groups_of(made.atlas()), ElementsAre(0, 0, 0, 0, 0, 0));
  EXPECT_TRUE(made.atlas().tracks()[0].pinned);
  EXPECT_FALSE(made.atlas().tracks()[3].pinned);
  EXPECT_EQ(unlock(atlas, 0), 3U);
  EXPECT_THAT(groups_of(made.atlas()), ElementsAre(1, 1, 1, 0, 0, 0));
}

TEST(Merge, MakesOneGroupThatStaysOne) {
  const MadeAtlas made(6);
  Atlas atlas = made.atlas();
  EXPECT_EQ(merge(atlas, 1, 0), 3U);
  EXPECT_THAT(groups_of(made.atlas()), ElementsAre(1, 1, 1, 1, 1, 1));
  ASSERT_EQ(made.atlas().groups().size(), 1U);
  EXPECT_EQ(made.atlas().groups()[0].size, 6U);
  swap_labels(made);
  EXPECT_THAT(groups_of(made.atlas()), ElementsAre(1, 1, 1, 1, 1, 1));
  Atlas merged = made.atlas();
  EXPECT_THROW((void)merge(merged, 1, 1), InvalidArgument);
}

TEST(Split, TheLargestPartKeepsTheNumberAndOthersGetNewOnes) {
  const MadeAtlas made(20);
  Matrix x = read_npy(made.made.folder.space("features"));
  for (std::size_t i = 0; i < 4; ++i) x(i, 0) -= 100;  // of group 0: far from its other six
  write_npy(made.made.folder.space("features"), x);
  made.atlas().state().rename(6, "Named once");
  Atlas atlas = made.atlas();
  EXPECT_THAT(split(atlas, 0, 2), ElementsAre(7));
  const std::vector<std::int32_t> groups = groups_of(made.atlas());
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(groups[i], i < 4 ? 7 : i < 10 ? 0 : 1) << i;
  EXPECT_THROW((void)split(atlas, 0, 1), InvalidArgument);
  EXPECT_THROW((void)split(atlas, 0, 11), InvalidArgument);
}

TEST(Move, PutsTracksWhereAPersonWants) {
  const MadeAtlas made(4);
  Atlas atlas = made.atlas();
  move(atlas, {0, 3}, 5);
  EXPECT_THAT(groups_of(made.atlas()), ElementsAre(5, 0, 1, 5));
  EXPECT_THROW(move(atlas, {9}, 5), InvalidArgument);
}

TEST(Exclude, TracksAreListedNowhereUntilTheyAreTakenIn) {
  const MadeAtlas made(6);
  made.atlas().state().place({{"ffff", "new.mp3", "New", "", "", 10, 1, 0.6, 2, {30, 1}, {}}});
  made.atlas().state().exclude({"0001track", "ffff"});
  const Atlas atlas = made.atlas();
  ASSERT_EQ(atlas.tracks().size(), 5U);
  EXPECT_EQ(atlas.tracks()[1].track_id, "0002track");
  EXPECT_EQ(atlas.rows()(1, 0), 2);
  EXPECT_EQ(atlas.groups()[0].size, 2U);
  made.atlas().state().include({"ffff"});
  EXPECT_EQ(made.atlas().tracks().size(), 6U);
}

}  // namespace
}  // namespace songmap::atlas
