#include "songmap/atlas/explain.h"

#include <gmock/gmock.h>

#include <cmath>

#include "atlas/made_atlas.h"

namespace songmap::atlas {
namespace {

using ::testing::ElementsAre;
using testing::MadeAtlas;

/// Tracks 0 … 9 are high in the column "tempo", and sing of the river in English.
class Explain : public ::testing::Test {
 protected:
  Explain() {
    run::Manifest manifest = run::load_manifest(made_.made.folder.manifest());
    manifest.columns = {"tempo", "energy"};
    run::save_manifest(made_.made.folder.manifest(), manifest);
    Matrix raw(20, 2);
    std::vector<run::LyricsRow> lyrics;
    for (std::size_t i = 0; i < 20; ++i) {
      raw(i, 0) = static_cast<float>((i < 10 ? 5 : 0) + i % 3);
      raw(i, 1) = static_cast<float>(i % 4);
      const std::string words = i < 10 ? "down by the river" : "down in the town";
      lyrics.push_back({made_.atlas().tracks()[i].track_id, "file", i == 9 ? "fr" : "en", 4, words});
    }
    write_npy(made_.made.folder.space("raw"), raw);
    run::save_lyrics(made_.made.folder.lyrics(), lyrics);
    std::vector<run::ReconstructionRow> errors;
    for (std::size_t i = 0; i < 20; ++i) {
      errors.push_back({made_.atlas().tracks()[19 - i].track_id, "", "", 20.0 - static_cast<double>(i), 1});
    }
    run::save_reconstruction(made_.made.folder.reconstruction(), errors);
  }

  MadeAtlas made_;
};

TEST_F(Explain, AGroupIsToldBySoundWordsExemplarsAndBorder) {
  const GroupReasons reasons = explain_group(made_.atlas(), 0);
  EXPECT_EQ(reasons.n_tracks, 10U);
  ASSERT_EQ(reasons.sound.size(), 1U);
  EXPECT_EQ(reasons.sound[0].words, "high tempo");
  EXPECT_EQ(reasons.n_with_lyrics, 10U);
  ASSERT_EQ(reasons.languages.size(), 2U);
  EXPECT_EQ(reasons.languages[0].first, "en");
  EXPECT_EQ(reasons.languages[0].second, 9U);
  ASSERT_EQ(reasons.words.size(), 2U);  // "the" and "down" are in all
  EXPECT_EQ(reasons.words[0].word, "by");
  EXPECT_EQ(reasons.words[1].word, "river");
  EXPECT_THAT(reasons.exemplars, ElementsAre(4, 5, 3));  // the middle of 0 … 9 on a line
  // Those that have tracks of group 1 among their 15 nearest, the least sure first.
  ASSERT_FALSE(reasons.border.empty());
  EXPECT_EQ(reasons.border[0].track, 0U);
  EXPECT_EQ(reasons.border[0].leans_to, 1);
  EXPECT_EQ(reasons.nearest_group, 1);
  EXPECT_EQ(reasons.proposed_name, "high tempo · en · by, river");
}

TEST_F(Explain, ATrackIsToldByItsNearestAndWhatIsUnusual) {
  const TrackReasons reasons = explain_track(made_.atlas(), 12);
  ASSERT_EQ(reasons.nearest.size(), 5U);
  EXPECT_EQ(reasons.nearest[0].distance, 1);
  EXPECT_TRUE(reasons.nearest[0].parts.empty());  // this run has no blocks
  EXPECT_NEAR(reasons.rebuilt_worse_than, 12.0 / 19, 1e-9);
  EXPECT_NEAR(explain_track(made_.atlas(), 19).rebuilt_worse_than, 1, 1e-9);
}

TEST_F(Explain, OfAPlacedTrackItTellsWhatIsKnown) {
  const std::vector<PlacedTrack> placed{{"ffff", "new.mp3", "New", "", "", 10, 1, 0.6, 2, {30, 1}, {}}};
  made_.atlas().state().place(placed, {{{60, 1}, {}, {}, 7.5, "file", "de", 9, "am Fluss hinab"}});
  const TrackReasons reasons = explain_track(made_.atlas(), 20);
  EXPECT_EQ(reasons.nearest.size(), 5U);
  ASSERT_EQ(reasons.unusual.size(), 1U);
  EXPECT_EQ(reasons.unusual[0].words, "high tempo");
  EXPECT_NEAR(reasons.rebuilt_worse_than, 7.0 / 20, 1e-9);
  const GroupReasons group = explain_group(made_.atlas(), 1);
  EXPECT_EQ(group.n_with_lyrics, 11U);
  EXPECT_THAT(group.languages, ::testing::Contains(std::pair<std::string, std::size_t>("de", 1)));
}

TEST_F(Explain, OfATrackThatAnOlderSongmapPlacedItTellsLess) {
  made_.atlas().state().place({{"ffff", "new.mp3", "New", "", "", 10, 1, 0.6, 2, {30, 1}, {}}});
  const TrackReasons reasons = explain_track(made_.atlas(), 20);
  EXPECT_EQ(reasons.nearest.size(), 5U);
  EXPECT_TRUE(reasons.unusual.empty());
  EXPECT_TRUE(std::isnan(reasons.rebuilt_worse_than));
  EXPECT_EQ(explain_group(made_.atlas(), 1).n_tracks, 11U);
}

}  // namespace
}  // namespace songmap::atlas
