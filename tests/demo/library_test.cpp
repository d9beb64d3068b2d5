#include "songmap/demo/library.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "songmap/audio/decode.h"
#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/text_file.h"
#include "songmap/demo/plan.h"
#include "songmap/demo/styles.h"
#include "songmap/library/tags.h"

namespace songmap::demo {
namespace {

namespace fs = std::filesystem;

const DemoOptions kSmall{.tracks_per_style = 2, .length_s = 4};

class MakeLibrary : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              ("demo-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      files[entry.path().lexically_relative(folder).generic_string()] = read_file(entry.path());
    }
  }
  return files;
}

TEST(MakeTrack, LevelsAreThoseOfMusicInEveryTrackOfEveryStyle) {
  const DemoOptions options{.length_s = 5};
  parallel_for(styles().size() * options.tracks_per_style, 2, [&](std::size_t i) {
    const std::size_t style = i / options.tracks_per_style;
    const DemoTrack track = make_track(style, i % options.tracks_per_style, options);
    ASSERT_TRUE(all_finite(track.samples)) << i;
    double squares = 0;
    float peak = 0;
    double mean = 0;
    for (const float value : track.samples.values()) {
      squares += static_cast<double>(value) * value;
      mean += value;
      peak = std::max(peak, std::abs(value));
    }
    const auto count = static_cast<double>(track.samples.values().size());
    const double rms_db = 10 * std::log10(squares / count);
    EXPECT_LT(peak, 0.96F) << i;
    EXPECT_GT(peak, 0.3F) << i;
    EXPECT_GT(rms_db, -34) << styles()[style].genre << i;
    EXPECT_LT(rms_db, -7) << styles()[style].genre << i;
    EXPECT_LT(std::abs(mean / count), 0.02) << i;
    const double length_s = static_cast<double>(track.samples.rows()) / track.rate_hz;
    EXPECT_GE(length_s, 4 - 1e-3);
    EXPECT_LE(length_s, 6 + 1e-3);
  });
}

TEST(MakeTrack, LeftAndRightDifferAndTheEndIsSilent) {
  for (std::size_t style = 0; style < styles().size(); ++style) {
    const Matrix samples = make_track(style, 0, kSmall).samples;
    double difference = 0;
    double sum = 0;
    for (std::size_t i = 0; i < samples.rows(); ++i) {
      difference += std::pow(samples(i, 0) - samples(i, 1), 2);
      sum += std::pow(samples(i, 0) + samples(i, 1), 2);
    }
    EXPECT_GT(difference / sum, 0.005) << style;
    EXPECT_EQ(samples(samples.rows() - 1, 0), 0) << style;
  }
}

TEST(MakeTrack, IsAFunctionOfSeedStyleAndIndex) {
  EXPECT_EQ(make_track(2, 1, kSmall).samples, make_track(2, 1, kSmall).samples);
  EXPECT_NE(make_track(2, 1, kSmall).samples, make_track(2, 0, kSmall).samples);
  DemoOptions other = kSmall;
  other.seed = 1;
  EXPECT_NE(make_track(2, 1, kSmall).samples, make_track(2, 1, other).samples);
  EXPECT_THROW((void)make_track(6, 0, kSmall), InvalidArgument);
  EXPECT_THROW((void)make_track(0, 2, kSmall), InvalidArgument);
}

TEST_F(MakeLibrary, TheFilesDoNotDependOnTheThreads) {
  make_library(folder_ / "one", kSmall, {.threads = 1, .progress = {}});
  make_library(folder_ / "four", kSmall, {.threads = 4, .progress = {}});
  const auto one = contents(folder_ / "one");
  EXPECT_EQ(one, contents(folder_ / "four"));
  EXPECT_GE(one.size(), 12U + 2);
}

