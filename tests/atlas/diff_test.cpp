#include "songmap/atlas/diff.h"

#include <gmock/gmock.h>

#include "atlas/made_atlas.h"

namespace songmap::atlas {
namespace {

using ::testing::ElementsAre;

TEST(Diff, OfALibraryWithItselfIsNothing) {
  const testing::MadeAtlas made;
  const AtlasDiff found = diff(made.atlas(), made.atlas());
  EXPECT_TRUE(found.moved.empty() && found.come.empty() && found.gone.empty());
  EXPECT_EQ(found.n_common, 20U);
  EXPECT_EQ(found.agreement, 1);
}

TEST(Diff, TellsWhoMovedCameAndWent) {
  const testing::MadeAtlas before;
  const testing::MadeAtlas after;
  std::vector<run::LabelRow> labels = run::load_labels(after.made.folder.labels());
  labels[5].cluster = 1;
  run::save_labels(after.made.folder.labels(), labels);
  after.atlas().state().set_gone({"0003track"});
  after.atlas().state().place({{"ffff", "new.mp3", "New", "Band", "", 10, 1, 0.6, 2, {30, 1}, {}}});
  const AtlasDiff found = diff(before.atlas(), after.atlas());
  EXPECT_THAT(found.come, ElementsAre("Band - New"));
  EXPECT_THAT(found.gone, ElementsAre("Artist 0 - Song 3"));
  ASSERT_EQ(found.moved.size(), 1U);
  EXPECT_EQ(found.moved[0].title, "Artist 2 - Song 5");
  EXPECT_EQ(found.moved[0].from, 0);
  EXPECT_EQ(found.moved[0].to, 1);
  EXPECT_EQ(found.n_common, 19U);
  EXPECT_LT(found.agreement, 1);
}

}  // namespace
}  // namespace songmap::atlas
