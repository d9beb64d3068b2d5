#include "songmap/run/metric_controls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "run/made_run.h"
#include "songmap/core/random.h"
#include "songmap/run/audio_space.h"
#include "songmap/run/label_scores.h"
#include "songmap/run/spaces.h"

namespace songmap::run {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kTracks = 12;
constexpr std::size_t kWindows = 6;

/// Windows differ within their track along the first column alone, tracks along the second.
struct Collection {
  Matrix tracks{kTracks, 2};
  Matrix windows{kTracks * kWindows, 2};
  std::vector<std::size_t> owner;

  Collection() {
    Random random(3);
    for (std::size_t t = 0; t < kTracks; ++t) {
      tracks(t, 0) = static_cast<float>(0.1 * random.normal());
      tracks(t, 1) = static_cast<float>(3 * random.normal());
      for (std::size_t w = 0; w < kWindows; ++w) {
        windows(t * kWindows + w, 0) = tracks(t, 0) + static_cast<float>(2 * random.normal());
        windows(t * kWindows + w, 1) = tracks(t, 1) + static_cast<float>(0.1 * random.normal());
        owner.push_back(t);
      }
    }
  }
};

/// Spread of the second column over that of the first.
double ratio(const Matrix& x) {
  double squares[2] = {0, 0};
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t c = 0; c < 2; ++c) squares[c] += double(x(i, c)) * double(x(i, c));
  }
  return std::sqrt(squares[1] / squares[0]);
}

class MetricControls : public ::testing::Test {
 protected:
  [[nodiscard]] MetricFit fit() const {
    return {collection_.tracks,
            collection_.tracks,
            collection_.windows,
            collection_.owner,
            {.shrinkage = 0.01, .power = 0.5}};
  }
  Matrix saved(const char* space, std::size_t seed = 0) const { return read_npy(made_.folder.space(space, seed)); }

  Collection collection_;
  testing::MadeRun made_;
};

TEST_F(MetricControls, OnlyTheTracksTellNoiseFromWhatTellsThemApart) {
  const std::vector<SpaceRecord> records = save_metric_controls(made_.folder, fit(), std::vector<std::uint64_t>{7, 8});
  ASSERT_EQ(records.size(), 2U);
  const Matrix within =
      transform(features::fit_noise_metric(collection_.tracks, collection_.windows, collection_.owner, fit().options),
                collection_.tracks);
  // The metric stretches what differs between tracks; the controls shrink it, being most of what varies at all.
  EXPECT_GT(ratio(within), 3 * ratio(collection_.tracks));
  EXPECT_LT(ratio(saved(kTotalControl)), ratio(collection_.tracks));
  EXPECT_LT(ratio(saved(kShuffledControl)), ratio(collection_.tracks));
}

TEST_F(MetricControls, OwnersAreShuffledAnewWithEachSeedAndTheSameWithTheSame) {
  const std::vector<std::uint64_t> seeds{7, 8, 7};
  const std::vector<SpaceRecord> records = save_metric_controls(made_.folder, fit(), seeds);
  EXPECT_FALSE(records[0].seeded);
  EXPECT_TRUE(records[1].seeded);
  const Matrix first = saved(kShuffledControl, 0);
  EXPECT_FALSE(std::ranges::equal(first.values(), saved(kShuffledControl, 1).values()));
  EXPECT_TRUE(std::ranges::equal(first.values(), saved(kShuffledControl, 2).values()));
}

TEST_F(MetricControls, TheRecordsAreControlsOfTheSoundAndOfNoModel) {
  for (const SpaceRecord& record : save_metric_controls(made_.folder, fit(), std::vector<std::uint64_t>{1})) {
    EXPECT_EQ(record.kind, kControlKind);
    EXPECT_EQ(record.view, kAudioView);
    EXPECT_EQ(record.model, "");
    EXPECT_EQ(record.n_columns, 2U);
  }
}

/// The space of the sound of a made run whose features are ready to be compared.
class ControlsOfARun : public MetricControls {
 protected:
  ControlsOfARun() {
    write_npy(made_.folder.space("raw"), collection_.tracks);
    options_.scaling = "none";
    options_.metric = "within-track";
    options_.metric_controls = true;
    Manifest manifest;
    manifest.columns = {"a", "b"};
    manifest.seeds = {0, 1};
    save_manifest(made_.folder.manifest(), manifest);
  }

