#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "e2e/program.h"
#include "songmap/core/csv.h"
#include "songmap/core/npy.h"
#include "songmap/core/random.h"
#include "songmap/run/tables.h"

namespace songmap::e2e {
namespace {

using testing::HasSubstr;

/// 90 tracks in three groups that are far apart, one line of which cannot be used.
std::string planted_table() {
  Random random(5);
  std::string text = "filename,a,b,c,d,e,genre\r\n";
  for (int i = 0; i < 90; ++i) {
    text += "t" + std::to_string(i);
    for (int j = 0; j < 5; ++j) text += "," + csv_number(random.normal() + (j == i % 3 ? 9.0 : 0.0));
    text += "," + std::string(1, "xyz"[i % 3]) + "\r\n";
  }
  return text + "t90,1,2,oops,4,5,x\r\n";
}

class TableRun : public ProgramTest {
 protected:
  TableRun() {
    figures_ = false;
    write_file(folder_ / "planted.csv", planted_table());
  }
  double score(const fs::path& run, const std::string& space, const std::string& metric) const {
    for (const run::ScoreRow& row : run::load_scores(run / "scores.csv")) {
      if (row.space == space && row.metric == metric) return row.value;
    }
    return std::nan("");
  }
};

TEST_F(TableRun, FindsPlantedGroupsAndTheirNumber) {
  const Outcome outcome = songmap({"run", "planted.csv", "-o", "run", "--quiet"});
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;  // one line was rejected
  EXPECT_THAT(outcome.out, HasSubstr("gap statistic"));
  EXPECT_GT(score(folder_ / "run", "default-vae.decoded", "ari"), 0.95);
  const auto failures = run::load_failures(folder_ / "run" / "failures.csv");
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_THAT(failures[0].reason, HasSubstr("line 92, column c: 'oops' is not a finite number"));
}

TEST_F(TableRun, TheRunFolderHoldsWhatTheReadmePromises) {
  figures_ = true;
  ASSERT_EQ(songmap({"run", "planted.csv", "-o", "run", "-k", "3", "--quiet"}).exit_code, 3);
  const fs::path run = folder_ / "run";
  for (const char* file :
       {"manifest.json", "tracks.csv", "failures.csv", "labels.csv", "map.csv", "scores.csv", "curves.csv",
        "clusterings.csv", "comparisons.csv", "lyrics.csv", "inspections/default-vae.reconstructions.npy",
        "figures/dendrogram.svg", "figures/traversal-default-vae.svg", "spaces/features.npy", "spaces/default-vae.npy",
        "spaces/default-vae.decoded.npy", "spaces/default-vae.ensemble.npy", "reconstruction.csv", "report.html"}) {
    EXPECT_TRUE(fs::exists(run / file)) << file;
  }
  const auto tracks = run::load_tracks(run / "tracks.csv");
  EXPECT_EQ(tracks.size(), 90U);
  EXPECT_EQ(read_npy(run / "spaces/features.npy").rows(), 90U);
  const auto labels = run::load_labels(run / "labels.csv");
  // Three clusterings of two ensembles, PCA and features, one of the seeds of each model; five seeds.
  ASSERT_EQ(labels.size(), 90U * (4 * 3 + 2) * 5);
  EXPECT_EQ(labels.front().space, "default-vae.ensemble");
  EXPECT_EQ(labels.front().view, "audio");
  EXPECT_EQ(labels.front().method, "spectral");
  for (const run::LabelRow& row : labels) EXPECT_TRUE(row.strength >= 0 && row.strength <= 1);
  for (const run::MapRow& row : run::load_map(run / "map.csv")) {
    EXPECT_EQ(std::isnan(row.z), row.dimensions == 2);
    EXPECT_TRUE(std::isfinite(row.x) && std::isfinite(row.y));
  }
}

TEST_F(TableRun, StagesOneByOneGiveTheSameTablesAsRun) {
  ASSERT_EQ(songmap({"run", "planted.csv", "-o", "whole", "-k", "3", "--quiet"}).exit_code, 3);
  ASSERT_EQ(songmap({"extract", "planted.csv", "-o", "steps", "-k", "3", "--quiet"}).exit_code, 3);
  for (const char* stage : {"train", "cluster", "score", "project", "report"}) {
    const Outcome outcome = songmap({stage, "steps", "--quiet"});
    ASSERT_EQ(outcome.exit_code, 0) << stage << ": " << outcome.err;
  }
  for (const char* file : {"tracks.csv", "labels.csv", "scores.csv", "map.csv", "curves.csv"}) {
    EXPECT_EQ(read_file(folder_ / "whole" / file), read_file(folder_ / "steps" / file)) << file;
  }
}

TEST_F(TableRun, TheSameSeedGivesTheSameBytesWhateverTheThreads) {
  ASSERT_EQ(songmap({"run", "planted.csv", "-o", "one", "-k", "3", "--quiet", "--threads", "1"}).exit_code, 3);
  ASSERT_EQ(songmap({"run", "planted.csv", "-o", "two", "-k", "3", "--quiet", "--threads", "2"}).exit_code, 3);
  for (const char* file : {"labels.csv", "scores.csv", "map.csv", "curves.csv", "spaces/default-vae.npy"}) {
    EXPECT_EQ(read_file(folder_ / "one" / file), read_file(folder_ / "two" / file)) << file;
  }
}

TEST_F(TableRun, AnotherPresetInTheSameFolderLeavesNothingOfTheFirst) {
  ASSERT_EQ(songmap({"run", "planted.csv", "--preset", "easy", "--seeds", "1", "-o", "run", "--quiet"}).exit_code, 3);
  EXPECT_TRUE(fs::exists(folder_ / "run" / "results"));
  ASSERT_EQ(songmap({"run", "planted.csv", "-k", "3", "--seeds", "1", "-o", "run", "--quiet"}).exit_code, 3);
  for (const char* file : {"results", "spaces/basic-vae.npy", "models/basic-vae.seed-1.model"}) {
    EXPECT_FALSE(fs::exists(folder_ / "run" / file)) << file;
  }
}

TEST_F(TableRun, ASizeThatWasChosenStandsWhereTheOthersFollowTheCollection) {
  ASSERT_EQ(
      songmap({"run", "planted.csv", "-o", "run", "-k", "3", "--seeds", "1", "--quiet", "--set", "train.epochs=2"})
          .exit_code,
      3);
  EXPECT_EQ(run::load_curves(folder_ / "run" / "curves.csv").size(), 4U);  // of two models
  EXPECT_EQ(read_npy(folder_ / "run" / "spaces" / "default-vae.npy").cols(), 8U);
}

TEST_F(TableRun, FewerTracksThanClustersIsToldAndDone) {
  write_file(folder_ / "tiny.csv", "track_id,a,b,label\n1,2,3,x\n2,3,4,y\n3,9,6,z\n4,9,7,z\n");
  const Outcome outcome = songmap({"run", "tiny.csv", "-k", "9", "-o", "run"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("lowered from 9 to 4"));
}

TEST_F(TableRun, AMethodThatCannotTakeSoManyTracksIsLeftOutWithTheReason) {
  Random random(5);
  std::string text = "track_id,a,b\n";
  for (int i = 0; i < 20'001; ++i) {
    text += "t" + std::to_string(i) + "," + csv_number(random.normal()) + "," + csv_number(random.normal()) + "\n";
  }
  write_file(folder_ / "many.csv", text);
  std::vector<std::string> extract{"extract",  "many.csv",        "-o", "run", "--quiet", "-k", "2",
                                   "--method", "complete,k-means"};
  for (const char* setting : {"evaluation.seeds=1", "train.epochs=1", "run.fit_size_to_collection=false",
                              "vae.hidden=[4]", "vae.n_latent=2", "cluster.baselines=[features]"}) {
    extract.insert(extract.end(), {"--set", setting});
  }
  ASSERT_EQ(songmap(extract).exit_code, 0);
  ASSERT_EQ(songmap({"train", "run", "--quiet"}).exit_code, 0);
  const Outcome outcome = songmap({"cluster", "run"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("Complete linkage has no scores in 3 spaces"));
  const auto clusterings = run::load_clusterings(folder_ / "run" / "clusterings.csv");
  ASSERT_EQ(clusterings.size(), 6U);
  for (const run::ClusteringRow& row : clusterings) {
    if (row.method == "complete") {
      EXPECT_THAT(row.undefined, testing::AllOf(HasSubstr("20001"), HasSubstr("20000")));
      EXPECT_EQ(row.k, 0U);
    } else {
      EXPECT_EQ(row.undefined, "");
      EXPECT_EQ(row.k, 2U);
    }
  }
}

TEST_F(TableRun, TheEasyPresetWritesTheStudysTable) {
  const Outcome outcome = songmap({"run", "planted.csv", "--preset", "easy", "-o", "run", "--quiet"});
  ASSERT_EQ(outcome.exit_code, 3) << outcome.err;
  const CsvTable table = read_csv(folder_ / "run" / "results" / "easy_task_results.csv");
  EXPECT_THAT(table.columns,
              testing::ElementsAre("Method", "Silhouette_Score", "Calinski_Harabasz", "Adjusted_Rand_Index"));
  EXPECT_EQ(table.rows.at(0).at(0), "VAE + K-Means");
  EXPECT_EQ(table.rows.at(1).at(0), "PCA + K-Means");
  // 80/20: the model never saw the 18 tracks that are clustered.
  EXPECT_EQ(run::load_labels(folder_ / "run" / "labels.csv").size(), 18U * 3 * 10);
}

}  // namespace
}  // namespace songmap::e2e
