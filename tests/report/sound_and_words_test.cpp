#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "songmap/report/sections.h"
#include "tests/report/sample.h"

namespace songmap::report {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A joint model that keeps both sides and tells 31 % of the words by the sound.
RunData joint_run() {
  RunData run;
  run.manifest.spaces = {
      {"joint-vae.decoded", "content", "model", "joint-vae", "Joint model of sound and words", true}};
  const auto add = [&](const char* side, const char* check, double value, double chance = kNotDefined) {
    run.cross_modal.push_back({"joint-vae", 0, check, side, value, chance});
  };
  add("audio", "r2_from_itself", 0.8);
  add("audio", "r2_from_other", -0.02, -0.1);
  add("audio", "precision_share", 0.6);
  add("audio", "kl", 11.5);
  add("audio", "median_rank", 6, 6);
  add("audio", "reciprocal_rank", 0.25, 0.26);
  add("lyrics", "r2_from_itself", 0.5);
  add("lyrics", "r2_from_other", 0.31, -0.1);
  add("lyrics", "precision_share", 0.4);
  add("lyrics", "kl", 4);
  add("lyrics", "median_rank", 2, 6);
  add("lyrics", "reciprocal_rank", 0.6, 0.26);
  return run;
}

run::CrossModalRow& check(RunData& run, const std::string& side, const std::string& name) {
  return *std::ranges::find_if(run.cross_modal, [&](const auto& row) { return row.side == side && row.check == name; });
}

TEST(SoundAndWords, TellsWhatOneSideSaysOfTheOtherBesideChance) {
  const std::string html = sound_and_words_html(joint_run());
  EXPECT_THAT(html, HasSubstr("The joint model of sound and words keeps sound and words, and of tracks that it has not "
                              "seen the sound tells 31 % of what varies in the words (shuffled partners: −10 %)."));
  EXPECT_THAT(html, Not(HasSubstr("the words tell"))) << "−.02 is no more than the average track";
  EXPECT_THAT(html,
              AllOf(HasSubstr("Half of the tracks have their words among the first 2 that the sound points to, by "
                              "chance 6. "),
                    HasSubstr("among the first 6 that the words point to, by chance 6: no better than chance"),
                    HasSubstr("<strong>0.31</strong><span class=\"aside\">chance −0.10</span>")));
}

TEST(SoundAndWords, WhatShuffledPartnersTellTooIsNothing) {
  RunData run = joint_run();
  check(run, "lyrics", "r2_from_other").chance = 0.32;
  EXPECT_THAT(sound_and_words_html(run), HasSubstr("neither tells anything of the other"));
}

TEST(SoundAndWords, ALostSideComesFirst) {
  RunData collapsed = joint_run();
  check(collapsed, "lyrics", "kl").value = 0.4;
  EXPECT_THAT(sound_and_words_html(collapsed),
              AllOf(HasSubstr("has lost the words"), HasSubstr("read its groups as those of the sound."),
                    Not(HasSubstr("keeps sound and words"))));
  RunData unlearned = joint_run();
  check(unlearned, "audio", "r2_from_itself").value = 0.049;
  EXPECT_THAT(sound_and_words_html(unlearned),
              AllOf(HasSubstr("learned nothing from the sound"), HasSubstr("an R² of 0.049"),
                    HasSubstr("read its groups as those of the words.")));
  RunData ignored = joint_run();
  check(ignored, "lyrics", "precision_share").value = 0.04;
  EXPECT_THAT(sound_and_words_html(ignored), HasSubstr("ignores the words where a track has both (4.0 % of"));
}

TEST(SoundAndWords, IsNotThereWithoutAJointModel) { EXPECT_THAT(sound_and_words_html(RunData()), IsEmpty()); }

TEST(SoundAndWords, MissingChecksAreDashesAndNoClaim) {
  RunData run = joint_run();
  std::erase_if(run.cross_modal, [](const auto& row) { return row.check != "r2_from_itself"; });
  const std::string html = sound_and_words_html(run);
  EXPECT_THAT(html, AllOf(HasSubstr("neither tells anything"), HasSubstr("<span class=\"aside\">–</span>"),
                          Not(HasSubstr("not defined")), Not(HasSubstr("Half of"))));
}

/// Twelve tracks, the first ones odd to both models.
RunData odd_run() {
  RunData run;
  run.manifest.models.resize(2);
  run.manifest.models[0].name = "default-vae";
  run.manifest.models[1].name = "autoencoder";
  run.manifest.spaces = {{"default-vae.ensemble", "audio", "ensemble", "default-vae", "VAE, 5 seeds together"}};
  Grouping grouping{"audio", "default-vae.ensemble", "k-means", 0, {}, {}};
  for (int i = 0; i < 24; ++i) {
    TrackRow track;
    track.track_id = std::to_string(i);
    track.path = "folder/" + std::to_string(i) + ".flac";
    run.tracks.push_back(track);
    grouping.clusters.emplace_back(i % 4);
    run.reconstruction.push_back({track.track_id, track.path, "default-vae", 0.3 - 0.01 * i, (30 - i) / 18.0});
    run.reconstruction.push_back({track.track_id, track.path, "autoencoder", 0.1, i < 2 ? 5.0 : i < 3 ? 1.5 : 1.0});
  }
  grouping.clusters[1] = kNoise;
  run.groupings.push_back(grouping);
  return run;
}

TEST(LeastUnderstood, TheWorstTenStandWithGroupPathAndWhoElseFindsThemOdd) {
  RunData run = odd_run();
  run.reconstruction[4].relative = 2.5;
  const std::string html = least_understood_html(run);
  EXPECT_THAT(html, AllOf(HasSubstr("1 of 24 tracks has more than 2 times the median error of default-vae."),
                          HasSubstr("2 of 24 tracks have more than 2 times the median error of autoencoder."),
                          HasSubstr("<strong>2.5 ×</strong>"), HasSubstr("folder/2.flac"), HasSubstr("<td>noise</td>"),
                          HasSubstr("The same by the other models")));
  EXPECT_LT(html.find("2.flac"), html.find("0.flac")) << "the largest error first";
  EXPECT_THAT(html, Not(HasSubstr("folder/10.flac"))) << "ten are shown";
  EXPECT_THAT(html, HasSubstr("<td>autoencoder</td><td><span class=\"path\">folder/0.flac"));
  EXPECT_THAT(html, HasSubstr("<td>–</td><td><span class=\"path\">folder/9.flac"));
}

TEST(LeastUnderstood, SaysSoWhereNoTrackIsFarFromTheOthers) {
  EXPECT_THAT(least_understood_html(odd_run()),
              HasSubstr("No track of 24 has more than 2 times the median error: default-vae understands all about "
                        "equally well."));
}

TEST(LeastUnderstood, IsNotThereForTheStudyOrWithoutErrors) {
  RunData run = odd_run();
  for (const char* preset : {"easy", "medium", "hard"}) {
    run.manifest.preset = preset;
    EXPECT_THAT(least_understood_html(run), IsEmpty()) << preset;
  }
  EXPECT_THAT(least_understood_html(RunData()), IsEmpty());
}

TEST(LeastUnderstood, NamesOfFilesCannotBreakOut) {
  RunData run = odd_run();
  for (TrackRow& track : run.tracks) track.path = hostile_text();
  EXPECT_THAT(least_understood_html(run), Not(HasSubstr("<script>")));
}

TEST(Choice, TheRuleStandsWithItsNumbersAndSaysThatNoLabelHadAPart) {
  RunData run = odd_run();
  EXPECT_THAT(choice_html(run), IsEmpty()) << "there was nothing to choose";
  run.manifest.choice = {"default-vae", "The model of whole tracks leads: short.", 5.25, 7, 0.136};
  EXPECT_THAT(choice_html(run), AllOf(HasSubstr("The model of whole tracks leads: short."), HasSubstr("5.25 s"),
                                      HasSubstr("<strong>7</strong>"), HasSubstr("<strong>14 %</strong>"),
                                      HasSubstr("no label and no score"), Not(HasSubstr("nevertheless"))));
  run.manifest.choice.model = "window-vae";
  EXPECT_THAT(choice_html(run), HasSubstr("The groups are nevertheless those of default-vae."));
}

}  // namespace
}  // namespace songmap::report
