#include "songmap/run/n_clusters.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "run/made_run.h"
#include "songmap/core/random.h"

namespace songmap::run {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

/// Sixty tracks in three far groups.
class NClusters : public ::testing::Test {
 protected:
  NClusters() {
    Random random(3);
    Matrix x(60, 4);
    for (std::size_t i = 0; i < 60; ++i) {
      for (std::size_t c = 0; c < 4; ++c) x(i, c) = static_cast<float>(random.normal() + (c == i % 3 ? 12 : 0));
      genres_.push_back(std::string(1, "abcd"[i % 4]));
    }
    write_npy(made_.folder.space("features"), x);
    options_.cluster.l2 = false;
    options_.cluster.n_clusters_from = "labels";
    options_.cluster.max_clusters = 6;
  }

  /// What is decided for these labels.
  Manifest decided() {
    Manifest manifest;
    manifest.spaces = {{"features", "audio", "features", "", "Direct", false, 4, 0, {"k-means"}}};
    manifest.spaces.insert(manifest.spaces.end(), more_spaces_.begin(), more_spaces_.end());
    manifest.lyrics.pseudo_languages = {40, 20};
    manifest.seeds = {0};
    if (!genres_.empty()) manifest.targets = {"genre"};
    manifest.evaluated_rows = evaluated_;
    save_manifest(made_.folder.manifest(), manifest);
    std::vector<TrackRow> tracks = testing::labelled_tracks(std::vector<std::string>(60));
    for (std::size_t i = 0; i < genres_.size(); ++i) tracks[i].labels["genre"] = genres_[i];
    StageRecord record = made_.record();
    choose_n_clusters(record, made_.folder, options_, tracks, made_.context);
    return record.manifest();
  }

  /// Spaces of the two views of words: their languages, and four groups of content; every third track has no words.
  void add_views() {
    Random random(6);
    Matrix language(60, 2);
    Matrix content(60, 5);
    for (std::size_t i = 0; i < 60; ++i) {
      for (float& value : language.row(i)) value = i % 3 == 0 ? std::nanf("") : static_cast<float>(random.normal());
      for (std::size_t c = 0; c < 5; ++c) {
        content(i, c) = i % 3 == 0 ? std::nanf("") : static_cast<float>(random.normal() + (c == i % 4 ? 12 : 0));
      }
    }
    write_npy(made_.folder.space("language"), language);
    write_npy(made_.folder.space("m.content"), content);
    more_spaces_ = {{"m.content", "content", "fusion", "m", "M", true, 5, 4, {"k-means"}},
                    {"n.content", "content", "fusion", "n", "N", true, 5, 4, {"k-means"}},
                    {"language", "language", "language", "", "Language", false, 2, 0, {"k-means"}}};
  }

