#include "songmap/atlas/walks.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <limits>
#include <map>

#include "atlas/made_atlas.h"
#include "songmap/core/error.h"
#include "songmap/core/npy.h"

namespace songmap::atlas {
namespace {

using ::testing::ElementsAre;
using testing::MadeAtlas;

std::vector<std::size_t> tracks_of(const std::vector<Step>& steps) {
  std::vector<std::size_t> tracks;
  for (const Step& step : steps) tracks.push_back(step.track);
  return tracks;
}

TEST(Similar, GivesTheNearestFirstAndNotTheTrackItself) {
  const MadeAtlas made;
  const std::vector<Step> steps = similar(made.atlas(), 5, 4);
  EXPECT_THAT(tracks_of(steps), ElementsAre(4, 6, 3, 7));
  EXPECT_EQ(steps[2].distance, 2);
  EXPECT_EQ(similar(made.atlas(), 5, 100).size(), 19U);
}

TEST(Similar, ByWordsTheOrderIsAnotherOne) {
  const MadeAtlas made;
  // Tracks 0 and 19 sing of one thing, those between of others; 5 has no words.
  Matrix words(20, 2);
  for (std::size_t i = 0; i < 20; ++i) words(i, 1) = i == 0 || i == 19 ? 0 : 3;
  words(5, 0) = words(5, 1) = std::numeric_limits<float>::quiet_NaN();
  write_npy(made.made.folder.space("lyrics"), words);
  const Atlas atlas = made.atlas();
  EXPECT_EQ(similar(atlas, 0, 1, 1).front().track, 1U);
  EXPECT_EQ(similar(atlas, 0, 1, 0).front().track, 19U);
  EXPECT_EQ(similar(atlas, 0, 30, 0.5).size(), 19U);
  // Both sides count by half: of all that sing of something else the nearest by sound comes first.
  const std::vector<Step> half = similar(atlas, 0, 19, 0.9);
  EXPECT_EQ(half[0].track, 1U);
  EXPECT_THROW((void)similar(atlas, 5, 3, 0.5), InvalidArgument);
  EXPECT_THROW((void)similar(atlas, 0, 3, 1.5), InvalidArgument);
  std::filesystem::remove(made.made.folder.space("lyrics"));
  EXPECT_THROW((void)similar(atlas, 0, 3, 0.5), InvalidArgument);
  EXPECT_EQ(similar(atlas, 0, 3, 1).size(), 3U);
}

TEST(Path, LeadsFromEndToEndInEqualParts) {
  const MadeAtlas made;
  EXPECT_THAT(tracks_of(path(made.atlas(), 2, 10, 5)), ElementsAre(2, 4, 6, 8, 10));
  EXPECT_THAT(tracks_of(path(made.atlas(), 10, 2, 3)), ElementsAre(10, 6, 2));
  EXPECT_THAT(tracks_of(path(made.atlas(), 0, 1, 2)), ElementsAre(0, 1));
}

TEST(Path, PassesNoTrackTwiceHoweverManyStepsItHas) {
  const MadeAtlas made(6);
  std::vector<std::size_t> way = tracks_of(path(made.atlas(), 1, 3, 30));
  EXPECT_EQ(way.size(), 6U);
  EXPECT_EQ(way.front(), 1U);
  EXPECT_EQ(way.back(), 3U);
  std::ranges::sort(way);
  EXPECT_THAT(way, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Path, SaysWhatIsWrong) {
  const MadeAtlas made;
  EXPECT_THROW((void)path(made.atlas(), 1, 1, 5), InvalidArgument);
  EXPECT_THROW((void)path(made.atlas(), 1, 2, 1), InvalidArgument);
}

TEST(Radio, KeepsToTheCapAndThePauseOfEachArtist) {
  const MadeAtlas made;
  const Atlas atlas = made.atlas();
  RadioOptions options;
  options.n = 12;
  options.artist_cap = 2;
  options.artist_pause = 1;
  const std::vector<Step> steps = radio(atlas, 0, options);
  EXPECT_EQ(steps.front().track, 0U);
  EXPECT_EQ(steps.size(), 6U);  // three artists, twice each
  std::map<std::string, std::size_t> times;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string& artist = atlas.tracks()[steps[i].track].artist;
    EXPECT_LE(++times[artist], 2U);
    if (i > 0) EXPECT_NE(artist, atlas.tracks()[steps[i - 1].track].artist);
  }
}

TEST(Radio, EndsWhenThereIsMusicEnough) {
  const MadeAtlas made;
  RadioOptions options;
  options.n = 100;
  options.length_s = 150;
  EXPECT_EQ(radio(made.atlas(), 0, options).size(), 3U);
  options.length_s = 0;
  options.artist_cap = 0;
  options.artist_pause = 0;
  EXPECT_EQ(radio(made.atlas(), 0, options).size(), 20U);
}

}  // namespace
}  // namespace songmap::atlas
