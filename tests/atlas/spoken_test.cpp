#include "songmap/atlas/spoken.h"

#include <gtest/gtest.h>

#include "atlas/made_atlas.h"
#include "audio/sound_files.h"
#include "songmap/library/tags.h"

namespace songmap::atlas {
namespace {

TEST(Spoken, WholeWordsOfSeveralLanguagesSaySo) {
  for (const char* text : {"Audiobook", "My PODCAST #12", "Books & Spoken", "spoken-word", "Hörspiel", "শ্রুতিনাটক ৩"}) {
    EXPECT_TRUE(says_spoken(text)) << text;
  }
  for (const char* text : {"", "Speechless", "Rock", "A Song About Skittles", "Interviewed", "Book of Love"}) {
    EXPECT_FALSE(says_spoken(text)) << text;
  }
}

TEST(Spoken, ATracksFolderOrGenreTellsOfIt) {
  const audio::testing::TempFolder folder;
  const testing::MadeAtlas made;
  const Atlas atlas = made.atlas();
  AtlasTrack track = atlas.tracks()[0];
  EXPECT_FALSE(is_spoken(atlas, track));
  track.path = "Hörbücher/Band 1/01.mp3";
  EXPECT_TRUE(is_spoken(atlas, track));
  const std::filesystem::path file = folder / "a.wav";
  audio::testing::write_bytes(file, audio::testing::wav({}, 2000, [](std::size_t, int) { return 0.1; }));
  library::write_tags(file, {.title = "a", .genre = "Podcast"});
  track.path = file.string();
  EXPECT_TRUE(is_spoken(atlas, track));
}

}  // namespace
}  // namespace songmap::atlas
