#include "songmap/report/proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "songmap/report/plan.h"
#include "songmap/report/sections.h"
#include "songmap/run/metric_controls.h"
#include "tests/report/sample.h"

namespace songmap::report {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

/// How far a space is below (above) the leading one, by the main clustering.
struct Difference {
  double value = 0;
  double p_holm = 1;
  double half_width = 0.05;
};

/// A run that the VAE leads, with AMI .6 by two clusterings; each space stands as `differences` say.
class ProofRun {
 public:
  ProofRun() {
    data_.manifest.seeds = {0, 1, 2, 3, 4};
    data_.manifest.models = {model("default-vae", "vae"), model("autoencoder", "autoencoder")};
    add({"default-vae.ensemble", "audio", "ensemble", "default-vae", "VAE, 5 seeds together"}, {});
    add({"autoencoder.ensemble", "audio", "ensemble", "autoencoder", "Autoencoder, 5 seeds together"}, {-0.01});
    SpaceRecord seeds{"default-vae.decoded", "audio", "model", "default-vae", "VAE", true};
    add(seeds, {-0.02});
    add({"within-track", "audio", "metric", "", "Within-track metric"}, {-0.02});
    add({"pca", "audio", "pca", "", "PCA"}, {-0.03});
    add({"features", "audio", "features", "", "Direct"}, {-0.04});
    data_.groupings.push_back({"audio", "default-vae.ensemble", "spectral", 0, {}, {}});
  }

  static ModelRecord model(const std::string& name, const std::string& kind) {
    ModelRecord record;
    record.name = name;
    record.kind = kind;
    return record;
  }

  void add(SpaceRecord space, const Difference& difference) {
    space.methods = {"spectral", "ward"};
    for (const std::string& method : space.methods) {
      ScoreRow row{space.view, space.name, method, "", "genre", "ami", 0.6 + difference.value, 0.0, 0.5, 0.7, 0, 0.001};
      row.seeds = 5;
      row.n = 100;
      row.k = 8;
      data_.scores.push_back(row);
    }
    const bool leads = data_.manifest.spaces.empty();
    if (!leads) {
      data_.comparisons.push_back({"genre", "ami", space.view, space.name, "spectral", "audio", "default-vae.ensemble",
                                   "spectral", 0, 0, 0, 0, 0, 100, 5});
    }
    data_.manifest.spaces.push_back(std::move(space));
    if (!leads) set(data_.manifest.spaces.back().name, difference);
  }

  ComparisonRow& compared(const std::string& space) {
    return *std::ranges::find(data_.comparisons, space, &ComparisonRow::space);
  }

  ScoreRow& score(const std::string& space, const std::string& method) {
    return *std::ranges::find_if(data_.scores,
                                 [&](const ScoreRow& row) { return row.space == space && row.method == method; });
  }

  /// Both clusterings show the same difference.
  ProofRun& set(const std::string& space, const Difference& difference) {
    ComparisonRow& row = compared(space);
    row.difference = difference.value;
    row.low = difference.value - difference.half_width;
    row.high = difference.value + difference.half_width;
    row.p = difference.p_holm / 4;
    row.p_holm = difference.p_holm;
    for (const char* method : {"spectral", "ward"}) score(space, method).value = 0.6 + difference.value;
    return *this;
  }

  Standing standing(const std::string& space) const {
    const std::optional<Proof> proof = proof_of(data_, "genre");
    return std::ranges::find(proof->rows, space, &ProofRow::space)->standing;
  }

  std::string sentence() const { return proof_sentence(data_, *proof_of(data_, "genre")); }

