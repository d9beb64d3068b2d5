// Coming back to a finished run: new tracks, tracks like another, playlists.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "audio/sound_files.h"
#include "e2e/chords.h"
#include "e2e/program.h"
#include "songmap/core/text_file.h"
#include "songmap/run/tables.h"

namespace songmap::e2e {
namespace {

namespace sound = audio::testing;
using testing::HasSubstr;

class Comeback : public ProgramTest {
 protected:
  Comeback() {
    figures_ = false;
    for (int i = 0; i < 24; ++i) add_track("music", i);
  }

  void add_track(const std::string& folder, int i) const {
    const fs::path file = folder_ / folder / ("chord " + std::to_string(i) + ".wav");
    fs::create_directories(file.parent_path());
    sound::write_bytes(file, chord_wav(i, {}, 1.5 + 0.05 * i));  // no two alike
  }

  void run() const {
    const Outcome outcome = songmap({"run", "music", "-o", "run", "-q", "-k", "3", "--seeds", "2", "--set",
                                     "projection.tsne=false", "--set", "train.epochs=20"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
};

TEST_F(Comeback, NewTracksArePlacedAndNothingElseMoves) {
  run();
  const auto files = [&] {
    std::string all;
    for (const char* name : {"tracks.csv", "labels.csv", "map.csv", "scores.csv", "manifest.json"}) {
      all += read_file(folder_ / "run" / name);
    }
    return all;
  };
  const std::string before = files();
  for (int i = 24; i < 27; ++i) add_track("new", i);
  add_track("new", 3);  // is there already
  sound::write_bytes(folder_ / "new/text.mp3", "no music");
  const Outcome outcome = songmap({"add", "run", "new", "gone.mp3", "--json", "-q"});
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  const auto report = nlohmann::json::parse(outcome.out);
  ASSERT_EQ(report["placed"].size(), 3U);
  EXPECT_EQ(report["known"].size(), 1U);
  EXPECT_EQ(report["failures"].size(), 2U);
  for (const auto& track : report["placed"]) {
    EXPECT_GE(track["group"].get<int>(), 0);
    EXPECT_GT(track["strength"].get<double>(), 0);
  }
  EXPECT_EQ(files(), before);
  // They are there from now on, for this command and others.
  EXPECT_EQ(nlohmann::json::parse(songmap({"add", "run", "new", "--json", "-q"}).out)["known"].size(), 4U);
  const Outcome near = songmap({"similar", "run", "new/chord 25.wav", "-n", "4", "-o", "near.m3u8"});
  EXPECT_EQ(near.exit_code, 0) << near.err;
  EXPECT_EQ(std::ranges::count(near.out, '\n'), 4);
  EXPECT_THAT(read_file(folder_ / "near.m3u8"), HasSubstr("#PLAYLIST:Like chord 25"));
}

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

TEST_F(Comeback, WhatCannotBeDoneIsSaid) {
  EXPECT_THAT(songmap({"similar", "music", "x"}).err, HasSubstr("is not a run"));
  run();
  EXPECT_THAT(songmap({"similar", "run", "chord"}).err, HasSubstr("means 24 tracks"));
  EXPECT_THAT(songmap({"path", "run", "chord 1.wav", "chord 1.wav"}).err, HasSubstr("both ends"));
  EXPECT_THAT(songmap({"rename", "run", "9", "x"}).err, HasSubstr("no group '9'"));
  EXPECT_EQ(songmap({"add", "run"}).exit_code, 2);
}

}  // namespace
}  // namespace songmap::e2e
