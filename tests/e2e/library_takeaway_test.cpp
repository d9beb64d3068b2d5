// What is taken away from a library: playlists, exports, tags.
#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "e2e/comeback.h"
#include "songmap/core/npy.h"
#include "songmap/core/text_file.h"
#include "songmap/library/tags.h"

namespace songmap::e2e {
namespace {

using testing::HasSubstr;

TEST_F(Comeback, PathRadioNamesAndPlaylists) {
  run();
  const Outcome path = songmap({"path", "run", "chord 1.wav", "chord 2.wav", "-n", "5", "--json"});
  ASSERT_EQ(path.exit_code, 0) << path.err;
  const auto way = nlohmann::json::parse(path.out)["tracks"];
  EXPECT_EQ(way.size(), 5U);
  EXPECT_EQ(way.front()["path"], "chord 1.wav");
  EXPECT_EQ(way.back()["path"], "chord 2.wav");
  EXPECT_EQ(songmap({"radio", "run", "chord 1.wav", "-n", "6"}).exit_code, 0);
  EXPECT_EQ(songmap({"rename", "run", "0", "Low"}).out, "0 · Low\n");
  EXPECT_EQ(songmap({"rename", "run", "1", "Low"}).exit_code, 2);
  const Outcome lists = songmap({"playlists", "run"});
  EXPECT_THAT(lists.out, HasSubstr("00 Low.m3u8"));
  EXPECT_THAT(read_file(folder_ / "run/playlists/00 Low.m3u8"), HasSubstr("../../music/chord "));
}

TEST_F(Comeback, TheWholeLibraryIsExportedAndAgainWhenItChanges) {
  run();
  ASSERT_EQ(songmap({"export", "run", "all.csv"}).exit_code, 0);
  EXPECT_EQ(std::ranges::count(read_file(folder_ / "all.csv"), '\n'), 25);
  ASSERT_EQ(songmap({"export", "run", "all.npy"}).exit_code, 0);
  EXPECT_EQ(read_npy(folder_ / "all.npy").rows(), 24U);
  EXPECT_EQ(songmap({"export", "run", "all.doc"}).exit_code, 2);

  const pid_t watcher = start({"playlists", "run", "-o", "lists", "--watch"});
  const auto appears = [&](const char* name) {
    for (int i = 0; i < 200; ++i) {
      if (fs::exists(folder_ / "lists" / name)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  };
  EXPECT_TRUE(appears("02.m3u8"));
  EXPECT_EQ(songmap({"rename", "run", "2", "High"}).exit_code, 0);
  EXPECT_TRUE(appears("02 High.m3u8"));
  kill(watcher, SIGINT);
  EXPECT_EQ(finish(watcher).exit_code, 0);
}

TEST_F(Comeback, GroupsAreWrittenIntoTagsWhenToldToAndTakenBack) {
  run();
  ASSERT_EQ(songmap({"rename", "run", "1", "Middle"}).exit_code, 0);
  const std::string bytes = read_file(folder_ / "music/chord 1.wav");
  const Outcome plan = songmap({"tag", "run"});
  EXPECT_THAT(plan.out, HasSubstr("24 tags would be written"));
  EXPECT_THAT(plan.out, HasSubstr("nothing -> 1 · Middle"));
  EXPECT_EQ(read_file(folder_ / "music/chord 1.wav"), bytes);
  EXPECT_THAT(songmap({"tag", "run", "--yes"}).out, HasSubstr("24 tags written"));
  EXPECT_NE(read_file(folder_ / "music/chord 1.wav"), bytes);
  EXPECT_THAT(songmap({"tag", "run", "--yes"}).out, HasSubstr("0 tags written"));
  // They are the same tracks.
  EXPECT_EQ(nlohmann::json::parse(songmap({"add", "run", "music", "--json", "-q"}).out)["known"].size(), 24U);
  fs::remove(folder_ / "music/chord 2.wav");
  const Outcome undo = songmap({"tag", "run", "--undo", "--yes"});
  EXPECT_EQ(undo.exit_code, 3);
  EXPECT_THAT(undo.out, HasSubstr("23 tags written"));
  EXPECT_THAT(songmap({"tag", "run"}).out, HasSubstr("23 tags would be written"));
}

TEST_F(Comeback, TempoAndMoodAreWrittenTooWhenAskedFor) {
  run();
  // What another program wrote comes back.
  library::write_field(folder_ / "music/chord 1.wav", "BPM", "99");
  const Outcome plan = songmap({"tag", "run", "--fields", "tempo,mood", "--json"});
  ASSERT_EQ(plan.exit_code, 0) << plan.err;
  bool has_tempo = false;
  bool has_mood = false;
  const auto planned = nlohmann::json::parse(plan.out);
  for (const auto& change : planned["changes"]) {
    has_tempo = has_tempo || change["field"] == "BPM";
    has_mood = has_mood || change["field"] == "MOOD";
    EXPECT_NE(change["field"], "SONGMAP_GROUP");
  }
  EXPECT_TRUE(has_tempo && has_mood) << plan.out;
  ASSERT_EQ(songmap({"tag", "run", "--fields", "tempo,mood", "--yes"}).exit_code, 0);
  EXPECT_NE(library::read_field(folder_ / "music/chord 1.wav", "BPM"), "99");
  EXPECT_THAT(songmap({"tag", "run", "--fields", "tempo,mood"}).out, HasSubstr("0 tags would be written"));
  ASSERT_EQ(songmap({"tag", "run", "--undo", "--yes"}).exit_code, 0);
  EXPECT_EQ(library::read_field(folder_ / "music/chord 1.wav", "BPM"), "99");
  EXPECT_EQ(library::read_field(folder_ / "music/chord 2.wav", "BPM"), "");
  EXPECT_EQ(songmap({"tag", "run", "--fields", "colour"}).exit_code, 2);
}

}  // namespace
}  // namespace songmap::e2e