  RunData data_;
};

constexpr Difference kClearlyBelow{-0.2, 0.004, 0.05};
constexpr Difference kClearlyAbove{0.2, 0.004, 0.05};

TEST(Proof, TheSimplestComesFirstAndTheSeedsOneByOneAreNoStep) {
  const ProofRun run;
  const std::optional<Proof> proof = proof_of(run.data_, "genre");
  ASSERT_TRUE(proof);
  std::vector<std::string> spaces;
  for (const ProofRow& row : proof->rows) spaces.push_back(row.space);
  EXPECT_THAT(spaces, ElementsAre("features", "pca", "within-track", "autoencoder.ensemble", "default-vae.ensemble"));
  EXPECT_EQ(proof->leading().space, "default-vae.ensemble");
  EXPECT_EQ(proof->leading().standing, Standing::kLeader);
  EXPECT_THAT(proof->methods, ElementsAre("spectral", "ward"));
}

TEST(Proof, ADifferenceWithinTheIntervalLeavesTheSimplest) {
  const std::string text = ProofRun().sentence();
  EXPECT_EQ(text,
            "On these 100 tracks (Spectral, AMI with genre), the VAE with 5 seeds together is above the features by "
            "0.04 (95 % interval −0.01 to 0.09, corrected p = 1.00): within what seeds and sampling change, so the "
            "data does not tell them apart; the simplest, the features, would do.");
}

TEST(Proof, IsSupportedWhereEverythingSimplerIsToldApart) {
  ProofRun run;
  for (const char* space : {"features", "pca", "within-track", "autoencoder.ensemble"}) run.set(space, kClearlyBelow);
  EXPECT_EQ(run.standing("features"), Standing::kBelow);
  EXPECT_THAT(run.sentence(), AllOf(HasSubstr("above the features by 0.20 (95 % interval 0.15 to 0.25"),
                                    HasSubstr("and above everything else that is simpler: supported.")));
}

TEST(Proof, AMetricThatDoesAsWellIsNotTheModelsMerit) {
  ProofRun run;
  run.set("features", kClearlyBelow).set("pca", kClearlyBelow);
  EXPECT_THAT(run.sentence(), AllOf(HasSubstr("above the features by 0.20"),
                                    HasSubstr("supported; but it is above the "
                                              "within-track metric by 0.02"),
                                    HasSubstr("the within-track metric would do without a model")));
  run.set("within-track", kClearlyBelow);
  EXPECT_THAT(run.sentence(), HasSubstr("the simpler model, the autoencoder with 5 seeds together, would do"));
}

TEST(Proof, SpeaksForTheSimplerWhereItIsAbove) {
  ProofRun run;
  run.set("features", kClearlyAbove);
  EXPECT_THAT(run.sentence(), HasSubstr("the features are above the VAE with 5 seeds together by 0.20 (95 % interval "
                                        "0.15 to 0.25, corrected p = 0.004): the data speaks for the simpler one."));
}

TEST(Proof, AsksForTheCorrectedPTheIntervalAndTheSpreadOverSeeds) {
  ProofRun run;
  EXPECT_EQ(run.set("features", {-0.2, 0.051, 0.05}).standing("features"), Standing::kUndecided);
  EXPECT_EQ(run.set("features", {-0.2, 0.05, 0.05}).standing("features"), Standing::kBelow);
  EXPECT_EQ(run.set("features", {-0.2, 0.05, 0.21}).standing("features"), Standing::kUndecided);
  // Standard error over 5 seeds: .23 / sqrt(5) = .103; the difference is .2.
  run.set("features", kClearlyBelow).score("features", "spectral").sd = 0.23;
  EXPECT_EQ(run.standing("features"), Standing::kUndecided);
  run.score("features", "spectral").sd = 0.22;
  EXPECT_EQ(run.standing("features"), Standing::kBelow);
}

TEST(Proof, TheSeedsOneByOneTellTheSpreadOfAllTogether) {
  ProofRun run;
  run.set("features", kClearlyBelow).score("default-vae.decoded", "spectral").sd = 0.23;
  EXPECT_EQ(run.standing("features"), Standing::kUndecided);
}

TEST(Proof, AnotherClusteringThatShowsTheOppositeForbidsAClaim) {
  ProofRun run;
  run.set("features", kClearlyBelow).score("features", "ward").value = 0.604;
  EXPECT_EQ(run.standing("features"), Standing::kBelow) << "too little to be seen";
  run.score("features", "ward").value = 0.61;
  EXPECT_EQ(run.standing("features"), Standing::kReversed);
  EXPECT_THAT(run.sentence(),
              AllOf(HasSubstr("with Agglomerative it is the other way round"),
                    HasSubstr("which is better depends on the clustering"), Not(HasSubstr("supported"))));
}

TEST(Proof, TheSameScoreIsCalledSo) {
  ProofRun run;
  run.set("features", {0, 1, 0});
  EXPECT_EQ(run.standing("features"), Standing::kAlike);
  EXPECT_THAT(run.sentence(), HasSubstr("scores the same as the features: the data does not tell them apart; the "
                                        "simplest, the features, would do."));
}

TEST(Proof, OneSeedAllowsNoClaim) {
  ProofRun run;
  for (ScoreRow& row : run.data_.scores) row.seeds = 1;
  for (ComparisonRow& row : run.data_.comparisons) row.seeds = 1;
  run.set("features", kClearlyBelow);
  EXPECT_EQ(run.standing("features"), Standing::kUntested);
  EXPECT_THAT(run.sentence(), AllOf(HasSubstr("one seed only"), HasSubstr("no claim"), Not(HasSubstr("supported"))));
  EXPECT_THAT(proof_html(run.data_), HasSubstr("one seed: no claim"));
}

TEST(Proof, ChanceAndMissingComparisonsAllowNoClaim) {
  ProofRun chance;
  for (ScoreRow& row : chance.data_.scores) row.p = 0.3;
  EXPECT_THAT(chance.sentence(), HasSubstr("no better than chance could"));
  ProofRun missing;
  missing.data_.comparisons.clear();
  EXPECT_THAT(missing.sentence(), HasSubstr("the run did not compare the VAE with 5 seeds together with the features: "
                                            "no claim."));
  ProofRun undefined;
  undefined.score("default-vae.ensemble", "spectral").value = kNotDefined;
  EXPECT_THAT(undefined.sentence(), HasSubstr("have no score against genre: no claim."));
}

TEST(Proof, WhatWasPretrainedElsewhereMayOwnTheDifference) {
  ProofRun run;
  for (const char* space : {"features", "pca", "within-track", "autoencoder.ensemble"}) run.set(space, kClearlyBelow);
  EXPECT_THAT(run.sentence(), Not(HasSubstr("pretrained")));
  run.data_.manifest.spaces.front().pretrained = true;
  EXPECT_THAT(run.sentence(),
              AllOf(HasSubstr("the VAE with 5 seeds together (pretrained elsewhere)"),
                    HasSubstr("a difference to the features may be the embedding’s and not the model’s")));
  EXPECT_THAT(proof_html(run.data_), HasSubstr("VAE, 5 seeds together (pretrained elsewhere)"));
}

TEST(Proof, WithoutLabelsNoSpaceIsCalledBetter) {
  ProofRun run;
  run.data_.comparisons.clear();
  for (ScoreRow& row : run.data_.scores) {
    row.target.clear();
    row.metric = "silhouette";
    row.scored_in = row.space;
    row.chance = row.space == "pca" ? 0.9 : 0.1;
  }
  const std::string text = proof_sentence(run.data_, *proof_of(run.data_, ""));
  EXPECT_EQ(text,
            "There are no labels, so nothing here says which of these is better, and no claim is made: groups are no "
            "tighter than structureless data of the same spread in PCA.");
  const std::string html = proof_html(run.data_);
  EXPECT_THAT(html, AllOf(HasSubstr("What can be said without labels"), HasSubstr("null 0.90")));
  for (const char* claim : {"supported", "would do", "above"}) EXPECT_THAT(html, Not(HasSubstr(claim))) << claim;
}

TEST(Proof, WhatTakesMoreStandsBeyondAndDoesNotDecide) {
  ProofRun run;
  EXPECT_THAT(beyond_sentence(run.data_, *proof_of(run.data_, "genre")), IsEmpty());
  const std::string before = run.sentence();
  run.data_.manifest.models.push_back(ProofRun::model("joint-vae", "joint-vae"));
  run.add(
      {"joint-vae.ensemble", "content", "ensemble", "joint-vae", "Joint model of sound and words, 5 seeds together"},
      kClearlyAbove);
  EXPECT_EQ(run.sentence(), before);
  EXPECT_THAT(beyond_sentence(run.data_, *proof_of(run.data_, "genre")),
              HasSubstr("the joint model of sound and words with 5 seeds together is above it by 0.20 (95 % interval "
                        "0.15 to 0.25, corrected p = 0.004): supported."));
}

TEST(Proof, AModelThatSawTheLabelsIsLeftOut) {
  ProofRun run;
  run.data_.manifest.models.push_back(ProofRun::model("conditional-vae", "conditional-vae"));
  run.data_.manifest.models.back().condition = "genre";
  run.add({"conditional-vae.decoded", "audio", "model", "conditional-vae", "CVAE", true}, kClearlyAbove);
  const std::optional<Proof> proof = proof_of(run.data_, "genre");
  EXPECT_EQ(std::ranges::find(proof->rows, "conditional-vae.decoded", &ProofRow::space), proof->rows.end());
}

TEST(Proof, IsNotThereForTheStudyOrWithoutAModelThatLeads) {
  ProofRun run;
  for (const char* preset : {"easy", "medium", "hard"}) {
    run.data_.manifest.preset = preset;
    EXPECT_FALSE(proof_of(run.data_, "genre")) << preset;
    EXPECT_THAT(proof_html(run.data_), IsEmpty());
    for (const PlannedFigure& figure : plan_figures(run.data_)) EXPECT_NE(figure.topic, FigureTopic::kProof);
  }
  run.data_.manifest.preset = "default";
  run.data_.groupings.front().space = "features";
  EXPECT_FALSE(proof_of(run.data_, "genre"));
}

/// The run with both controls of the metric, which is at .6 like the leading space.
class ControlledRun : public ProofRun {
 public:
  ControlledRun() {
    set("within-track", {0, 1, 0.05});
    for (const auto& [name, title] : {std::pair{run::kTotalControl, "Metric of all windows (control)"},
                                      std::pair{run::kShuffledControl, "Metric of shuffled owners (control)"}}) {
      add({name, "audio", run::kControlKind, "", title}, kClearlyBelow);
      compared(name).against_space = "within-track";
    }
  }

