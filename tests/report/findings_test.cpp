#include "songmap/report/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "songmap/report/html.h"
#include "songmap/run/lyrics_control.h"
#include "tests/figures/pictures.h"
#include "tests/report/sample.h"

namespace songmap::report {
namespace {

using songmap::testing::picture_folder;
using ::testing::HasSubstr;
using ::testing::Not;

RunData sample(const SampleRun& options = {}) {
  const std::filesystem::path folder = picture_folder();
  write_sample_run(folder, options);
  return load_run(RunFolder(folder));
}

const Finding* find(const std::vector<Finding>& findings, const std::string& part) {
  const auto found = std::ranges::find_if(
      findings, [&](const Finding& finding) { return finding.heading.find(part) != std::string::npos; });
  return found == findings.end() ? nullptr : &*found;
}

TEST(Findings, AgreementIsNamedByItsSizeOnlyWhenItIsMoreThanChance) {
  EXPECT_THAT(agreement_sentence(sample({.agreement = 0.9, .p = 0.001}), "genre"), HasSubstr("almost perfectly"));
  EXPECT_THAT(agreement_sentence(sample({.agreement = 0.45, .p = 0.001}), "genre"), HasSubstr("clearly"));
  EXPECT_THAT(agreement_sentence(sample({.agreement = 0.05, .p = 0.02}), "genre"), HasSubstr("only faintly"));
  // A large value with a large p is still chance.
  const std::string chance = agreement_sentence(sample({.agreement = 0.45, .p = 0.06}), "genre");
  EXPECT_THAT(chance, HasSubstr("no better than random groups"));
  EXPECT_THAT(chance, Not(HasSubstr("clearly")));
}

TEST(Findings, AnUntestedOrUndefinedAgreementIsCalledSo) {
  RunData run = sample();
  for (ScoreRow& row : run.scores) row.p = kNotDefined;
  EXPECT_THAT(agreement_sentence(run, "genre"), HasSubstr("not tested against chance"));
  for (ScoreRow& row : run.scores) row.value = kNotDefined;
  EXPECT_THAT(agreement_sentence(run, "genre"), HasSubstr("not defined"));
  EXPECT_EQ(agreement_sentence(run, "mood"), "");
}

TEST(Findings, ComparisonAllowsForTheSpreadOverSeeds) {
  RunData run = sample();
  run.comparisons.clear();
  EXPECT_THAT(comparison_sentence(run, "genre"), HasSubstr("lower: the main method helped"));
  EXPECT_EQ(comparison_sentence(run, "language"), "") << "nothing but chance is compared";
  for (ScoreRow& row : run.scores) row.sd = 0.2;
  EXPECT_THAT(comparison_sentence(run, "genre"), HasSubstr("no clear difference"));
  for (ScoreRow& row : run.scores) {
    row.sd = 0.01;
    if (row.space == "features") row.value = 0.99;
  }
  EXPECT_THAT(comparison_sentence(run, "genre"), HasSubstr("higher than the main method"));
}

TEST(Findings, FewTracksAGroupAskForCaution) {
  const RunData few = sample({.n_tracks = 60, .n_groups = 6});
  ASSERT_NE(find(trust_findings(few), "few tracks a group"), nullptr);
  EXPECT_THAT(trust_summary(trust_findings(few)), HasSubstr("few tracks a group"));
  const RunData many = sample({.n_tracks = 120, .n_groups = 6});
  EXPECT_EQ(find(trust_findings(many), "few tracks a group"), nullptr);
  EXPECT_NE(find(trust_findings(many), "enough tracks a group"), nullptr);
}

TEST(Findings, CollapseIsReportedOnceForAllModels) {
  const std::vector<Finding> collapsed = trust_findings(sample({.collapsed = true}));
  const Finding* both = find(collapsed, "Latent spaces have collapsed");
  ASSERT_NE(both, nullptr);
  EXPECT_EQ(both->trust, Trust::kCaution);
  EXPECT_THAT(trust_summary(collapsed), HasSubstr("latent spaces have collapsed"));
  EXPECT_THAT(both->text, HasSubstr("of default-vae has collapsed. With 3 of 3 seeds"));
  EXPECT_THAT(both->text, HasSubstr("of beta-vae has collapsed. With 3 of 3 seeds"));
  // What follows is the same for both and told once.
  EXPECT_EQ(songmap::testing::occurrences(both->text, "do not read it as structure"), 1U);
  EXPECT_EQ(both->text.back(), '.');
  EXPECT_NE(find(trust_findings(sample()), "default-vae and beta-vae use their latent spaces"), nullptr);
}

TEST(Findings, APairedComparisonIsBelievedOnlyAfterHolmsCorrection) {
  RunData run = sample();
  EXPECT_THAT(comparison_sentence(run, "genre"), HasSubstr("K-Means on features, reaches AMI 0.76 (a difference that "
                                                           "may be chance: corrected p = 0.30)"));
  run.comparisons[3].p_holm = 0.04;
  EXPECT_THAT(comparison_sentence(run, "genre"), HasSubstr("lower than the main one: corrected p = 0.04"));
}

TEST(Findings, TheGroupingsThatDifferFromTheMainOneAreNamed) {
  RunData run = sample();
  EXPECT_THAT(differing_sentence(run, "genre"),
              HasSubstr("Of 4 other groupings, compared with the main one by AMI with genre"));
  EXPECT_THAT(differing_sentence(run, "genre"),
              HasSubstr("2 did worse: K-Means on VAE + lyrics (−0.26, p = 0.02) and K-Means on lyrics (−0.69, p < "
                        "0.001). The other 2 cannot be told apart from it."));
  EXPECT_EQ(differing_sentence(run, "language"), "");
  for (ComparisonRow& row : run.comparisons) row.p_holm = 0.06;
  EXPECT_THAT(differing_sentence(run, "genre"), HasSubstr("None of 4 other groupings can be told apart"));
  EXPECT_THAT(differing_sentence(run, "genre"), HasSubstr("smallest p = 0.06"));
}

TEST(Findings, ControlTellsWordsFromTheirLanguage) {
  RunData run = sample();
  const std::vector<ControlVerdict> verdicts = control_verdicts(run, "genre");
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts[0].any->value, 0.37);
  EXPECT_TRUE(verdicts[0].beats_any) << "p = .05 is what 19 pairings can give";
  EXPECT_FALSE(verdicts[0].beats_in_language);
  EXPECT_THAT(control_sentence(run, "genre"), HasSubstr("it is the language that counts and not what is said"));
  EXPECT_EQ(control_sentence(run, "language"), "");
  const auto set_p = [&](const char* control, double p) {
    for (ScoreRow& row : run.shuffled_lyrics) {
      if (row.scored_in == control) row.p = p;
    }
  };
  set_p(run::kShuffledInLanguage, 0.05);
  EXPECT_THAT(control_sentence(run, "genre"), HasSubstr("own words do better than those of other tracks in 1 of 1"));
  set_p(run::kShuffledLyrics, 0.2);
  EXPECT_THAT(control_sentence(run, "genre"), HasSubstr("nothing here says that the words add to it"));
}

TEST(Findings, ShuffledLyricsAreNeverTakenForAResult) {
  RunData run = sample();
  EXPECT_EQ(run.shuffled_lyrics.size(), 4U);
  EXPECT_TRUE(
      std::ranges::none_of(run.scores, [](const ScoreRow& row) { return row.scored_in.starts_with("shuffled"); }));
  // Even where the hybrid view is the main one.
  std::ranges::stable_sort(run.groupings, {},
                           [](const Grouping& grouping) { return grouping.view == "hybrid" ? 0 : 1; });
  EXPECT_NEAR(main_agreement(run, "genre")->value, 0.86 * 0.7, 1e-9);
  EXPECT_THAT(comparison_sentence(run, "genre"), HasSubstr("K-Means on VAE, reaches"));
}

TEST(Findings, OtherViewsStandBesideTheMainOne) {
  const RunData run = sample();
  EXPECT_EQ(views_sentence(run, "genre"),
            "In the other views AMI is 0.60 by sound and words together and 0.17 by words alone.");
  EXPECT_THAT(views_sentence(run, "language"), HasSubstr("0.01 by words alone (may be chance)"));
  EXPECT_THAT(what_was_done(run), HasSubstr("by sound with k-means on default-vae.decoded"));
  EXPECT_THAT(what_was_done(run), HasSubstr("5 groupings were made in all: by sound, by sound and words together and "
                                            "by words alone"));
}

TEST(Findings, SilhouetteIsJudgedByItsNull) {
  RunData run = sample();
  EXPECT_NE(find(trust_findings(run), "tighter than structureless"), nullptr);
  for (ScoreRow& row : run.scores) {
    if (row.metric != "silhouette") continue;
    row.chance = row.value + 0.1;
    row.p = 0.8;
  }
  ASSERT_NE(find(trust_findings(run), "no tighter than noise"), nullptr);
}

TEST(Findings, CautionsComeFirstAndLabelDerivedKIsOne) {
  RunData run = sample();
  run.manifest.n_clusters_source = "labels";
  const std::vector<Finding> findings = trust_findings(run);
  ASSERT_NE(find(findings, "came from the labels"), nullptr);
  EXPECT_TRUE(std::ranges::is_sorted(findings, {}, &Finding::trust));
  EXPECT_THAT(what_was_done(run), HasSubstr("taken from the labels"));
}

TEST(Findings, OneSeedIsNotEnough) {
  RunData run = sample();
  for (ScoreRow& row : run.scores) row.seeds = 1;
  EXPECT_NE(find(trust_findings(run), "one seed only"), nullptr);
}

TEST(Findings, NothingToJudgeSaysSo) {
  const RunData run;
  EXPECT_TRUE(trust_findings(run).empty());
  EXPECT_THAT(trust_summary({}), HasSubstr("no scores"));
  EXPECT_THAT(what_was_done(run), HasSubstr("No grouping was made"));
}

TEST(Spelling, NumbersForPeople) {
  EXPECT_EQ(spelled_number(kNotDefined), "not defined");
  EXPECT_EQ(spelled_number(-0.314, 2), "−0.31");
  EXPECT_EQ(spelled_number(-0.0001, 2), "0.00");
  EXPECT_EQ(spelled_count(1234567), "1,234,567");
  EXPECT_EQ(spelled_count(999), "999");
  EXPECT_EQ(counted(1, "track"), "1 track");
  EXPECT_EQ(counted(0, "track"), "0 tracks");
  EXPECT_EQ(spelled_duration(3 * 3600 + 12 * 60 + 20), "3 h 12 min");
  EXPECT_EQ(spelled_duration(245), "4 min 5 s");
  EXPECT_EQ(spelled_duration(kNotDefined), "unknown length");
  EXPECT_EQ(spelled_p(0.0004), "p < 0.001");
  EXPECT_EQ(spelled_p(0.041), "p = 0.04");
  EXPECT_EQ(joined({"a", "b", "c"}), "a, b and c");
}

}  // namespace
}  // namespace songmap::report
