// Deep clustering and the consensus of seeds in a whole run.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "run/pipeline.h"
#include "songmap/run/scored_methods.h"
#include "songmap/run/spaces.h"

namespace songmap::run {
namespace {

using ::testing::ElementsAre;

class DeepStages : public ::testing::Test {
 protected:
  RunFolder run_with(const std::string& methods, const std::string& seeds) {
    RunOptions options = testing::quick_options("default");
    assign_option(options, "run.models=autoencoder", "test");
    assign_option(options, "cluster.methods=" + methods, "test");
    assign_option(options, "evaluation.seeds=" + seeds, "test");
    Planted planted;
    testing::run_stages(testing::planted_request(made_.folder.path(), "run", planted, "default", options), {});
    return RunFolder::existing(made_.folder.path() / "run");
  }

  using Planted = testing::Planted;
  testing::MadeRun made_;
};

TEST_F(DeepStages, EachRefinementIsScoredBesideItsStartAndNoNetworkIsTrainedOnAnother) {
  const RunFolder folder = run_with("k-means,vade,consensus", "2");
  const Manifest manifest = load_manifest(folder.manifest());
  EXPECT_THAT(manifest.methods, ElementsAre("k-means", "autoencoder-gmm", "vade", "consensus"));
  EXPECT_THAT(space_record(manifest, "features").methods,
              ElementsAre("k-means", "autoencoder-gmm", "vade", "consensus"));
  EXPECT_THAT(space_record(manifest, "pca").methods, ElementsAre("k-means", "consensus"));
  EXPECT_THAT(space_record(manifest, "autoencoder.decoded").methods, ElementsAre("k-means", "consensus"));
  std::set<std::string> scored;
  for (const ScoreRow& row : load_scores(folder.scores())) {
    if (row.space == "features" && row.target == "genre" && row.metric == "ami") scored.insert(row.method);
    // No chance value of a silhouette is had from training networks on made-up rows.
    EXPECT_FALSE(row.method == "vade" && row.metric == "silhouette_noise");
  }
  EXPECT_THAT(scored, ElementsAre("autoencoder-gmm", "consensus", "k-means", "vade"));
}

TEST_F(DeepStages, TheConsensusIsOneGroupingOfAllSeeds) {
  const RunFolder folder = run_with("k-means,consensus", "3");
  const Manifest manifest = load_manifest(folder.manifest());
  for (const ScoredMethod& method : load_scored_methods(folder, manifest, load_tracks(folder.tracks()))) {
    if (method.row.method != "consensus") continue;
    EXPECT_TRUE(method.defined) << method.row.space;
    for (const Labels& labels : method.labels) EXPECT_EQ(labels, method.labels.front()) << method.row.space;
  }
}

TEST_F(DeepStages, OneSeedHasNothingToAgreeWith) {
  const RunFolder folder = run_with("k-means,consensus", "1");
  bool seen = false;
  for (const ClusteringRow& row : load_clusterings(folder.clusterings())) {
    if (row.method != "consensus") continue;
    seen = true;
    EXPECT_THAT(row.undefined, ::testing::HasSubstr("two labellings"));
  }
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace songmap::run