  testing::MadeRun made_;
  std::vector<SpaceRecord> more_spaces_;
  RunOptions options_;
  std::vector<std::string> genres_;
  std::vector<std::size_t> evaluated_;
};

TEST_F(NClusters, GivenComesFirst) {
  options_.cluster.n_clusters = 5;
  const Manifest manifest = decided();
  EXPECT_EQ(manifest.n_clusters, 5U);
  EXPECT_EQ(manifest.n_clusters_source, "given");
  EXPECT_THAT(made_.warnings, Contains(HasSubstr("There are more groups (5) than classes of 'genre' (4)")));
}

TEST_F(NClusters, TheStudyCountsTheClassesOfTheTracksThatAreScored) {
  for (std::size_t i = 0; i < 60; ++i) {
    if (i % 4 < 2) evaluated_.push_back(i);
  }
  const Manifest manifest = decided();
  EXPECT_EQ(manifest.n_clusters, 2U);
  EXPECT_EQ(manifest.n_clusters_source, "labels");
  EXPECT_THAT(made_.warnings, Contains(HasSubstr("The number of groups came from the labels: 2")));
  EXPECT_FALSE(std::filesystem::exists(made_.folder.candidates()));
}

TEST_F(NClusters, WithoutTheLabelsOfTwoClassesTheGapStatisticDecides) {
  for (const std::size_t kept : {0, 1}) {
    made_.warnings.clear();
    genres_.assign(60, kept == 0 ? "" : "a");
    const Manifest manifest = decided();
    EXPECT_EQ(manifest.n_clusters, 3U);
    EXPECT_EQ(manifest.n_clusters_source, "gap statistic");
    EXPECT_THAT(made_.warnings,
                Contains(HasSubstr(kept == 0 ? "the tracks that are scored have none of 'genre'"
                                             : "the tracks that are scored have one value of 'genre'")));
    EXPECT_THAT(made_.warnings, Contains(HasSubstr("agreement with it means nothing")));
  }
  made_.warnings.clear();
  genres_.clear();
  EXPECT_EQ(decided().n_clusters, 3U);
  EXPECT_THAT(made_.warnings, Contains(HasSubstr("takes the number of groups from the labels, and there are none")));
}

TEST_F(NClusters, TheGapStatisticLooksAtNoLabelAndShowsTheEvidence) {
  options_.cluster.n_clusters_from = "gap";
  EXPECT_EQ(decided().n_clusters, 3U);
  const auto before = load_candidates(made_.folder.candidates());
  EXPECT_EQ(before.size(), 6U);
  genres_.assign(60, "");
  genres_[7] = "other";
  EXPECT_EQ(decided().n_clusters, 3U);
  const auto after = load_candidates(made_.folder.candidates());
  for (std::size_t k = 0; k < before.size(); ++k) EXPECT_EQ(before[k].gap, after[k].gap);
}

TEST_F(NClusters, EachViewHasItsOwnNumber) {
  options_.cluster.n_clusters_from = "gap";
  add_views();
  Manifest manifest = decided();
  EXPECT_EQ(n_clusters_of(manifest, "audio"), 3U);
  EXPECT_EQ(n_clusters_of(manifest, "language"), 2U);
  EXPECT_EQ(n_clusters_source_of(manifest, "language"), "pseudo-languages");
  EXPECT_EQ(n_clusters_of(manifest, "content"), 4U);
  EXPECT_EQ(n_clusters_source_of(manifest, "content"), "gap statistic");
  EXPECT_THAT(made_.notes, Contains(HasSubstr("The number of groups of the content view was chosen by the gap")));
  std::map<std::string, std::size_t> candidates;
  for (const CandidateRow& row : load_candidates(made_.folder.candidates())) ++candidates[row.view];
  EXPECT_THAT(candidates, ::testing::ElementsAre(Pair("audio", 6), Pair("content", 6)));

  save_manifest(made_.folder.manifest(), manifest);
  manifest = load_manifest(made_.folder.manifest());
  EXPECT_EQ(n_clusters_of(manifest, "audio"), 3U);
  EXPECT_EQ(n_clusters_of(manifest, "language"), 2U);
  EXPECT_EQ(n_clusters_of(manifest, "content"), 4U);
  EXPECT_EQ(n_clusters_source_of(manifest, "content"), "gap statistic");
  EXPECT_EQ(n_clusters_source_of(manifest, "hybrid"), "gap statistic") << "no view of its own: as the run's";
}

TEST_F(NClusters, WhatIsGivenIsOfSoundAndContentAndTheLanguagesHaveAnOptionOfTheirOwn) {
  add_views();
  options_.cluster.n_clusters = 5;
  Manifest manifest = decided();
  EXPECT_EQ(n_clusters_of(manifest, "content"), 5U);
  EXPECT_EQ(n_clusters_source_of(manifest, "content"), "given");
  EXPECT_EQ(n_clusters_of(manifest, "language"), 2U);
  options_.cluster.n_languages = 3;
  manifest = decided();
  EXPECT_EQ(n_clusters_of(manifest, "language"), 3U);
  EXPECT_EQ(n_clusters_source_of(manifest, "language"), "given");
  options_.cluster.n_clusters = 50;
  manifest = decided();
  EXPECT_EQ(n_clusters_of(manifest, "content"), 40U);
  EXPECT_THAT(made_.warnings, Contains(HasSubstr("of the content view was lowered from 50 to 40")));
}

TEST_F(NClusters, OfTheStudysViewsThereIsOneNumber) {
  add_views();
  for (SpaceRecord& space : more_spaces_) space.view = space.view == "content" ? "hybrid" : "lyrics";
  const Manifest manifest = decided();
  EXPECT_THAT(manifest.view_clusters, ::testing::IsEmpty());
  EXPECT_EQ(n_clusters_of(manifest, "hybrid"), 4U);
  EXPECT_EQ(n_clusters_source_of(manifest, "lyrics"), "labels");
}

TEST_F(NClusters, FewTracksAGroupAreCautionedAgainst) {
  options_.cluster.n_clusters = 4;
  (void)decided();
  EXPECT_THAT(made_.warnings, Contains(HasSubstr("60 in 4 groups make 15.0 each")));
  made_.warnings.clear();
  options_.cluster.n_clusters = 3;
  (void)decided();
  EXPECT_THAT(made_.warnings, Not(Contains(HasSubstr("few tracks a group"))));
}

TEST_F(NClusters, NeverMoreGroupsThanDifferentTracks) {
  Matrix x(60, 2);
  for (std::size_t i = 0; i < 60; ++i) x(i, 0) = static_cast<float>(i % 2);
  write_npy(made_.folder.space("features"), x);
  EXPECT_EQ(decided().n_clusters, 2U);
  EXPECT_THAT(made_.warnings, Contains(HasSubstr("lowered from 4 to 2")));
}

}  // namespace
}  // namespace songmap::run
