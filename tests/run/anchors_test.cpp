// What plain pipelines reach on published tables of features, without a label in any step but the score: figures that
// were found with other tools, and must not get lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "songmap/cluster/ward.h"
#include "songmap/features/dataset.h"
#include "songmap/features/scaler.h"
#include "songmap/metrics/external.h"
#include "songmap/run/grouping.h"

namespace songmap::run {
namespace {

namespace fs = std::filesystem;

fs::path table(const char* name) {
  const char* given = std::getenv("SONGMAP_TEST_DATA");
  const fs::path folder = given != nullptr ? fs::path(given) : fs::path(SONGMAP_SOURCE_DIR) / ".." / "shared" / "data";
  return folder / "tables" / name;
}

/// Mean over five seeds.
struct Agreement {
  double nmi = 0;
  double ari = 0;
  double ami = 0;
};

class Anchors : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(table("gtzan_features_30s.csv"))) {
      GTEST_SKIP() << "NO REAL DATA: set SONGMAP_TEST_DATA to the folder with tables/gtzan_features_30s.csv";
    }
  }

  static Matrix scaled(const features::FeatureTable& data, const std::string& kind, bool l2) {
    features::ScalerOptions options;
    options.kind = kind;
    const Matrix x = features::transform(features::fit_scaler(data.values, options), data.values);
    return l2 ? l2_normalised(x) : x;
  }

  static Agreement agreement(const features::FeatureTable& data, const Matrix& x, const std::string& method,
                             std::size_t k) {
    constexpr std::uint64_t kSeeds = 5;
    const metrics::Codes classes = metrics::encode(data.labels.at("label"));
    Agreement mean;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      const auto found = group(x, method, k, seed, {}).labels;
      const metrics::Contingency counts = metrics::contingency(classes.codes, found);
      mean.nmi += metrics::normalized_mutual_info(counts).value() / kSeeds;
      mean.ari += metrics::adjusted_rand_index(counts).value() / kSeeds;
      mean.ami += metrics::adjusted_mutual_info(counts).value() / kSeeds;
    }
    return mean;
  }

  static const features::FeatureTable& gtzan() {
    static const features::FeatureTable data = features::load_feature_table(table("gtzan_features_30s.csv"), {});
    return data;
  }
};

TEST_F(Anchors, ZThenKMeansIsWhatItAlwaysWas) {
  const Agreement found = agreement(gtzan(), scaled(gtzan(), "z", false), "k-means", 10);
  EXPECT_GE(found.nmi, .30);
  EXPECT_LE(found.nmi, .34);
  EXPECT_GE(found.ari, .16);
  EXPECT_LE(found.ari, .20);
}

TEST_F(Anchors, WardOnZIsExact) {
  const Agreement found = agreement(gtzan(), scaled(gtzan(), "z", false), "ward", 10);
  EXPECT_NEAR(found.nmi, .3317, 5e-5);
  EXPECT_NEAR(found.ari, .1863, 5e-5);
}

TEST_F(Anchors, WithoutScalingTheLoudestColumnDecides) {
  const Agreement found = agreement(gtzan(), gtzan().values, "k-means", 10);
  EXPECT_NEAR(found.nmi, .166, .012);
  EXPECT_NEAR(found.ari, .086, .012);
}

TEST_F(Anchors, LogarithmsUnitRowsAndSpectralClustering) {
  const Agreement found = agreement(gtzan(), scaled(gtzan(), "logzc", true), "spectral", 10);
  EXPECT_GE(found.nmi, .355);
  EXPECT_GE(found.ari, .20);
}

TEST_F(Anchors, RanksUmapAndKMeans) {
  const Agreement found = agreement(gtzan(), scaled(gtzan(), "rank", false), "umap-k-means", 10);
  EXPECT_GE(found.nmi, .375);
  EXPECT_GE(found.ari, .235);
}

TEST_F(Anchors, BanglaAndEnglishWithoutTheColumnThatTellsThemApart) {
  const features::FeatureTable data = features::load_feature_table(table("bangla_english_features_30s.csv"), {});
  EXPECT_EQ(std::ranges::find(data.columns, "length"), data.columns.end());
  const Agreement found = agreement(data, scaled(data, "logzc", true), "spectral", 18);
  EXPECT_GE(found.ami, .39);
  EXPECT_GE(found.ari, .21);
}

}  // namespace
}  // namespace songmap::run
