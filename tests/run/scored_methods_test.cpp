#include "songmap/run/scored_methods.h"

#include <gmock/gmock.h>

#include "run/made_run.h"
#include "songmap/core/error.h"

namespace songmap::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

class ScoredMethods : public ::testing::Test {
 protected:
  ScoredMethods() {
    manifest_.seeds = {7, 8};
    manifest_.spaces = {{"vae", "audio", "model", "vae", "VAE", true, 2, 0, {"k-means", "dbscan"}},
                        {"pca", "audio", "pca", "", "PCA", false, 2, 0, {"k-means"}}};
    // In another order than the manifest's, and with tracks that are left out.
    add("audio", "pca", "k-means", {{0, 1, 1}, {1, 0, 0}});
    add("audio", "vae", "k-means", {{0, 0, 1}, {0, 1, 1}});
    add("audio", "vae", "dbscan", {{-1, 0, 0}, {-1, -1, -1}});
    clusterings_[4].undefined = "one cluster only";
    clusterings_.back().coverage = 0;
    clusterings_[4].coverage = 2.0 / 3;
  }

  void add(const std::string& view, const std::string& space, const std::string& method,
           const std::vector<Labels>& labels) {
    for (std::size_t s = 0; s < labels.size(); ++s) {
      for (std::size_t i = 0; i < labels[s].size(); ++i) {
        const std::string id = "t" + std::to_string(kTracks[i]);
        labels_.push_back({id, "", view, space, method, manifest_.seeds[s], labels[s][i], 1});
      }
      clusterings_.push_back({view, space, method, manifest_.seeds[s], 2, 1, "", ""});
    }
  }

  [[nodiscard]] std::vector<ScoredMethod> loaded() const {
    save_labels(made_.folder.labels(), labels_);
    save_clusterings(made_.folder.clusterings(), clusterings_);
    return load_scored_methods(made_.folder, manifest_, testing::labelled_tracks({"a", "b", "a", "b", "a"}));
  }

  static constexpr std::size_t kTracks[3] = {1, 2, 4};
  testing::MadeRun made_;
  Manifest manifest_;
  std::vector<LabelRow> labels_;
  std::vector<ClusteringRow> clusterings_;
};

TEST_F(ScoredMethods, AreInTheManifestsOrderWithTheirTracksAndSeeds) {
  const auto methods = loaded();
  ASSERT_THAT(methods, SizeIs(3));
  EXPECT_EQ(methods[0].row.space, "vae");
  EXPECT_EQ(methods[1].row.method, "dbscan");
  EXPECT_EQ(methods[2].row.space, "pca");
  for (const ScoredMethod& method : methods) EXPECT_THAT(method.tracks, ElementsAre(1, 2, 4));
  EXPECT_THAT(methods[0].labels, ElementsAre(ElementsAre(0, 0, 1), ElementsAre(0, 1, 1)));
  EXPECT_THAT(methods[2].labels, ElementsAre(ElementsAre(0, 1, 1), ElementsAre(1, 0, 0)));
}

TEST_F(ScoredMethods, OneUndefinedSeedMakesAMethodUndefined) {
  const auto methods = loaded();
  EXPECT_TRUE(methods[0].defined);
  EXPECT_DOUBLE_EQ(methods[0].coverage, 1);
  EXPECT_FALSE(methods[1].defined);
  EXPECT_DOUBLE_EQ(methods[1].coverage, 1.0 / 3);
}

TEST_F(ScoredMethods, LabelsOfSomeTracks) {
  const auto methods = loaded();
  EXPECT_THAT(methods[0].labels_of({1, 4}), ElementsAre(ElementsAre(0, 1), ElementsAre(0, 1)));
  EXPECT_EQ(methods[0].labels_of({1, 2, 4}), methods[0].labels);
  EXPECT_THROW((void)methods[0].labels_of({3}), InvalidArgument);
}

TEST_F(ScoredMethods, LabelsOfAnotherRunAreToldApart) {
  manifest_.spaces[0].methods.emplace_back("ward");
  EXPECT_THAT(
      [&] { (void)loaded(); },
      ThrowsMessage<FormatError>(HasSubstr("labels.csv' does not belong to this run's manifest: cluster again")));
  manifest_.spaces[0].methods.pop_back();
  labels_.pop_back();
  EXPECT_THAT([&] { (void)loaded(); }, ThrowsMessage<FormatError>(HasSubstr("cluster again")));
}

}  // namespace
}  // namespace songmap::run
