#include "songmap/atlas/state.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>

#include "songmap/core/error.h"
#include "songmap/core/matrix.h"
#include "songmap/library/sqlite.h"

namespace songmap::atlas {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StateTest : public ::testing::Test {
 protected:
  StateTest() {
    std::string name = ::testing::TempDir() + "songmap_state_XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~StateTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] State open(const std::string& fit = "fit") const {
    return State::open(folder_ / "library.sqlite", fit);
  }

  static PlacedTrack track(const std::string& id, std::int32_t cluster = 2) {
    return {id,
            "a/" + id + ".mp3",
            "Title",
            "Artist",
            "Album",
            61.5,
            cluster,
            0.4,
            1.25,
            {1, -2.5F},
            {{"pca", 2, 1, 2, 0}, {"umap", 3, 4, 5, 6}}};
  }

  std::filesystem::path folder_;
};

TEST_F(StateTest, WhatWasPlacedIsThereWhenItIsOpenedAgain) {
  open().place({track("b"), track("a", kNoise)});
  const std::vector<PlacedTrack> found = open().placed();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].track_id, "b");
  EXPECT_EQ(found[1].cluster, kNoise);
  EXPECT_EQ(found[0].path, "a/b.mp3");
  EXPECT_EQ(found[0].length_s, 61.5);
  EXPECT_EQ(found[0].strength, 0.4);
  EXPECT_EQ(found[0].strangeness, 1.25);
  EXPECT_THAT(found[0].row, ElementsAre(1, -2.5F));
  ASSERT_EQ(found[0].places.size(), 2U);
  EXPECT_EQ(found[0].places[1].projection, "umap");
  EXPECT_EQ(found[0].places[1].z, 6);
}

TEST_F(StateTest, APlacementOfAnotherFitIsNotOfThisOneButItsPathIsKnown) {
  open("old").place({track("a")});
  EXPECT_THAT(open("new").placed(), IsEmpty());
  EXPECT_THAT(open("new").added_paths(), ElementsAre("a/a.mp3"));
  open("new").place({track("a")});
  EXPECT_EQ(open("new").placed().size(), 1U);
  EXPECT_THAT(open("old").placed(), IsEmpty());
}

TEST_F(StateTest, ATrackIsPlacedOnceAndCanBeRemoved) {
  State state = open();
  state.place({track("a", 1), track("b")});
  state.place({track("a", 3)});
  ASSERT_EQ(state.placed().size(), 2U);
  EXPECT_EQ(state.placed().back().cluster, 3);
  EXPECT_EQ(state.placed().back().places.size(), 2U);
  state.remove({"a"});
  ASSERT_EQ(state.placed().size(), 1U);
  EXPECT_EQ(state.placed().front().track_id, "b");
}

TEST_F(StateTest, NamesStayUntilTheyAreTakenBack) {
  open().rename(3, "Piano");
  open().rename(0, "গান");
  EXPECT_EQ(open("other").names().at(3), "Piano");
  EXPECT_EQ(open().names().at(0), "গান");
  open().rename(3, "");
  EXPECT_EQ(open().names().size(), 1U);
}

TEST_F(StateTest, WhatIsGoneAndTheEarlierGroupsAreKeptUntilANewFitHasBeenMade) {
  open().set_gone({"a", "b"});
  open().set_gone({"b", "c"});
  open().keep_earlier_groups({{"a", 3}, {"b", kNoise}});
  open().place({track("x")});
  open().rename(3, "Piano");
  EXPECT_THAT(open().gone(), ElementsAre("b", "c"));
  EXPECT_EQ(open().earlier_groups().at("b"), kNoise);
  open().forget_placements();
  EXPECT_THAT(open().gone(), IsEmpty());
  EXPECT_THAT(open().earlier_groups(), IsEmpty());
  EXPECT_THAT(open().added_paths(), IsEmpty());
  EXPECT_EQ(open().names().size(), 1U);
}

TEST_F(StateTest, AFileOfANewerSongmapIsNotTouched) {
  { const State state = open(); }
  {
    library::sqlite::Database database(folder_ / "library.sqlite", 1);
    database.execute("PRAGMA user_version = 99");
  }
  EXPECT_THROW((void)open(), FormatError);
}

TEST_F(StateTest, DetailsStandBesideTheTracksOfTheFit) {
  const PlacedDetail detail{{1, 2, 3}, {4}, {5}, 0.25, "file", "bn", 12, "নদী"};
  open().place({track("a"), track("b")}, {detail, {}});
  const auto details = open().details();
  ASSERT_EQ(details.size(), 2U);
  EXPECT_THAT(details.at("a").raw, ElementsAre(1, 2, 3));
  EXPECT_THAT(details.at("a").given, ElementsAre(4));
  EXPECT_THAT(details.at("a").made, ElementsAre(5));
  EXPECT_EQ(details.at("a").error, 0.25);
  EXPECT_EQ(details.at("a").language, "bn");
  EXPECT_EQ(details.at("a").n_words, 12U);
  EXPECT_EQ(details.at("a").lyrics, "নদী");
  EXPECT_THAT(open("another fit").details(), IsEmpty());
  open().place({track("a", 5)});  // moved or renamed
  EXPECT_EQ(open().details().at("a").language, "bn");
  open().remove({"a"});
  EXPECT_THAT(open().details(), ::testing::SizeIs(1));
  open().forget_placements();
  EXPECT_THAT(open().details(), IsEmpty());
}

