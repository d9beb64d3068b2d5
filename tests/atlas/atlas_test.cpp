#include "songmap/atlas/atlas.h"

#include <gmock/gmock.h>

#include "atlas/made_atlas.h"
#include "songmap/core/error.h"

namespace songmap::atlas {
namespace {

using ::testing::HasSubstr;
using testing::MadeAtlas;
using ::testing::ThrowsMessage;

TEST(Atlas, HoldsTheMainGroupsOfARun) {
  const MadeAtlas made;
  const Atlas atlas = made.atlas();
  ASSERT_EQ(atlas.tracks().size(), 20U);
  EXPECT_EQ(atlas.n_fitted(), 20U);
  EXPECT_EQ(atlas.tracks()[3].title, "Song 3");
  EXPECT_EQ(atlas.tracks()[12].cluster, 1);
  ASSERT_EQ(atlas.groups().size(), 2U);
  EXPECT_EQ(atlas.groups()[1].size, 10U);
  EXPECT_EQ(atlas.rows()(7, 0), 7);
  EXPECT_EQ(atlas.search().rows(), 20U);
}

TEST(Atlas, WhatWasPlacedFollowsTheFittedTracks) {
  const MadeAtlas made;
  made.atlas().state().place({{"ffff", "/elsewhere/new.mp3", "New", "", "", 10, 1, 0.6, 2, {30, 1}, {}}});
  const Atlas atlas = made.atlas();
  ASSERT_EQ(atlas.tracks().size(), 21U);
  EXPECT_EQ(atlas.n_fitted(), 20U);
  EXPECT_TRUE(atlas.tracks().back().placed);
  EXPECT_EQ(atlas.rows()(20, 0), 30);
  EXPECT_EQ(atlas.groups()[1].size, 11U);
  EXPECT_EQ(atlas.file_of(atlas.tracks().back()), "/elsewhere/new.mp3");
}

TEST(Atlas, APlacementGoesWithItsFit) {
  const MadeAtlas made;
  made.atlas().state().place({{"ffff", "new.mp3", "New", "", "", 10, 1, 0.6, 2, {30, 1}, {}}});
  Matrix other = read_npy(made.made.folder.space("features"));
  other(0, 0) = 0.5F;
  write_npy(made.made.folder.space("features"), other);
  EXPECT_EQ(made.atlas().tracks().size(), 20U);
}

TEST(Atlas, OtherGroupsOfTheSameRowsAreAnotherFit) {
  const MadeAtlas made;
  made.atlas().state().place({{"ffff", "new.mp3", "New", "", "", 10, 1, 0.6, 2, {30, 1}, {}}});
  std::vector<run::LabelRow> labels = run::load_labels(made.made.folder.labels());
  labels[0].cluster = 1;
  run::save_labels(made.made.folder.labels(), labels);
  EXPECT_EQ(made.atlas().tracks().size(), 20U);
}

TEST(Atlas, ATrackIsFoundByIdPathNameAndWords) {
  const MadeAtlas made;
  const Atlas atlas = made.atlas();
  EXPECT_EQ(atlas.find("0007track"), 7U);
  EXPECT_EQ(atlas.find("0007"), 7U);
  EXPECT_EQ(atlas.find("folder 1/song 7.mp3"), 7U);
  EXPECT_EQ(atlas.find((atlas.root() / "folder 1/song 7.mp3").string()), 7U);
  EXPECT_EQ(atlas.find("song 7.mp3"), 7U);
  EXPECT_EQ(atlas.find("artist 1 - song 7"), 7U);
  EXPECT_EQ(atlas.find("SONG 19"), 19U);
  EXPECT_THAT([&] { (void)atlas.find("song 1"); }, ThrowsMessage<InvalidArgument>(HasSubstr("means 11 tracks")));
  EXPECT_THAT([&] { (void)atlas.find("polka"); }, ThrowsMessage<InvalidArgument>(HasSubstr("no track 'polka'")));
  EXPECT_THROW((void)atlas.find(""), InvalidArgument);
}

TEST(Atlas, AGroupIsFoundByNumberAndName) {
  const MadeAtlas made;
  made.atlas().state().rename(1, "Late piano");
  const Atlas atlas = made.atlas();
  EXPECT_EQ(atlas.find_group("1"), 1);
  EXPECT_EQ(atlas.find_group("late PIANO"), 1);
  EXPECT_EQ(atlas.group_title(1), "1 · Late piano");
  EXPECT_EQ(atlas.group_title(0), "group 0");
  EXPECT_THAT([&] { (void)atlas.find_group("7"); }, ThrowsMessage<InvalidArgument>(HasSubstr("1 · Late piano")));
}

TEST(Atlas, WhatIsNotFinishedOrDoesNotBelongTogetherIsSaid) {
  const MadeAtlas made;
  write_npy(made.made.folder.space("features"), Matrix(19, 2));
  EXPECT_THROW((void)made.atlas(), FormatError);
  std::filesystem::remove(made.made.folder.labels());
  EXPECT_THROW((void)made.atlas(), IoError);
}

}  // namespace
}  // namespace songmap::atlas