  std::string told() const { return controls_sentence(data_, *proof_of(data_, "genre")); }
};

TEST(ProofControls, TheTracksCountWhereBothControlsAreBelowAndTheFeaturesToo) {
  ControlledRun run;
  EXPECT_EQ(run.told(),
            "The within-track metric scores 0.60; the same transform from all windows 0.40 (95 % interval −0.25 to "
            "−0.15, corrected p = 0.004); the same transform from shuffled owners 0.40 (95 % interval −0.25 to −0.15, "
            "corrected p = 0.004): it is the identity of the tracks, not whitening.");
  run.set("features", {0.1});
  EXPECT_THAT(run.told(), AllOf(HasSubstr("not above the features themselves"), Not(HasSubstr("identity"))));
}

TEST(ProofControls, OneThatIsNotToldApartForbidsTheClaim) {
  ControlledRun run;
  run.set(run::kShuffledControl, {-0.02});
  EXPECT_THAT(run.told(), AllOf(HasSubstr("whitening alone may do as much"), Not(HasSubstr("it is the identity"))));
  run.set(run::kShuffledControl, kClearlyAbove);
  EXPECT_THAT(run.told(), HasSubstr("what the metric gives is not owed to them"));
}

TEST(ProofControls, OneSeedOrNoComparisonAllowsNoClaim) {
  ControlledRun run;
  run.compared(run::kTotalControl).seeds = 1;
  EXPECT_THAT(run.told(), HasSubstr("no claim"));
  ControlledRun missing;
  missing.data_.comparisons.pop_back();
  EXPECT_THAT(missing.told(), HasSubstr("no claim"));
}

TEST(ProofControls, OfAMetricThatIsNoBetterThanChanceSayNothing) {
  ControlledRun run;
  run.score("within-track", "spectral").p = 0.2;
  EXPECT_EQ(run.told(),
            "The within-track metric agrees with genre no better than chance could: its controls say nothing.");
}

TEST(ProofControls, AreNoStepOfTheLadder) {
  const ControlledRun run;
  const std::optional<Proof> proof = proof_of(run.data_, "genre");
  EXPECT_EQ(proof->controls.size(), 2U);
  for (const ProofRow& row : proof->rows) EXPECT_NE(row.step, Step::kControl);
  EXPECT_THAT(beyond_sentence(run.data_, *proof), IsEmpty());
  EXPECT_THAT(proof_html(run.data_),
              AllOf(HasSubstr("Is it the tracks, or would any whitening do?"),
                    HasSubstr("Without knowledge of the tracks"), HasSubstr("what they control")));
}

TEST(ProofControls, AreToldWithoutAVerdictWhereThereAreNoLabels) {
  const ControlledRun run;
  const std::optional<Proof> proof = proof_of(run.data_, "");
  EXPECT_THAT(controls_sentence(run.data_, *proof), HasSubstr("Without labels nothing says"));
  EXPECT_THAT(controls_sentence(run.data_, *proof), Not(HasSubstr("identity")));
}

TEST(ProofControls, AreNotThereWhereTheRunHasNone) {
  const ProofRun run;
  EXPECT_THAT(controls_sentence(run.data_, *proof_of(run.data_, "genre")), IsEmpty());
  EXPECT_THAT(proof_html(run.data_), Not(HasSubstr("whitening")));
}

TEST(Proof, TheTableHoldsEverySpaceWithItsSeedsAndMarkup) {
  ProofRun run;
  for (ScoreRow& row : run.data_.scores) row.target = hostile_text();
  for (ComparisonRow& row : run.data_.comparisons) row.target = hostile_text();
  run.score("default-vae.decoded", "spectral").sd = 0.03;
  const std::string html = proof_html(run.data_);
  EXPECT_THAT(html, AllOf(StartsWith("<p class=\"card\">"), HasSubstr("Without a model"), HasSubstr("leads the run"),
                          HasSubstr("its seeds one by one, Spectral: 0.58 ± 0.03"), HasSubstr("−0.09 to 0.01"),
                          Not(HasSubstr("<script>"))));
}

TEST(Proof, TheTableCountsTheTracksThatHaveALabel) {
  ProofRun run;
  for (ScoreRow& row : run.data_.scores) {
    if (row.space == "pca") row.n = 12;
  }
  run.data_.scores.insert(run.data_.scores.begin(),
                          {"audio", "pca", "spectral", "", "", "coverage", 1, 0, 0, 0, 0, 0, 5, 99, 8});
  EXPECT_THAT(proof_html(run.data_), AllOf(HasSubstr("8 groups, 12 tracks"), Not(HasSubstr("99 tracks"))));
}

TEST(Proof, OnePictureALabelColumnHasAPanelAClustering) {
  const ProofRun run;
  const std::vector<PlannedFigure> figures = plan_figures(run.data_);
  const auto is_proof = [](const PlannedFigure& figure) { return figure.topic == FigureTopic::kProof; };
  ASSERT_EQ(std::ranges::count_if(figures, is_proof), 1);
  EXPECT_EQ(std::ranges::find_if(figures, is_proof)->name, "proof-genre");
}

}  // namespace
}  // namespace songmap::report
