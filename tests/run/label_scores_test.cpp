#include "songmap/run/label_scores.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "run/made_run.h"
#include "songmap/core/random.h"

namespace songmap::run {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class LabelScoring : public ::testing::Test {
 protected:
  LabelScoring() {
    options_.evaluation.permutations = 99;
    options_.evaluation.bootstrap = 100;
    manifest_.targets = {"genre"};
  }

  ScoredMethod& add(const std::string& view, const std::string& space, const std::string& model,
                    std::vector<std::size_t> tracks, std::vector<Labels> labels) {
    manifest_.spaces.push_back({space, view, view == "hybrid" ? "fusion" : "model", model, space, true, 2, 1, {}});
    methods_.push_back({{view, space, "k-means", true}, std::move(tracks), std::move(labels), 1, true});
    return methods_.back();
  }

  [[nodiscard]] LabelScores scored(const std::vector<TrackRow>& tracks) const {
    return label_scores(manifest_, tracks, methods_, options_, {});
  }

  static ScoreRow row(const LabelScores& scores, const std::string& space, const std::string& metric) {
    const auto found = std::ranges::find_if(
        scores.scores, [&](const ScoreRow& row) { return row.space == space && row.metric == metric; });
    return found == scores.scores.end() ? ScoreRow{} : *found;
  }