  void give_windows() {
    write_npy(made_.folder.space("windows"), collection_.windows);
    Matrix owners(collection_.owner.size(), 1);
    for (std::size_t i = 0; i < owners.rows(); ++i) owners(i, 0) = static_cast<float>(collection_.owner[i]);
    write_npy(made_.folder.space("windows-of"), owners);
  }

  AudioSpace made_space() {
    StageRecord record = made_.record();
    return audio_space(made_.folder, options_, {testing::all_rows(kTracks), {}}, record);
  }

  FeatureOptions options_;
};

TEST_F(ControlsOfARun, AreMadeWhereTheyAreAskedForAndChangeNothingElse) {
  give_windows();
  const AudioSpace with = made_space();
  std::vector<std::string> names;
  for (const SpaceRecord& record : with.controls) names.push_back(record.name);
  EXPECT_THAT(names, ElementsAre(kTotalControl, kShuffledControl));
  EXPECT_TRUE(std::filesystem::exists(made_.folder.space(kShuffledControl, 1)));
  EXPECT_THAT(made_.notes, IsEmpty());
  options_.metric_controls = false;
  const AudioSpace without = made_space();
  EXPECT_THAT(without.controls, IsEmpty());
  EXPECT_TRUE(std::ranges::equal(with.rows.values(), without.rows.values()));
}

TEST_F(ControlsOfARun, OneLineSaysThatThereAreNoneWhereTheMetricIsNotUsed) {
  EXPECT_THAT(made_space().controls, IsEmpty());
  EXPECT_THAT(made_.notes, Contains(HasSubstr("There are no controls of the within-track metric")));
  made_.notes.clear();
  options_.metric = "none";
  EXPECT_THAT(made_space().controls, IsEmpty());
  EXPECT_THAT(made_.notes, ElementsAre(HasSubstr("There are no controls of the within-track metric")));
}

/// Labelings of sixty tracks in spaces of each kind.
class ControlsCompared : public ::testing::Test {
 protected:
  ControlsCompared() {
    options_.evaluation.permutations = 19;
    options_.evaluation.bootstrap = 100;
    manifest_.targets = {"genre"};
    add("vae.decoded", "model", 0.95);
    add("within-track", "metric", 0.9);
    add("features", "features", 0.8);
  }

  void add(const std::string& space, const std::string& kind, double share) {
    Random random(methods_.size() + 1);
    Labels labels(60);
    for (std::size_t i = 0; i < 60; ++i) {
      const auto truth = static_cast<std::int32_t>(i % 2);
      labels[i] = random.uniform() < share ? truth : 1 - truth;
    }
    manifest_.spaces.push_back({space, "audio", kind, kind == "model" ? "vae" : "", space, false, 2, 0, {}});
    methods_.push_back({{"audio", space, "k-means", false}, testing::all_rows(60), {labels}, 1, true});
  }

  LabelScores scored() const {
    std::vector<std::string> genres;
    for (std::size_t i = 0; i < 60; ++i) genres.push_back(i % 2 == 0 ? "a" : "b");
    return label_scores(manifest_, testing::labelled_tracks(genres), methods_, options_, {});
  }

  Manifest manifest_;
  RunOptions options_;
  std::vector<ScoredMethod> methods_;
};

TEST_F(ControlsCompared, MeetTheMetricAloneAndLeaveTheOtherCorrectionsAsTheyWere) {
  const LabelScores before = scored();
  add(kTotalControl, kControlKind, 0.6);
  add(kShuffledControl, kControlKind, 0.6);
  const LabelScores after = scored();
  std::size_t n_controls = 0;
  std::vector<double> corrected;
  for (const ComparisonRow& row : after.comparisons) {
    const bool control = row.space == kTotalControl || row.space == kShuffledControl;
    EXPECT_EQ(row.against_space, control ? "within-track" : "vae.decoded");
    if (control) {
      ++n_controls;
      EXPECT_LT(row.difference, 0);
      EXPECT_LE(row.p_holm, std::min(1.0, 2 * row.p) + 1e-12) << "two controls are two questions";
    } else {
      corrected.push_back(row.p_holm);
    }
  }
  EXPECT_EQ(n_controls, 4U);  // Two controls by two metrics.
  std::vector<double> expected;
  for (const ComparisonRow& row : before.comparisons) expected.push_back(row.p_holm);
  EXPECT_EQ(corrected, expected);
}

}  // namespace
}  // namespace songmap::run
