// Coming back to a finished run: new tracks, tracks like another, playlists.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "e2e/comeback.h"
#include "songmap/core/folder_lock.h"
#include "songmap/core/npy.h"
#include "songmap/core/text_file.h"
#include "songmap/run/model_inputs.h"
#include "songmap/run/placement.h"
#include "songmap/run/tables.h"

namespace songmap::e2e {
namespace {

namespace sound = audio::testing;
using testing::HasSubstr;

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

TEST_F(Comeback, TheSameCommandAgainDoesOnlyWhatIsNew) {
  run();
  const auto again = [&](const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{
        "run",   "music",           "-o",    "run", "-q", "-k", "3", "--seeds", "2", "--set", "projection.tsne=false",
        "--set", "train.epochs=20", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = songmap(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out);
  };
  const std::string labels = read_file(folder_ / "run/labels.csv");
  const std::string map = read_file(folder_ / "run/map.csv");
  EXPECT_EQ(again()["n_not_fitted"], 0);
  EXPECT_EQ(read_file(folder_ / "run/labels.csv"), labels);

  for (int i = 24; i < 26; ++i) add_track("music", i);
  fs::create_directories(folder_ / "music/sub");
  fs::rename(folder_ / "music/chord 3.wav", folder_ / "music/sub/moved.wav");
  fs::remove(folder_ / "music/chord 4.wav");
  const auto changed = again();
  EXPECT_EQ(changed["placed"].size(), 2U);
  ASSERT_EQ(changed["renamed"].size(), 1U);
  EXPECT_EQ(changed["renamed"][0], "chord 3.wav -> sub/moved.wav");
  ASSERT_EQ(changed["gone"].size(), 1U);
  EXPECT_EQ(changed["gone"][0], "chord 4.wav");
  EXPECT_EQ(changed["n_tracks"], 25);
  EXPECT_EQ(read_file(folder_ / "run/map.csv"), map);
  EXPECT_THAT(songmap({"similar", "run", "chord 4.wav"}).err, HasSubstr("no track"));
  EXPECT_EQ(songmap({"similar", "run", "sub/moved.wav"}).exit_code, 0);
  // Nothing of it is told twice, and what comes back is there again.
  EXPECT_EQ(again()["gone"].size(), 0U);
  add_track("music", 4);
  EXPECT_EQ(again()["back"].size(), 1U);
  // Another option is another run.
  EXPECT_TRUE(again({"--set", "vae.input_noise=0.2"}).contains("scores"));
}

TEST_F(Comeback, ARefitTakesInWhatWasAddedAndKeepsNumbersAndNames) {
  run();
  for (int i = 24; i < 30; ++i) add_track("elsewhere", i);
  ASSERT_EQ(songmap({"add", "run", "elsewhere", "-q"}).exit_code, 0);
  ASSERT_EQ(songmap({"rename", "run", "1", "Middle"}).exit_code, 0);
  fs::copy(folder_ / "run", folder_ / "before", fs::copy_options::recursive);
  for (int pass = 0; pass < 2; ++pass) {
    const Outcome refit = songmap({"refit", "run", "-q"});
    ASSERT_EQ(refit.exit_code, 0) << refit.err;
    EXPECT_EQ(run::load_tracks(folder_ / "run/tracks.csv").size(), 30U) << pass;
  }
  const Outcome diff = songmap({"diff", "before", "run", "--json"});
  ASSERT_EQ(diff.exit_code, 0) << diff.err;
  const auto found = nlohmann::json::parse(diff.out);
  EXPECT_EQ(found["n_common"], 30);
  EXPECT_EQ(found["come"].size() + found["gone"].size(), 0U);
  // Most tracks are where they were, in groups of the same numbers.
  EXPECT_LT(found["moved"].size(), 15U);
  EXPECT_THAT(songmap({"playlists", "run"}).out, HasSubstr("01 Middle.m3u8"));
}

TEST_F(Comeback, ARefitOfAnUntouchedRunKeepsNumbersToo) {
  run();
  const auto group_of = [&] {
    std::map<std::string, int> groups;
    for (const auto& row : run::load_labels(folder_ / "run/labels.csv")) groups.try_emplace(row.track_id, row.cluster);
    return groups;
  };
  const auto before = group_of();
  // Another seed numbers the groups in another order.
  ASSERT_EQ(songmap({"refit", "run", "-q", "--set", "kmeans.n_init=3", "--set", "spectral.n_init=1"}).exit_code, 0);
  std::size_t same = 0;
  for (const auto& [track, group] : group_of()) same += before.at(track) == group ? 1 : 0;
  EXPECT_GE(same, 20U);
  EXPECT_TRUE(fs::exists(folder_ / "run/library.sqlite"));
}

TEST_F(Comeback, WhatIsKilledIsGoneOnWith) {
  run();
  ASSERT_EQ(songmap({"rename", "run", "1", "Middle"}).exit_code, 0);
  for (int i = 24; i < 30; ++i) add_track("elsewhere", i);
  fs::copy(folder_ / "run", folder_ / "whole", fs::copy_options::recursive);
  ASSERT_EQ(songmap({"add", "whole", "elsewhere", "-q", "--store", "whole.db"}).exit_code, 0);
  ASSERT_EQ(songmap({"refit", "whole", "-q", "--store", "whole.db"}).exit_code, 0);
  // The test of two hundred moments is killed_slow_test.cpp.
  const auto killed = [&](const std::vector<std::string>& arguments, std::initializer_list<int> moments_ms) {
    for (const int after_ms : moments_ms) {
      const pid_t child = start(arguments);
      std::this_thread::sleep_for(std::chrono::milliseconds(after_ms));
      kill(child, SIGKILL);
      (void)finish(child);
    }
    ASSERT_EQ(songmap(arguments).exit_code, 0);
  };
  killed({"add", "run", "elsewhere", "-q", "--store", "run.db"}, {20, 60, 120, 200});
  killed({"refit", "run", "-q", "--store", "run.db"}, {20, 60, 120, 200, 350, 600});
  for (const char* name : {"labels.csv", "tracks.csv", "map.csv", "scores.csv"}) {
    EXPECT_EQ(read_file(folder_ / "run" / name), read_file(folder_ / "whole" / name)) << name;
  }
}

TEST_F(Comeback, DecisionsHoldThroughARefit) {
  run();
  ASSERT_EQ(songmap({"merge", "run", "0", "1"}).exit_code, 0);
  ASSERT_EQ(songmap({"rename", "run", "0", "Ours"}).exit_code, 0);
  ASSERT_EQ(songmap({"exclude", "run", "--track", "chord 5.wav"}).out, "1 track excluded\n");
  const Outcome split = songmap({"split", "run", "Ours", "-n", "3"});
  EXPECT_EQ(std::ranges::count(split.out, '\n'), 3) << split.err;
  const std::string before = songmap({"playlists", "run", "-o", "lists"}).out;
  fs::copy(folder_ / "run", folder_ / "before", fs::copy_options::recursive);
  for (int i = 24; i < 28; ++i) add_track("music", i);
  ASSERT_EQ(songmap({"refit", "run", "-q"}).exit_code, 0);
  EXPECT_EQ(run::load_tracks(folder_ / "run/tracks.csv").size(), 27U);
  const auto found = nlohmann::json::parse(songmap({"diff", "before", "run", "--json"}).out);
  // What was merged and split is where it was put; of the one group that nobody decided on, tracks may have moved.
  EXPECT_EQ(found["come"].size(), 4U);
  EXPECT_LT(found["moved"].size(), 12U);
  for (const auto& move : found["moved"]) EXPECT_EQ(move["from"], 2);
  EXPECT_EQ(songmap({"exclude", "run", "--undo"}).out, "1 track taken in again\n");
  EXPECT_EQ(songmap({"exclude", "run"}).exit_code, 2);
}

TEST_F(Comeback, ATableOfLyricsIsRememberedByRunAddAndRefit) {
  std::string table = "path,lyrics,language\n";
  for (int i = 0; i < 26; ++i) {
    table +=
        fmt::format("chord {}.wav,the river number {} runs down to the sea and the boat follows it home,en\n", i, i);
  }
  write_file(folder_ / "words.csv", table);
  const std::vector<std::string> command{"run",       "music",   "-o", "run",    "-q",    "--lyrics-table",
                                         "words.csv", "--seeds", "1",  "--json", "--set", "train.epochs=5"};
  ASSERT_EQ(songmap(command).exit_code, 0);
  add_track("music", 24);
  const auto again = nlohmann::json::parse(songmap(command).out);
  ASSERT_TRUE(again.contains("placed")) << again.dump().substr(0, 200);
  EXPECT_EQ(again["placed"].size(), 1U);
  const auto reasons = nlohmann::json::parse(
      songmap({"explain", "run", std::to_string(again["placed"][0]["group"].get<int>()), "--json"}).out);
  EXPECT_EQ(reasons["n_with_lyrics"], reasons["n_tracks"]);
  ASSERT_EQ(songmap({"refit", "run", "-q"}).exit_code, 0);
  EXPECT_EQ(run::load_lyrics(folder_ / "run/lyrics.csv").size(), 25U);
  // Another table is another run.
  write_file(folder_ / "words.csv", table + "chord 99.wav,more,en\n");
  EXPECT_FALSE(nlohmann::json::parse(songmap(command).out).contains("placed"));
}

TEST_F(Comeback, TwoAtOnceWaitForEachOther) {
  run();
  for (int i = 24; i < 26; ++i) add_track("one", i);
  for (int i = 26; i < 29; ++i) add_track("two", i);
  std::optional<FolderLock> lock(folder_ / "run");
  const pid_t first = start({"add", "run", "one", "-q"});
  const pid_t second = start({"add", "run", "two", "-q"});
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(waitpid(first, nullptr, WNOHANG), 0);
  EXPECT_EQ(waitpid(second, nullptr, WNOHANG), 0);
  lock.reset();
  EXPECT_EQ(finish(first).exit_code, 0);
  EXPECT_EQ(finish(second).exit_code, 0);
  EXPECT_EQ(nlohmann::json::parse(songmap({"add", "run", "one", "two", "--json", "-q"}).out)["known"].size(), 5U);
}

TEST_F(Comeback, OtherLabelsAreScoredAnew) {
  const auto run_with = [&](const std::string& label) {
    std::string list = "path,label\n";
    for (int i = 0; i < 24; ++i) list += "chord " + std::to_string(i) + ".wav," + (i % 2 == 0 ? label : "other") + "\n";
    write_file(folder_ / "music/list.csv", list);
    const Outcome outcome = songmap({"run", "music/list.csv", "-o", "run", "-q", "-k", "3", "--seeds", "2", "--json",
                                     "--set", "projection.tsne=false", "--set", "train.epochs=20"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out);
  };
  EXPECT_TRUE(run_with("high").contains("scores"));
  EXPECT_TRUE(run_with("high").contains("n_not_fitted"));
  EXPECT_TRUE(run_with("low").contains("scores"));
  EXPECT_EQ(run::load_tracks(folder_ / "run/tracks.csv").front().labels.at("label"), "low");
}

TEST_F(Comeback, ARunWhoseFilesDoNotBelongTogetherIsMadeAnew) {
  run();
  ASSERT_EQ(songmap({"rename", "run", "1", "Middle"}).exit_code, 0);
  ASSERT_EQ(songmap({"add", "run", "music", "-q"}).exit_code, 0);
  std::vector<run::LabelRow> labels = run::load_labels(folder_ / "run/labels.csv");
  labels.pop_back();
  std::erase_if(labels, [&](const run::LabelRow& row) { return row.track_id == labels.front().track_id; });
  run::save_labels(folder_ / "run/labels.csv", labels);
  EXPECT_THAT(songmap({"similar", "run", "chord 1.wav"}).err, HasSubstr("not of one run"));
  run();
  EXPECT_EQ(songmap({"similar", "run", "chord 1.wav"}).exit_code, 0);
}

TEST_F(Comeback, TracksOfARunOfWindowsArriveWhereTheyAre) {
  fs::remove_all(folder_ / "music");
  for (int i = 0; i < 12; ++i) {
    const fs::path file = folder_ / "music" / ("long " + std::to_string(i) + ".wav");
    fs::create_directories(file.parent_path());
    sound::write_bytes(file, chord_wav(i, {}, 24 + 0.5 * i));
  }
  run();
  const run::RunFolder folder(folder_ / "run");
  const run::Manifest manifest = run::load_manifest(folder.manifest());
  ASSERT_EQ(manifest.main_space, "window-vae.ensemble");
  const run::Placement placement = run::Placement::load(folder, manifest);
  EXPECT_TRUE(placement.reads_windows());
  const run::ModelInputs windows = run::load_windows(folder);
  const Matrix raw = read_npy(folder.space("raw"));
  const Matrix placed = placement.place(raw, {windows.rows, windows.track}).rows;
  const Matrix fitted = read_npy(folder.space(manifest.main_space));
  ASSERT_EQ(placed.rows(), fitted.rows());
  ASSERT_EQ(placed.cols(), fitted.cols());
  for (std::size_t i = 0; i < fitted.values().size(); ++i) {
    ASSERT_NEAR(placed.values()[i], fitted.values()[i], 1e-5) << i;
  }
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
