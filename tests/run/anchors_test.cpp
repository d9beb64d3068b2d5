// Figures that were found with other tools, and must not get lost.
#include "run/anchors.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace songmap::run {
namespace {

using testing::Agreement;
using testing::Anchors;

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
  // One seed: with all five it is a slow test.
  const Agreement found = agreement(gtzan(), scaled(gtzan(), "rank", false), "umap-k-means", 10, 1);
  EXPECT_GE(found.nmi, .375);
  EXPECT_GE(found.ari, .235);
}

TEST_F(Anchors, BanglaAndEnglishWithoutTheColumnThatTellsThemApart) {
  const features::FeatureTable data =
      features::load_feature_table(testing::published_table("bangla_english_features_30s.csv"), {});
  EXPECT_EQ(std::ranges::find(data.columns, "length"), data.columns.end());
  const Agreement found = agreement(data, scaled(data, "logzc", true), "spectral", 18);
  EXPECT_GE(found.ami, .39);
  EXPECT_GE(found.ari, .21);
}

}  // namespace
}  // namespace songmap::run