TEST_F(MakeLibrary, TracksDecodeToTheirLengthAndCarryTheTagsOfTheTable) {
  const DemoOptions options{.tracks_per_style = 10, .length_s = 4};
  make_library(folder_, options);
  const CsvTable table = read_csv(folder_ / "tracks.csv");
  const std::vector<PlannedTrack> plan = plan_library(options);
  ASSERT_EQ(table.rows.size(), plan.size());
  EXPECT_EQ(table.columns,
            (std::vector<std::string>{"path", "title", "artist", "album", "genre", "language", "lyrics_path"}));
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const PlannedTrack& planned = plan[i];
    const fs::path path = folder_ / table.rows[i][0];
    const library::Tags tags = library::read_tags(path);
    EXPECT_EQ(tags.title, table.rows[i][1]) << path;
    EXPECT_EQ(tags.artist, table.rows[i][2]) << path;
    EXPECT_EQ(tags.album, table.rows[i][3]) << path;
    EXPECT_EQ(tags.genre, table.rows[i][4]) << path;
    const std::string& beside = table.rows[i][6];
    if (planned.lyrics_home == LyricsHome::kEmbedded) {
      EXPECT_EQ(beside, "");
      EXPECT_NE(tags.lyrics.find(planned.lyrics.substr(0, planned.lyrics.find('\n'))), std::string::npos) << path;
    } else {
      EXPECT_EQ(tags.lyrics, "") << path;
      EXPECT_NE(read_file(folder_ / beside).find(planned.lyrics.substr(0, planned.lyrics.find('\n'))),
                std::string::npos);
    }
    if (planned.index >= 2) continue;  // decoding two of each format is enough
    const DemoTrack track = make_track(planned.style, planned.index, options);
    const double length_s = static_cast<double>(track.samples.rows()) / track.rate_hz;
    const std::vector<float> mono = audio::decode_all(path, {.rate_hz = 22'050});
    EXPECT_NEAR(static_cast<double>(mono.size()) / 22'050, length_s, 0.03) << path;
  }
}

TEST_F(MakeLibrary, ASecondCallDoesNothing) {
  make_library(folder_, kSmall);
  const auto before = fs::last_write_time(folder_ / "tracks.csv");
  const auto files = contents(folder_);
  bool reported = false;
  make_library(folder_, kSmall, {.threads = 1, .progress = [&](const Progress&) { return reported = true; }});
  EXPECT_FALSE(reported);
  EXPECT_EQ(fs::last_write_time(folder_ / "tracks.csv"), before);
  EXPECT_EQ(contents(folder_), files);
}

TEST_F(MakeLibrary, AnInterruptedOneIsMadeAnew) {
  int reports = 0;
  const Execution impatient{.threads = 1, .progress = [&](const Progress&) { return ++reports < 4; }};
  EXPECT_THROW(make_library(folder_, kSmall, impatient), Cancelled);
  EXPECT_FALSE(fs::exists(folder_ / "tracks.csv"));
  make_library(folder_, kSmall);
  const auto files = contents(folder_);
  fs::remove(folder_ / "tracks.csv");
  make_library(folder_, kSmall);
  EXPECT_EQ(contents(folder_), files);
}

TEST_F(MakeLibrary, OtherOptionsReplaceItWithoutLeavingsBehind) {
  DemoOptions larger = kSmall;
  larger.tracks_per_style = 3;
  make_library(folder_ / "a", larger);
  make_library(folder_ / "a", kSmall);
  make_library(folder_ / "b", kSmall);
  EXPECT_EQ(contents(folder_ / "a"), contents(folder_ / "b"));
}

TEST_F(MakeLibrary, AFolderWithOtherFilesIsRefusedAndLeftAsItIs) {
  write_file(folder_ / "mine" / "song.mp3", "precious");
  try {
    make_library(folder_, kSmall);
    FAIL() << "a user's folder was taken";
  } catch (const InvalidArgument& error) {
    EXPECT_NE(std::string(error.what()).find("song.mp3"), std::string::npos) << error.what();
  }
  EXPECT_EQ(contents(folder_), (std::map<std::string, std::string>{{"mine/song.mp3", "precious"}}));

  fs::remove_all(folder_);
  make_library(folder_, kSmall);
  write_file(folder_ / "tracks-of-mine.csv", "precious");
  EXPECT_THROW(make_library(folder_, {.tracks_per_style = 4, .length_s = 4}), InvalidArgument);
  EXPECT_EQ(read_file(folder_ / "tracks-of-mine.csv"), "precious");
}

TEST_F(MakeLibrary, OptionsOutOfRangeAreNamed) {
  EXPECT_THROW(make_library(folder_, {.tracks_per_style = 1}), InvalidArgument);
  EXPECT_THROW(make_library(folder_, {.tracks_per_style = 51}), InvalidArgument);
  EXPECT_THROW(make_library(folder_, {.length_s = 1}), InvalidArgument);
  EXPECT_THROW(make_library(folder_, {.length_s = std::nan("")}), InvalidArgument);
  EXPECT_FALSE(fs::exists(folder_));
}

}  // namespace
}  // namespace songmap::demo