  Manifest manifest_;
  RunOptions options_;
  std::vector<ScoredMethod> methods_;
};

TEST_F(LabelScoring, ByHandOverTwoSeeds) {
  // a a a b b b against 0 0 1 1 1 1: pairs together 4, by class 6, by cluster 7, of 15: ARI 1.2 / 3.7. Then perfect.
  add("audio", "vae", "vae", testing::all_rows(6), {{0, 0, 1, 1, 1, 1}, {5, 5, 5, 2, 2, 2}});
  const LabelScores scores = scored(testing::labelled_tracks({"a", "a", "a", "b", "b", "b"}));
  const ScoreRow ari = row(scores, "vae", "ari");
  EXPECT_NEAR(ari.value, (1.2 / 3.7 + 1) / 2, 1e-12);
  EXPECT_NEAR(ari.sd, (1 - 1.2 / 3.7) / std::sqrt(2.0), 1e-12);
  EXPECT_EQ(ari.chance, 0);
  EXPECT_EQ(ari.n, 6U);
  EXPECT_EQ(ari.k, 2U);
  EXPECT_EQ(ari.seeds, 2U);
  EXPECT_EQ(ari.target, "genre");
  EXPECT_NEAR(row(scores, "vae", "purity").value, (5.0 / 6 + 1) / 2, 1e-12);
  EXPECT_GT(row(scores, "vae", "purity").chance, 0.5);
  EXPECT_EQ(row(scores, "vae", "majority_share").value, 0.5);
  // p is that of the worst seed: of 20 equally likely labelings 2 reach the perfect one, many the other.
  EXPECT_GT(ari.p, 0.15);
}

TEST_F(LabelScoring, TracksWithoutALabelAreNotCounted) {
  add("audio", "vae", "vae", testing::all_rows(6), {{0, 0, 1, 1, 2, 2}});
  const LabelScores scores = scored(testing::labelled_tracks({"a", "a", "b", "b", "", ""}));
  EXPECT_EQ(row(scores, "vae", "ari").value, 1);
  EXPECT_EQ(row(scores, "vae", "ari").n, 4U);
}

TEST_F(LabelScoring, WhatIsNotDefinedHasNoValueAndNoChance) {
  add("audio", "vae", "vae", testing::all_rows(6), {{0, 0, 1, 1, 2, 2}}).defined = false;
  const LabelScores scores = scored(testing::labelled_tracks({"a", "a", "b", "b", "a", "b"}));
  for (const char* metric : {"ari", "nmi", "purity"}) {
    EXPECT_TRUE(std::isnan(row(scores, "vae", metric).value)) << metric;
    EXPECT_TRUE(std::isnan(row(scores, "vae", metric).p)) << metric;
  }
}

TEST_F(LabelScoring, AModelThatSeesAColumnIsNotScoredAgainstIt) {
  manifest_.targets = {"genre", "language"};
  manifest_.models.resize(2);
  manifest_.models[0].name = "vae";
  manifest_.models[1].name = "conditional-vae";
  manifest_.models[1].condition = "language";
  add("audio", "vae", "vae", testing::all_rows(6), {{0, 0, 1, 1, 2, 2}});
  add("audio", "conditional-vae", "conditional-vae", testing::all_rows(6), {{0, 0, 1, 1, 2, 2}});
  auto tracks = testing::labelled_tracks({"a", "a", "b", "b", "c", "c"});
  for (std::size_t i = 0; i < 6; ++i) tracks[i].labels["language"] = i < 3 ? "en" : "bn";
  std::map<std::pair<std::string, std::string>, int> rows;
  for (const ScoreRow& score : scored(tracks).scores) ++rows[{score.space, score.target}];
  EXPECT_GT((rows[{"vae", "language"}]), 0);
  EXPECT_GT((rows[{"conditional-vae", "genre"}]), 0);
  EXPECT_EQ((rows[{"conditional-vae", "language"}]), 0);
  EXPECT_FALSE(may_be_scored(manifest_, methods_[1], "language"));
  EXPECT_TRUE(may_be_scored(manifest_, methods_[1], "genre"));
}

/// Sixty tracks of two classes and labelings that are right for a share of them.
class Comparing : public LabelScoring {
 protected:
  Comparing() {
    for (std::size_t i = 0; i < 60; ++i) genres_.push_back(i % 2 == 0 ? "a" : "b");
    tracks_ = testing::labelled_tracks(genres_);
  }
  static Labels right_for(double share, std::size_t n, std::uint64_t seed) {
    Random random(seed);
    Labels labels(n);
    for (std::size_t i = 0; i < n; ++i) {
      const auto truth = static_cast<std::int32_t>(i % 2);
      labels[i] = random.uniform() < share ? truth : 1 - truth;
    }
    return labels;
  }
  std::vector<std::string> genres_;
  std::vector<TrackRow> tracks_;
};

TEST_F(Comparing, EveryMethodMeetsTheMainOneAndHolmCountsThemByTargetAndMetric) {
  manifest_.targets = {"genre", "mood"};
  for (std::size_t i = 0; i < 60; ++i) tracks_[i].labels["mood"] = i % 3 == 0 ? "calm" : "wild";
  add("audio", "main", "m", testing::all_rows(60), {right_for(0.95, 60, 1)});
  add("audio", "near", "n", testing::all_rows(60), {right_for(0.85, 60, 2)});
  add("audio", "far", "f", testing::all_rows(60), {right_for(0.55, 60, 3)});
  const LabelScores scores = scored(tracks_);
  ASSERT_THAT(scores.comparisons, SizeIs(2 * 2 * 2));  // methods, metrics, targets
  for (const char* target : {"genre", "mood"}) {
    for (const char* metric : {"ami", "ari"}) {
      std::vector<double> p;
      std::vector<double> corrected;
      for (const ComparisonRow& row : scores.comparisons) {
        if (row.target != target || row.metric != metric) continue;
        EXPECT_EQ(row.against_space, "main");
        EXPECT_EQ(row.n, 60U);
        p.push_back(row.p);
        corrected.push_back(row.p_holm);
      }
      ASSERT_THAT(p, SizeIs(2));
      // By hand: the smaller p counts twice, the larger one at least as much as that.
      const std::size_t small = p[0] <= p[1] ? 0 : 1;
      const double first = std::min(1.0, 2 * p[small]);
      EXPECT_NEAR(corrected[small], first, 1e-12);
      EXPECT_NEAR(corrected[1 - small], std::max(first, p[1 - small]), 1e-12);
    }
  }
  const auto of = [&](const char* space) {
    return *std::ranges::find_if(scores.comparisons, [&](const ComparisonRow& row) {
      return row.space == space && row.target == "genre" && row.metric == std::string("ari");
    });
  };
  EXPECT_LT(of("far").difference, -0.5);
  EXPECT_LT(of("far").p_holm, 0.01);
  EXPECT_LT(of("far").high, 0);
}

TEST_F(Comparing, AHybridMeetsItsOwnSoundOnTheTracksThatBothHave) {
  std::vector<std::size_t> with_words;
  for (std::size_t i = 0; i < 60; i += 3) with_words.push_back(i);
  // Of the tracks with words the sound is right everywhere, of the others nowhere in particular.
  Labels sound = right_for(0.5, 60, 5);
  Labels words;
  for (const std::size_t i : with_words) {
    sound[i] = static_cast<std::int32_t>(i % 2);
    words.push_back(static_cast<std::int32_t>(i % 2));
  }
  add("audio", "main", "m", testing::all_rows(60), {right_for(0.9, 60, 1)});
  add("audio", "other", "o", testing::all_rows(60), {sound});
  add("hybrid", "other.hybrid", "o", with_words, {words});
  const LabelScores scores = scored(tracks_);
  std::vector<std::string> against;
  for (const ComparisonRow& row : scores.comparisons) {
    if (row.space != "other.hybrid" || row.metric != "ari") continue;
    against.push_back(row.against_space);
    EXPECT_EQ(row.n, 20U);
    EXPECT_TRUE(row.against_space != "other" || row.difference == 0);
  }
  EXPECT_THAT(against, ::testing::UnorderedElementsAre("main", "other"));
  // A visitor is compared with, and not scored again.
  EXPECT_EQ(std::ranges::count_if(scores.scores,
                                  [](const ScoreRow& row) { return row.space == "main" && row.metric == "ari"; }),
            1);
  EXPECT_EQ(row(scores, "main", "ari").n, 60U);
  EXPECT_EQ(row(scores, "other.hybrid", "ari").n, 20U);
}

TEST_F(Comparing, HolmCountsComparisonsOnAllAndOnSomeTracksTogether) {
  std::vector<std::size_t> with_words;
  Labels words;
  for (std::size_t i = 0; i < 60; i += 2) {
    with_words.push_back(i + (i / 2) % 2);
    words.push_back(static_cast<std::int32_t>((i / 2) % 3 == 0));
  }
  add("audio", "main", "m", testing::all_rows(60), {right_for(0.95, 60, 1)});
  add("audio", "other", "o", testing::all_rows(60), {right_for(0.8, 60, 2)});
  add("hybrid", "other.hybrid", "o", with_words, {words});
  std::vector<std::pair<double, double>> family;
  for (const ComparisonRow& row : scored(tracks_).comparisons) {
    if (row.metric == "ari") family.emplace_back(row.p, row.p_holm);
  }
  // The other sound against the main one; its hybrid against both.
  ASSERT_THAT(family, SizeIs(3));
  std::ranges::sort(family);
  double expected = 0;
  for (std::size_t i = 0; i < family.size(); ++i) {
    expected = std::max(expected, std::min(1.0, static_cast<double>(family.size() - i) * family[i].first));
    EXPECT_NEAR(family[i].second, expected, 1e-12) << i;
  }
}

TEST_F(Comparing, WhereTracksDifferThereIsNothingToCompare) {
  add("audio", "main", "m", {0, 1, 2, 3, 4, 5, 6, 7}, {right_for(1, 8, 1)});
  add("hybrid", "x.hybrid", "x", {20, 21, 22, 23, 24, 25}, {right_for(1, 6, 1)});
  EXPECT_THAT(scored(tracks_).comparisons, IsEmpty());
}

}  // namespace
}  // namespace songmap::run
