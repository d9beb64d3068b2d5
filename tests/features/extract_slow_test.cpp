#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <thread>

#include "songmap/core/random.h"
#include "songmap/features/extract.h"
#include "songmap/features/recipe.h"
#include "tests/features/music_files.h"

namespace songmap::features {
namespace {

using audio::testing::data_folder;
using audio::testing::TempFolder;
using library::scan;
using library::Store;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::write_track;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(ExtractSlow, ThousandUnchangedTracksAreNotOpened) {
  TempFolder folder;
  constexpr std::size_t kTracks = 1000;
  for (std::size_t i = 0; i < kTracks; ++i) {
    write_track(folder / ("music/" + std::to_string(i % 20) + "/t" + std::to_string(i) + ".wav"), int(i), 0.3);
  }
  Store store = Store::open(folder / "s.sqlite");
  const ExtractOptions options{{"study-vector", "timbre"}, false};
  const library::ScanResult found = scan(folder / "music");
  EXPECT_EQ(extract(found, store, options).n_decoded, kTracks);
  ExtractReport again;
  const double scan_s = seconds_of([&] { static_cast<void>(scan(folder / "music")); });
  const double extract_s = seconds_of([&] { again = extract(found, store, options); });
  EXPECT_EQ(again.n_decoded, 0U);
  EXPECT_EQ(again.n_identified, 0U);
  EXPECT_EQ(again.n_reused, kTracks);
  std::cout << kTracks << " unchanged tracks: scanned in " << scan_s << " s, found in the store in " << extract_s
            << " s\n";
}

TEST(ExtractSlow, KilledAtAnyMomentItGoesOnFromWhatWasFinished) {
  TempFolder folder;
  constexpr std::size_t kTracks = 40;
  for (std::size_t i = 0; i < kTracks; ++i) {
    write_track(folder / ("music/t" + std::to_string(i) + ".wav"), static_cast<int>(i), 6);
  }
  const library::ScanResult found = scan(folder / "music");
  const ExtractOptions options{{"study-vector", "timbre"}, false};
  Matrix uninterrupted;
  double whole_s = 0;
  {
    Store store = Store::open(folder / "whole.sqlite");
    const ExtractReport report = extract(found, store, options);
    whole_s = report.wall_s;
    uninterrupted = gather(report, store, "timbre");
  }
  Random random(7);
  std::size_t finished = 0;
  int kills = 0;
  for (int round = 0; round < 25 && finished < kTracks * 3 / 4; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      Store store = Store::open(folder / "killed.sqlite");
      static_cast<void>(extract(found, store, options, {2, {}}));
      _exit(0);
    }
    const auto pause = std::chrono::duration<double>(whole_s * random.uniform(0.02, 0.3));
    std::this_thread::sleep_for(pause);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    kills += WIFSIGNALED(status);

    // Whatever was in the store stays there, whole, and can be read at once.
    Store store = Store::open(folder / "killed.sqlite");
    std::size_t now = 0;
    for (const auto& known : store.known_files([&] {
           std::vector<library::FileState> states;
           for (const auto& track : found.tracks) states.push_back(library::FileState::of(track.path));
           return states;
         }())) {
      if (known) now += store.find(known->content_id, recipe("timbre").key).has_value();
    }
    EXPECT_GE(now, finished);
    EXPECT_EQ(store.n_damaged(), 0U);
    finished = now;
  }
  EXPECT_GE(kills, 3);
  Store store = Store::open(folder / "killed.sqlite");
  const ExtractReport rest = extract(found, store, options);
  EXPECT_THAT(rest.tracks, SizeIs(kTracks));
  EXPECT_THAT(rest.failures, IsEmpty());
  EXPECT_EQ(rest.n_reused, finished);
  EXPECT_EQ(gather(rest, store, "timbre"), uninterrupted) << "bit for bit";
  std::cout << kills << " kills, " << finished << " of " << kTracks << " tracks finished before the last run\n";
}

TEST(ExtractSlow, RealRecordingsInEveryFormat) {
  const auto data = data_folder();
  if (data.empty()) GTEST_SKIP() << "*** no real recordings: set SONGMAP_TEST_DATA to the data folder ***";
  TempFolder folder;
  Store store = Store::open(folder / "s.sqlite");
  const library::ScanResult found = scan(data / "music/tracks.csv");
  const ExtractOptions options{{"study-vector", "timbre"}, false};
  const ExtractReport report = extract(found, store, options);
  EXPECT_THAT(report.tracks, SizeIs(19));
  EXPECT_THAT(report.failures, IsEmpty());
  std::cout << report.audio_s << " s of audio in " << report.wall_s << " s\n";
  EXPECT_EQ(extract(scan(data / "music"), store, options).n_decoded, 0U) << "the same files, found in another way";
}

}  // namespace
}  // namespace songmap::features
