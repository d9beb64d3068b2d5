#include "songmap/features/extract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/features/recipe.h"
#include "songmap/library/sqlite.h"
#include "songmap/library/tags.h"
#include "tests/features/music_files.h"

namespace songmap::features {
namespace {

namespace fs = std::filesystem;
using audio::testing::sine_wav;
using audio::testing::TempFolder;
using audio::testing::wav;
using audio::testing::write_bytes;
using library::scan;
using library::Store;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::track_wav;
using testing::write_track;

const std::vector<std::string> kStudy = {"study-vector"};
const std::vector<std::string> kBoth = {"study-vector", "timbre"};

/// A folder of music and a store beside it.
struct Collection {
  TempFolder folder;
  fs::path music = folder / "music";
  Store store = Store::open(folder / "store.sqlite");

  ExtractReport extract(const std::vector<std::string>& recipes = kStudy, bool retry_failed = false,
                        const Execution& run = {2, {}}) {
    return features::extract(scan(music), store, {recipes, retry_failed}, run);
  }
};

std::vector<std::string> names(const ExtractReport& report) {
  std::vector<std::string> all;
  for (const ExtractedTrack& track : report.tracks) all.push_back(track.track.relative_path);
  return all;
}

TEST(Extract, SecondRunDecodesAndReadsNothing) {
  Collection c;
  for (int i = 0; i < 6; ++i) write_track(c.music / ("t" + std::to_string(i) + ".wav"), i);
  const ExtractReport first = c.extract(kBoth);
  EXPECT_EQ(first.n_decoded, 6U);
  EXPECT_EQ(first.n_identified, 6U);
  EXPECT_EQ(first.n_reused, 0U);
  EXPECT_NEAR(first.audio_s, 9, 0.01);
  ASSERT_THAT(first.tracks, SizeIs(6));
  EXPECT_NEAR(first.tracks[0].length_s, 1.5, 1e-3);
  EXPECT_NEAR(first.tracks[0].decoded_s, 1.5, 1e-3);
  EXPECT_EQ(first.tracks[0].track_id, first.tracks[0].content_id.substr(0, 16));

  const ExtractReport second = c.extract(kBoth);
  EXPECT_EQ(second.n_decoded, 0U);
  EXPECT_EQ(second.n_identified, 0U);
  EXPECT_EQ(second.n_reused, 6U);
  EXPECT_EQ(second.audio_s, 0);
  EXPECT_EQ(names(second), names(first));
  EXPECT_EQ(second.tracks[3].track_id, first.tracks[3].track_id);
  EXPECT_EQ(second.tracks[3].length_s, first.tracks[3].length_s);
  EXPECT_EQ(second.tracks[3].decoded_s, first.tracks[3].decoded_s);
  EXPECT_EQ(gather(second, c.store, "timbre"), gather(first, c.store, "timbre"));
  EXPECT_EQ(gather(first, c.store, "timbre").cols(), recipe("timbre").columns.size());
}

TEST(Extract, RenamedMovedAndRetaggedFilesAreNotDecodedAgain) {
  Collection c;
  for (int i = 0; i < 4; ++i) write_track(c.music / ("t" + std::to_string(i) + ".wav"), i);
  const ExtractReport before = c.extract();
  fs::create_directories(c.music / "sub");
  fs::rename(c.music / "t0.wav", c.music / "sub/renamed.wav");
  library::write_tags(c.music / "t1.wav", {"New title", "New artist", "", "Rock", 0, "words"});
  fs::last_write_time(c.music / "t2.wav", fs::file_time_type::clock::now() + std::chrono::hours(1));
  const ExtractReport after = c.extract();
  EXPECT_EQ(after.n_decoded, 0U);
  EXPECT_EQ(after.n_identified, 3U);
  EXPECT_THAT(names(after), ElementsAre("sub/renamed.wav", "t1.wav", "t2.wav", "t3.wav"));
  EXPECT_EQ(after.tracks[0].track_id, before.tracks[0].track_id);
  EXPECT_EQ(after.tracks[1].track_id, before.tracks[1].track_id);
}

TEST(Extract, ChangedSoundIsDecodedAgain) {
  Collection c;
  write_track(c.music / "a.wav", 1);
  const ExtractReport before = c.extract();
  write_track(c.music / "a.wav", 2);
  const ExtractReport after = c.extract();
  EXPECT_EQ(after.n_decoded, 1U);
  EXPECT_NE(after.tracks[0].track_id, before.tracks[0].track_id);
}

TEST(Extract, AnotherRecipeIsComputedAlone) {
  Collection c;
  for (int i = 0; i < 3; ++i) write_track(c.music / ("t" + std::to_string(i) + ".wav"), i);
  static_cast<void>(c.extract(kBoth));
  // As if the definition of one recipe had changed: its values lie under a key that nobody asks for any more.
  library::sqlite::Database raw(c.folder / "store.sqlite", 5);
  raw.execute("UPDATE features SET recipe_key = 'old' WHERE recipe_key = '" + recipe("timbre").key + "'");
  raw.execute("UPDATE features SET damage = 'untouched' WHERE recipe_key = '" + recipe("study-vector").key + "'");
  const ExtractReport again = c.extract(kBoth);
  EXPECT_EQ(again.n_decoded, 3U);
  EXPECT_EQ(again.n_identified, 0U);
  for (const ExtractedTrack& track : again.tracks) EXPECT_EQ(track.damage, "untouched");
}

TEST(Extract, ValuesDoNotDependOnWhatElseIsAskedForNorOnThreads) {
  Collection together;
  Collection apart;
  for (int i = 0; i < 3; ++i) {
    // Longer than the beginning that the study looks at, shorter, and much shorter.
    const double seconds = i == 0 ? 14 : 4.0 / i;
    write_track(together.music / ("t" + std::to_string(i) + ".wav"), i, seconds);
    write_track(apart.music / ("t" + std::to_string(i) + ".wav"), i, seconds);
  }
  const ExtractReport both = together.extract(kBoth, false, {3, {}});
  static_cast<void>(apart.extract({"timbre"}, false, {1, {}}));
  const ExtractReport alone = apart.extract(kStudy, false, {1, {}});
  EXPECT_EQ(gather(both, together.store, "study-vector"), gather(alone, apart.store, "study-vector"));
  EXPECT_EQ(gather(both, together.store, "timbre"), gather(alone, apart.store, "timbre"));
}

TEST(Extract, LongTracksKeepTheirBeginningForRecipesOfIt) {
  Collection together;
  Collection apart;
  // 8 kHz and over 15 minutes: described by excerpts, the first of which does not begin at 0.
  const std::string bytes = wav({.rate_hz = 8000, .encoding = audio::testing::Encoding::kUnsigned8}, 8000 * 1000,
                                [](std::size_t i, int) { return 0.5 * std::sin(1e-8 * double(i) * double(i)); });
  fs::create_directories(together.music);
  fs::create_directories(apart.music);
  write_bytes(together.music / "long.wav", bytes);
  write_bytes(apart.music / "long.wav", bytes);
  const ExtractReport both = together.extract(kBoth);
  ASSERT_THAT(both.tracks, SizeIs(1));
  EXPECT_TRUE(both.tracks[0].excerpted);
  EXPECT_NEAR(both.tracks[0].length_s, 1000, 0.1);
  EXPECT_NEAR(both.tracks[0].decoded_s, 900, 1);
  const ExtractReport alone = apart.extract(kStudy);
  EXPECT_FALSE(alone.tracks[0].excerpted);
  EXPECT_EQ(gather(both, together.store, "study-vector"), gather(alone, apart.store, "study-vector"));
}

TEST(Extract, IdenticalCopiesAreDecodedOnceAndNumbered) {
  Collection c;
  // Long enough that all threads are at the same copies at once.
  for (const char* name : {"a.wav", "b.wav", "c.wav"}) write_track(c.music / name, 5, 60);
  write_track(c.music / "d.wav", 6);
  const ExtractReport report = c.extract({"timbre"}, false, {4, {}});
  EXPECT_EQ(report.n_decoded, 2U);
  EXPECT_EQ(report.n_reused, 2U);
  ASSERT_THAT(report.tracks, SizeIs(4));
  const std::string id = report.tracks[0].content_id.substr(0, 16);
  EXPECT_EQ(report.tracks[0].track_id, id);
  EXPECT_EQ(report.tracks[1].track_id, id + "-2");
  EXPECT_EQ(report.tracks[2].track_id, id + "-3");
  EXPECT_NE(report.tracks[3].track_id.substr(0, 16), id);
}

TEST(Extract, FailuresAreRowsAndEndNothing) {
  Collection c;
  write_track(c.music / "good.wav", 1);
  write_bytes(c.music / "empty.mp3", "");
  write_bytes(c.music / "text.mp3", "this is a text, not music; it only bears the name of it\n");
  write_bytes(c.music / "silent.wav", wav({}, 44100, [](std::size_t, int) { return 0.0; }));
  write_bytes(c.music / "nan.wav", wav({.encoding = audio::testing::Encoding::kFloat32}, 44100,
                                       [](std::size_t i, int) { return i > 9000 ? std::nan("") : 0.1; }));
  const ExtractReport report = c.extract(kBoth);
  EXPECT_THAT(names(report), ElementsAre("good.wav"));
  ASSERT_THAT(report.failures, SizeIs(4));
  const auto& failures = report.failures;
  EXPECT_EQ(failures[0].path, "empty.mp3");
  EXPECT_EQ(failures[0].stage, "identify");
  EXPECT_EQ(failures[0].track_id, "");
  EXPECT_EQ(failures[1].path, "nan.wav");
  EXPECT_EQ(failures[1].stage, "decode");
  EXPECT_EQ(failures[2].path, "silent.wav");
  EXPECT_EQ(failures[2].stage, "features");
  EXPECT_THAT(failures[2].track_id, SizeIs(16));
  EXPECT_EQ(failures[3].path, "text.mp3");
  for (const auto& failure : failures) EXPECT_NE(failure.reason, "") << failure.path;
  library::sqlite::Database raw(c.folder / "store.sqlite", 5);
  EXPECT_EQ(raw.integer("SELECT count(DISTINCT content_id) FROM features"), 1) << "nothing of a failed track is kept";
}

TEST(Extract, FailuresAreNotTriedAgainUntilAskedOrChanged) {
  Collection c;
  write_track(c.music / "good.wav", 1);
  write_bytes(c.music / "text.mp3", "this is a text, not music; it only bears the name of it\n");
  write_bytes(c.music / "silent.wav", wav({}, 44100, [](std::size_t, int) { return 0.0; }));
  const ExtractReport first = c.extract();
  ASSERT_THAT(first.failures, SizeIs(2));
  // Marked, so that a reason that was read can be told from one that was found anew.
  library::sqlite::Database raw(c.folder / "store.sqlite", 5);
  EXPECT_EQ(raw.integer("SELECT count(*) FROM failures"), 2);
  raw.execute("UPDATE failures SET reason = 'remembered'");
  const auto reasons = [](const ExtractReport& report) {
    std::vector<std::string> all;
    for (const auto& failure : report.failures) all.push_back(failure.reason);
    return all;
  };
  const ExtractReport again = c.extract();
  EXPECT_THAT(reasons(again), ElementsAre("remembered", "remembered"));
  EXPECT_EQ(again.n_identified, 0U);
  EXPECT_EQ(again.failures[0].track_id, first.failures[0].track_id);
  EXPECT_THAT(reasons(c.extract({"timbre"})), ElementsAre(HasSubstr("silen"), "remembered"))
      << "other work is another attempt; what cannot be identified stays so";
  raw.execute("UPDATE failures SET reason = 'remembered'");
  EXPECT_THAT(reasons(c.extract(kStudy, true)), ::testing::Not(::testing::Contains("remembered")));
  write_track(c.music / "silent.wav", 3);
  const ExtractReport mended = c.extract();
  EXPECT_THAT(names(mended), ElementsAre("good.wav", "silent.wav"));
}

TEST(Extract, WhatLiesOutsideTheFileIsAlwaysTriedAgain) {
  Collection c;
  write_track(c.music / "a.wav", 1);
  write_track(c.music / "b.wav", 2);
  const library::ScanResult found = scan(c.music);
  fs::rename(c.music / "a.wav", c.folder / "a.wav");
  const ExtractReport without = extract(found, c.store, {kStudy, false});
  EXPECT_THAT(names(without), ElementsAre("b.wav"));
  ASSERT_THAT(without.failures, SizeIs(1));
  EXPECT_EQ(without.failures[0].stage, "identify");
  fs::rename(c.folder / "a.wav", c.music / "a.wav");
  const ExtractReport with = extract(found, c.store, {kStudy, false});
  EXPECT_THAT(names(with), ElementsAre("a.wav", "b.wav"));
}

TEST(Extract, DamagedValuesAreComputedAgain) {
  Collection c;
  for (int i = 0; i < 3; ++i) write_track(c.music / ("t" + std::to_string(i) + ".wav"), i);
  const ExtractReport first = c.extract();
  const Matrix values = gather(first, c.store, "study-vector");
  library::sqlite::Database raw(c.folder / "store.sqlite", 5);
  raw.execute("UPDATE features SET data = zeroblob(length(data)) WHERE content_id = '" + first.tracks[1].content_id +
              "'");
  const ExtractReport second = c.extract();
  EXPECT_EQ(second.n_decoded, 1U);
  EXPECT_EQ(gather(second, c.store, "study-vector"), values);
  raw.execute("DELETE FROM features");
  EXPECT_THROW(static_cast<void>(gather(second, c.store, "study-vector")), IoError);
}

TEST(Extract, ProgressIsInSecondsOfAudioAndEndsAtTheTotal) {
  Collection c;
  for (int i = 0; i < 5; ++i) write_track(c.music / ("t" + std::to_string(i) + ".wav"), i, 1 + i);
  write_bytes(c.music / "text.mp3", "this is a text, not music; it only bears the name of it\n");
  double done = 0;
  double total = 0;
  static_cast<void>(c.extract({"timbre"}, false, {3, [&](const Progress& at) {
                                                    EXPECT_EQ(at.unit, "s of audio");
                                                    EXPECT_GE(at.done, done);
                                                    EXPECT_LE(at.done, at.total + 1e-9);
                                                    done = at.done;
                                                    total = at.total;
                                                    return true;
                                                  }}));
  EXPECT_NEAR(total, 15, 0.01);
  EXPECT_NEAR(done, total, 1e-6);
}

TEST(Extract, CancellingKeepsWhatIsFinished) {
  Collection c;
  for (int i = 0; i < 8; ++i) write_track(c.music / ("t" + std::to_string(i) + ".wav"), i, 2);
  const auto until = [](double seconds) { return [seconds](const Progress& at) { return at.done < seconds; }; };
  EXPECT_THROW(static_cast<void>(c.extract({"timbre"}, false, {2, until(7)})), Cancelled);
  const ExtractReport rest = c.extract({"timbre"});
  EXPECT_THAT(rest.tracks, SizeIs(8));
  EXPECT_THAT(rest.failures, IsEmpty());
  EXPECT_GE(rest.n_reused, 1U);
  EXPECT_LT(rest.n_reused, 5U);
}

TEST(Extract, FullDiskEndsTheRunAndKeepsWhatIsFinished) {
  TempFolder folder;
  for (int i = 0; i < 30; ++i) write_track(folder / ("music/t" + std::to_string(i) + ".wav"), i, 10);
  const library::ScanResult found = scan(folder / "music");
  {
    Store small = Store::open(folder / "s.sqlite", {.max_bytes = 2'000'000});
    EXPECT_THROW(static_cast<void>(extract(found, small, {{"log-mel"}, false})), IoError);
  }
  Store store = Store::open(folder / "s.sqlite");
  const ExtractReport rest = extract(found, store, {{"log-mel"}, false});
  EXPECT_THAT(rest.tracks, SizeIs(30));
  EXPECT_GT(rest.n_reused, 2U);
  EXPECT_GT(rest.n_decoded, 2U);
}

TEST(Extract, TwoProcessesAtOnceLoseNothing) {
  TempFolder folder;
  constexpr int kTracks = 16;
  for (int i = 0; i < kTracks; ++i) write_track(folder / ("music/t" + std::to_string(i) + ".wav"), i);
  const library::ScanResult found = scan(folder / "music");
  std::vector<pid_t> children;
  for (int p = 0; p < 2; ++p) {
    const pid_t child = fork();
    if (child == 0) {
      int code = 1;
      try {
        Store store = Store::open(folder / "s.sqlite");
        code = extract(found, store, {kBoth, false}, {2, {}}).tracks.size() == kTracks ? 0 : 2;
      } catch (const std::exception&) {
      }
      _exit(code);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  Store store = Store::open(folder / "s.sqlite");
  const ExtractReport after = extract(found, store, {kBoth, false});
  EXPECT_EQ(after.n_decoded, 0U);
  EXPECT_EQ(after.n_reused, static_cast<std::size_t>(kTracks));
}

TEST(Extract, NamesOfAnyBytes) {
  Collection c;
  const std::vector<std::string> odd = {"line\nbreak.wav", "🎵.wav", "caf\xe9.wav", std::string(251, 'n') + ".wav"};
  for (std::size_t i = 0; i < odd.size(); ++i) write_track(c.music / odd[i], static_cast<int>(i));
  write_bytes(c.music / "bad \xe9.mp3", "");
  const ExtractReport report = c.extract();
  EXPECT_THAT(names(report), ::testing::UnorderedElementsAreArray(odd));
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_EQ(report.failures[0].path, "bad \xef\xbf\xbd.mp3");
  EXPECT_EQ(c.extract().n_identified, 0U);
}

TEST(Extract, WrongCalls) {
  Collection c;
  write_track(c.music / "a.wav", 1);
  EXPECT_THROW(static_cast<void>(c.extract({})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(c.extract({"no-such-recipe"})), InvalidArgument);
  const ExtractReport report = c.extract({"log-mel", "log-mel"});
  EXPECT_EQ(report.n_decoded, 1U);
  EXPECT_THROW(static_cast<void>(gather(report, c.store, "log-mel")), InvalidArgument) << "not a vector";
}

}  // namespace
}  // namespace songmap::features