TEST_F(StateTest, TheEarlierMapIsKeptUntilANewFitHasBeenMade) {
  open().keep_earlier_map({{"a", "audio", "umap", 3, 1, 2, 3}, {"a", "audio", "pca", 2, 4, 5}});
  const std::vector<run::MapRow> map = open("another fit").earlier_map();
  ASSERT_EQ(map.size(), 2U);
  EXPECT_EQ(map[0].projection, "umap");
  EXPECT_EQ(map[0].z, 3);
  EXPECT_TRUE(std::isnan(map[1].z));
  open().forget_placements();
  EXPECT_THAT(open().earlier_map(), IsEmpty());
}

TEST_F(StateTest, OfAnOverwrittenTagTheFirstValueIsKept) {
  open().keep_overwritten_tag({"a.mp3", "BPM", "99"});
  open().keep_overwritten_tag({"a.mp3", "BPM", "128"});
  open().keep_overwritten_tag({"a.mp3", "MOOD", ""});
  ASSERT_EQ(open().overwritten_tags().size(), 2U);
  EXPECT_EQ(open().overwritten_tags()[0].value, "99");
  open().forget_overwritten_tag({"a.mp3", "BPM", ""});
  EXPECT_EQ(open().overwritten_tags()[0].field, "MOOD");
}

/// As version 1 wrote it.
void make_version_1(const std::filesystem::path& file) {
  library::sqlite::Database database(file, 1);
  database.execute(R"(
    CREATE TABLE placed (
      number INTEGER PRIMARY KEY, fit TEXT NOT NULL, track_id TEXT NOT NULL UNIQUE, path TEXT NOT NULL,
      title TEXT NOT NULL, artist TEXT NOT NULL, album TEXT NOT NULL, length_s REAL NOT NULL,
      cluster INTEGER NOT NULL, strength REAL NOT NULL, strangeness REAL NOT NULL, row BLOB NOT NULL);
    CREATE TABLE places (
      track_id TEXT NOT NULL, projection TEXT NOT NULL, dimensions INTEGER NOT NULL,
      x REAL NOT NULL, y REAL NOT NULL, z REAL NOT NULL, PRIMARY KEY (track_id, projection, dimensions)) WITHOUT ROWID;
    CREATE TABLE earlier (track_id TEXT PRIMARY KEY, cluster INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE gone (track_id TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE pinned (track_id TEXT PRIMARY KEY, cluster INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE excluded (track_id TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE names (cluster INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE tags (path TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO tags VALUES ('a.mp3', 'mine');
    INSERT INTO placed VALUES (1, 'fit', 'a', 'a.mp3', 'A', '', '', 60, 3, 0.5, 0.7, x'0000803F');
    INSERT INTO places VALUES ('a', 'pca', 2, 1, 2, 0);
    INSERT INTO pinned VALUES ('b', 4);
    INSERT INTO names VALUES (3, 'late piano');
    PRAGMA user_version = 1;
  )");
}

TEST_F(StateTest, AnOlderLibraryIsBroughtUpToDateAfterACopy) {
  const std::filesystem::path file = folder_ / "library.sqlite";
  make_version_1(file);
  const std::filesystem::path copy = State::copy_of_version(file, 1);
  EXPECT_EQ(copy.filename(), "library.v1.sqlite");
  {
    State state = open();
    ASSERT_EQ(state.placed().size(), 1U);
    EXPECT_THAT(state.placed()[0].row, ElementsAre(1));
    EXPECT_EQ(state.placed()[0].places.size(), 1U);
    EXPECT_EQ(state.names().at(3), "late piano");
    EXPECT_EQ(state.pinned().at("b"), 4);
    EXPECT_THAT(state.details(), IsEmpty());
    ASSERT_EQ(state.overwritten_tags().size(), 1U);
    EXPECT_EQ(state.overwritten_tags()[0].field, "SONGMAP_GROUP");
    EXPECT_EQ(state.overwritten_tags()[0].value, "mine");
    state.place({track("c")}, {PlacedDetail{}});
  }
  {
    library::sqlite::Database before(copy, 1);
    EXPECT_EQ(before.integer("PRAGMA user_version"), 1);
    EXPECT_EQ(before.integer("SELECT count(*) FROM placed"), 1);
    EXPECT_EQ(before.text("PRAGMA integrity_check"), "ok");
    library::sqlite::Database now(file, 1);
    EXPECT_EQ(now.integer("PRAGMA user_version"), 2);
  }
  // A second opening copies nothing any more.
  std::filesystem::remove(copy);
  (void)open();
  EXPECT_FALSE(std::filesystem::exists(copy));
}

TEST_F(StateTest, AnUpdateThatWasCutShortGoesOn) {
  const std::filesystem::path file = folder_ / "library.sqlite";
  make_version_1(file);
  // The copy was made, and nothing else: it is not made again.
  std::filesystem::copy_file(file, State::copy_of_version(file, 1));
  const auto written = std::filesystem::last_write_time(State::copy_of_version(file, 1));
  EXPECT_EQ(open().placed().size(), 1U);
  EXPECT_EQ(std::filesystem::last_write_time(State::copy_of_version(file, 1)), written);
}

}  // namespace
}  // namespace songmap::atlas
