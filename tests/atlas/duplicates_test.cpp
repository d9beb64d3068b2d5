#include "songmap/atlas/duplicates.h"

#include <gmock/gmock.h>

#include "atlas/made_atlas.h"
#include "songmap/core/error.h"

namespace songmap::atlas {
namespace {

using ::testing::ElementsAre;
using testing::MadeAtlas;

TEST(NearDuplicates, AreTracksMuchNearerThanIsUsual) {
  const MadeAtlas made;  // a unit apart on a line: the fifth nearest is 3 away
  Matrix x = read_npy(made.made.folder.space("features"));
  x(4, 0) = x(12, 0) + 0.05F;
  x(5, 0) = x(12, 0) - 0.02F;
  x(7, 0) = x(8, 0) + 0.25F;
  write_npy(made.made.folder.space("features"), x);
  std::vector<run::TrackRow> tracks = run::load_tracks(made.made.folder.tracks());
  tracks[5].length_s = 90;
  run::save_tracks(made.made.folder.tracks(), tracks);
  const std::vector<DuplicateSet> found = near_duplicates(made.atlas());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_THAT(found[0].tracks, ElementsAre(5, 4, 12));
  EXPECT_THAT(found[1].tracks, ElementsAre(7, 8));
  EXPECT_NEAR(found[1].farthest, 0.25 / 3, 1e-3);
  EXPECT_EQ(near_duplicates(made.atlas(), {0.05}).size(), 1U);
}

TEST(NearDuplicates, APlacedTrackIsComparedToo) {
  const MadeAtlas made;
  made.atlas().state().place({{"ffff", "new.mp3", "New", "", "", 70, 1, 0.6, 2, {3.01F, 1}, {}}});
  const std::vector<DuplicateSet> found = near_duplicates(made.atlas());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].tracks, ElementsAre(20, 3));
}

TEST(NearDuplicates, ThereAreNoneWhereAllIsApartOrThereIsNothingToCompareWith) {
  EXPECT_TRUE(near_duplicates(MadeAtlas(20).atlas()).empty());
  EXPECT_TRUE(near_duplicates(MadeAtlas(4).atlas()).empty());
  EXPECT_THROW((void)near_duplicates(MadeAtlas(20).atlas(), {0}), InvalidArgument);
}

}  // namespace
}  // namespace songmap::atlas
