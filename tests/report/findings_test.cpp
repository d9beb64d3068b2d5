#include "songmap/report/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "songmap/report/html.h"
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

TEST(Findings, CollapseIsReported) {
  const std::vector<Finding> collapsed = trust_findings(sample({.collapsed = true}));
  ASSERT_NE(find(collapsed, "has collapsed"), nullptr);
  EXPECT_THAT(trust_summary(collapsed), HasSubstr("default-vae has collapsed"));
  EXPECT_EQ(find(collapsed, "has collapsed")->trust, Trust::kCaution);
  EXPECT_THAT(find(collapsed, "has collapsed")->text, HasSubstr("3 of 3 seeds"));
  EXPECT_NE(find(trust_findings(sample()), "uses its latent space"), nullptr);
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
