// The anchors that take long: neighbour embeddings of several seeds, and the default model.
#include <gtest/gtest.h>

#include <algorithm>

#include "run/anchors.h"
#include "run/pipeline.h"

namespace songmap::run {
namespace {

using testing::Agreement;
using testing::Anchors;

TEST_F(Anchors, RanksUmapAndKMeansOfFiveSeeds) {
  const Agreement found = agreement(gtzan(), scaled(gtzan(), "rank", false), "umap-k-means", 10);
  EXPECT_GE(found.nmi, .375);
  EXPECT_GE(found.ari, .235);
}

TEST_F(Anchors, TheDefaultModelKeepsWhatTheFeaturesHave) {
  testing::MadeRun made;
  ExtractRequest request;
  request.input = testing::published_table("gtzan_features_30s.csv");
  request.output = made.folder.path() / "run";
  request.preset = "default";
  apply_preset("default", "", request.options);
  for (const char* assignment :
       {"cluster.n_clusters=10", "evaluation.bootstrap=20", "evaluation.permutations=19", "projection.umap=false",
        "projection.tsne=false", "cluster.methods=[\"spectral\"]", "cluster.baselines=[\"features\"]"}) {
    assign_option(request.options, assignment, "test");
  }
  testing::run_stages(request, made.context);
  const std::vector<ScoreRow> scores = load_scores(RunFolder(request.output).scores());
  const auto value = [&](const std::string& space, const std::string& metric) {
    const auto found = std::ranges::find_if(scores, [&](const ScoreRow& row) {
      return row.space == space && row.metric == metric && row.scored_in.empty();
    });
    return found == scores.end() ? kNotDefined : found->value;
  };
  EXPECT_GE(value("default-vae.decoded", "nmi"), .350);
  EXPECT_GE(value("default-vae.decoded", "ari"), .20);
  EXPECT_GE(value("features", "nmi"), .355);
}

}  // namespace
}  // namespace songmap::run
