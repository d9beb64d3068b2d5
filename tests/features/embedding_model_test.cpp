#include "songmap/features/embedding_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/library/scan.h"
#include "tests/features/music_files.h"

namespace songmap::features {
namespace {

namespace fs = std::filesystem;
using audio::testing::Encoding;
using audio::testing::TempFolder;
using audio::testing::wav;
using audio::testing::write_bytes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// Root mean square of each window and the number of the model's calls.
struct Level {
  EmbeddingModel model;
  std::atomic<std::size_t> n_windows{0};

  Level() {
    model.rate_hz = 8000;
    model.window_samples = 4000;
    model.n_columns = 1;
    model.identity = "level";
    model.embed = [this](MatrixView windows) {
      n_windows += windows.rows();
      Matrix levels(windows.rows(), 1);
      for (std::size_t i = 0; i < windows.rows(); ++i) {
        double sum = 0;
        for (const float sample : windows.row(i)) sum += double{sample} * sample;
        levels(i, 0) = static_cast<float>(std::sqrt(sum / static_cast<double>(windows.cols())));
        if (levels(i, 0) > 0.9F) throw FormatError("too loud");
      }
      return levels;
    };
  }
};

TEST(EmbeddingModel, WindowsCoverATrackEvenlyFromItsStartToItsEnd) {
  EXPECT_THAT(window_starts(10, 4, 60), ElementsAre(0, 3, 6));
  EXPECT_THAT(window_starts(8, 4, 60), ElementsAre(0, 4));
  EXPECT_THAT(window_starts(4, 4, 60), ElementsAre(0));
  EXPECT_THAT(window_starts(3, 4, 60), ElementsAre(0));
  EXPECT_THAT(window_starts(1000, 4, 3), ElementsAre(0, 498, 996));
  EXPECT_THAT(window_starts(1000, 4, 1), ElementsAre(0));
}

TEST(EmbeddingModel, TheVectorOfATrackIsTheMeanOfItsWindows) {
  Level level;
  // Quiet, then loud: windows from 0, 3,000 and 6,000 of 10,000 samples hold 0, 1,000 and 4,000 loud ones of 4,000.
  std::vector<float> samples(10000);
  std::fill(samples.begin() + 6000, samples.end(), 0.5F);
  const double expected = (0 + 0.5 * std::sqrt(0.25) + 0.5) / 3;
  EXPECT_NEAR(embed_samples(level.model, samples)(0, 0), expected, 1e-6);
}

TEST(EmbeddingModel, AShortTrackIsFollowedByZeros) {
  Level level;
  EXPECT_NEAR(embed_samples(level.model, std::vector<float>(1000, 0.5F))(0, 0), 0.25, 1e-6);
}

TEST(EmbeddingModel, ManyWindowsAreReadInBatchesWithTheSameMean) {
  Level level;
  std::vector<float> ramp(4000 * 21);
  for (std::size_t i = 0; i < ramp.size(); ++i) ramp[i] = 0.001F * static_cast<float>(1 + i / 4000);
  EXPECT_NEAR(embed_samples(level.model, ramp)(0, 0), 0.011, 1e-6);
  EXPECT_EQ(level.n_windows, 21U);
  level.model.most_windows = 1;
  EXPECT_NEAR(embed_samples(level.model, ramp)(0, 0), 0.001, 1e-6);
}

TEST(EmbeddingModel, WhatDecidesTheValuesIsPartOfTheKey) {
  const EmbeddingModel model = Level().model;
  EmbeddingModel other = model;
  other.rate_hz = 16000;
  EXPECT_NE(recipe_key(other), recipe_key(model));
  other = model;
  other.window_samples = 8000;
  EXPECT_NE(recipe_key(other), recipe_key(model));
  other = model;
  other.identity = "another";
  EXPECT_NE(recipe_key(other), recipe_key(model));
  other = model;
  other.most_windows = 10;
  EXPECT_NE(recipe_key(other), recipe_key(model));
}

/// Constant tracks of the given levels, described.
class EmbeddedCollection : public ::testing::Test {
 protected:
  void add(const std::string& name, double level) {
    fs::create_directories(music_);
    write_bytes(music_ / name, wav({.rate_hz = 8000, .encoding = Encoding::kFloat32}, 12000,
                                   [&](std::size_t i, int) { return i % 2 == 0 ? level : -level; }));
  }
  ExtractReport described() { return extract(library::scan(music_), store_, {{"study-vector"}, false}, {2, {}}); }

  TempFolder folder_;
  fs::path music_ = folder_ / "music";
  library::Store store_ = library::Store::open(folder_ / "store.sqlite");
};

TEST_F(EmbeddedCollection, ASecondRunComputesNothingAndGivesTheSame) {
  for (int i = 1; i <= 5; ++i) add("t" + std::to_string(i) + ".wav", 0.1 * i);
  add("t6 copy of t1.wav", 0.1);
  const ExtractReport report = described();
  ASSERT_THAT(report.tracks, SizeIs(6));
  Level level;
  const EmbeddingReport first = embed_tracks(report, store_, level.model, {2, {}});
  EXPECT_EQ(first.n_computed, 5U);  // the copy is heard once
  EXPECT_EQ(level.n_windows, 5U * 3);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(first.rows(i, 0), 0.1 * static_cast<double>(i + 1), 1e-3);
  EXPECT_EQ(first.rows(5, 0), first.rows(0, 0));
  const EmbeddingReport second = embed_tracks(report, store_, level.model, {1, {}});
  EXPECT_EQ(second.n_computed, 0U);
  EXPECT_EQ(level.n_windows, 5U * 3);
  EXPECT_EQ(second.rows, first.rows);
  level.model.identity = "another";
  EXPECT_EQ(embed_tracks(report, store_, level.model).n_computed, 5U);
}

TEST_F(EmbeddedCollection, ATrackThatTheModelRefusesIsARowOfNaNAndAFailure) {
  add("loud.wav", 0.99);
  add("quiet.wav", 0.2);
  const ExtractReport report = described();
  Level level;
  const EmbeddingReport result = embed_tracks(report, store_, level.model);
  EXPECT_TRUE(std::isnan(result.rows(0, 0)));
  EXPECT_NEAR(result.rows(1, 0), 0.2, 1e-3);
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_EQ(result.failures[0].path, "loud.wav");
  EXPECT_EQ(result.failures[0].stage, "embedding");
  EXPECT_THAT(result.failures[0].reason, HasSubstr("too loud"));
}

TEST_F(EmbeddedCollection, CancellingKeepsWhatIsFinished) {
  for (int i = 1; i <= 4; ++i) add("t" + std::to_string(i) + ".wav", 0.1 * i);
  const ExtractReport report = described();
  Level level;
  Execution stopped{1, [&](const Progress&) { return level.n_windows < 6; }};
  EXPECT_THROW((void)embed_tracks(report, store_, level.model, stopped), Cancelled);
  EXPECT_EQ(embed_tracks(report, store_, level.model).n_computed, 2U);
}

}  // namespace
}  // namespace songmap::features
