#include "songmap/atlas/state.h"

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace songmap::atlas
