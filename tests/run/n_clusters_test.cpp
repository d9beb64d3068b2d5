#include "songmap/run/n_clusters.h"

#include <gmock/gmock.h>

#include "run/made_run.h"
#include "songmap/core/random.h"

namespace songmap::run {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

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

  testing::MadeRun made_;
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
