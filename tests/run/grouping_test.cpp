#include "songmap/run/grouping.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "run/made_run.h"
#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/metrics/external.h"
#include "songmap/projection/umap.h"
#include "songmap/run/deep_grouping.h"

namespace songmap::run {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

constexpr std::size_t kBlobs = 3;

/// 40 points around each of three far corners.
Matrix blobs() {
  Random random(2);
  Matrix x(40 * kBlobs, 6);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t c = 0; c < x.cols(); ++c) x(i, c) = static_cast<float>(random.normal() + (c == i % 3 ? 15 : 0));
  }
  return x;
}

double agreement(const std::vector<std::int32_t>& labels) {
  std::vector<std::int32_t> truth(labels.size());
  for (std::size_t i = 0; i < truth.size(); ++i) truth[i] = static_cast<std::int32_t>(i % 3);
  return metrics::adjusted_rand_index(metrics::contingency(truth, labels)).value_or(0);
}

TEST(Group, EveryMethodKeepsWithinBounds) {
  const Matrix x = blobs();
  GroupingOptions options;
  options.groups.max_size = 25;
  options.groups.min_size = 10;
  options.groups.noise = "none";
  for (const char* method : {"k-means", "spectral", "ward", "hdbscan", "umap-k-means"}) {
    std::map<std::int32_t, std::size_t> sizes;
    for (const std::int32_t label : group(x, method, kBlobs, 0, options).labels) ++sizes[label];
    EXPECT_GE(sizes.size(), 5U) << method;
    for (const auto& [label, size] : sizes) {
      EXPECT_GE(label, 0) << method;
      EXPECT_GE(size, 10U) << method;
      EXPECT_LE(size, 25U) << method;
    }
  }
}

TEST(Group, EveryMethodFindsBlobs) {
  const Matrix x = blobs();
  EXPECT_THAT(method_names(), Contains("umap-k-means"));
  for (const std::string& method : method_names()) {
    if (method == kConsensus) continue;
    const cluster::Clustering found = group(x, method, kBlobs, 1, {});
    EXPECT_EQ(found.undefined, "") << method;
    // What finds its own number may leave points out or part a blob in two, but joins no two blobs.
    if (method == "umap-k-means" || is_deep(method) || cluster::needs_n_clusters(method)) {
      EXPECT_GT(agreement(found.labels), 0.95) << method;
    }
    std::map<std::int32_t, std::size_t> blob_of;
    std::size_t grouped = 0;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      if (found.labels[i] == kNoise) continue;
      EXPECT_EQ(blob_of.try_emplace(found.labels[i], i % kBlobs).first->second, i % kBlobs) << method;
      ++grouped;
    }
    EXPECT_GE(blob_of.size(), kBlobs) << method;
    EXPECT_GT(grouped, x.rows() / 2) << method;
    EXPECT_FALSE(method_title(method).empty());
  }
}

TEST(Group, UmapKMeansIsAFunctionOfTheSeedOnAnyNumberOfThreads) {
  const Matrix x = blobs();
  EXPECT_EQ(group(x, "umap-k-means", 5, 3, {}, {1, {}}).labels, group(x, "umap-k-means", 5, 3, {}, {4, {}}).labels);
  EXPECT_NE(group(x, "umap-k-means", 5, 3, {}).labels, group(x, "umap-k-means", 5, 4, {}).labels);
}

TEST(Group, UmapKMeansDrawsItsOwnMapForEachSeed) {
  const Matrix x = blobs();
  for (const std::uint64_t seed : {3U, 4U}) {
    projection::UmapOptions umap;
    umap.dimensions = 6;  // as many as there are columns: the map has eight at most
    umap.neighbors = 15;
    umap.min_dist = 0;
    umap.seed = seed;
    const Matrix map = projection::umap(x, umap).points;
    EXPECT_EQ(group(x, "umap-k-means", 5, seed, {}).labels, group(map, "k-means", 5, seed, {}).labels) << seed;
  }
}

TEST(Group, WhatIsCalledDeterministicIs) {
  Random random(6);
  Matrix x(60, 4);
  for (float& value : x.values()) value = static_cast<float>(random.normal());
  for (const std::string& method : method_names()) {
    if (!is_deterministic(method) || method == kConsensus) continue;
    EXPECT_EQ(group(x, method, 6, 1, {}).labels, group(x, method, 6, 2, {}).labels) << method;
  }
  EXPECT_TRUE(is_deterministic("ward"));
  EXPECT_FALSE(is_deterministic("k-means"));
  EXPECT_FALSE(is_deterministic("umap-k-means"));
}

TEST(Group, TitlesAreTheStudys) {
  EXPECT_EQ(method_title("k-means"), "K-Means");
  EXPECT_EQ(method_title("ward"), "Agglomerative");
  EXPECT_EQ(method_title("dbscan"), "DBSCAN");
  EXPECT_EQ(method_title("umap-k-means"), "UMAP + K-Means");
  std::set<std::string> titles;
  for (const std::string& method : method_names()) titles.insert(method_title(method));
  EXPECT_EQ(titles.size(), method_names().size());
}

TEST(MethodsFor, ARefinementStandsBehindTheMethodItBeginsFrom) {
  EXPECT_THAT(methods_for({"spectral", "vade", "consensus", "idec", "ward"}, /*described=*/true),
              ElementsAre("spectral", "autoencoder-gmm", "vade", "autoencoder-k-means", "idec", "ward", "consensus"));
  EXPECT_THAT(methods_for({"spectral", "autoencoder-gmm", "vade"}, /*described=*/true),
              ElementsAre("spectral", "autoencoder-gmm", "vade"));
}

TEST(MethodsFor, NoNetworkIsTrainedOnWhatANetworkMade) {
  EXPECT_THAT(methods_for({"k-means", "vade", "idec", "consensus"}, /*described=*/false),
              ElementsAre("k-means", "consensus"));
}

TEST(MethodsFor, TheFirstMethodIsOneForEverySpace) {
  EXPECT_THROW((void)methods_for({"vade", "k-means"}, /*described=*/true), InvalidArgument);
  EXPECT_THROW((void)methods_for({"consensus"}, /*described=*/true), InvalidArgument);
  EXPECT_THROW((void)methods_for({}, /*described=*/true), InvalidArgument);
}

TEST(Group, ARefinementWithoutEpochsIsItsStartingPoint) {
  Random random(6);
  Matrix x(60, 4);
  for (float& value : x.values()) value = static_cast<float>(random.normal());
  GroupingOptions options;
  options.deep.epochs = 0;
  EXPECT_EQ(group(x, "idec", 4, 2, options).labels, group(x, "autoencoder-k-means", 4, 2, options).labels);
  const cluster::Clustering refined = group(x, "idec", 4, 2, {});
  EXPECT_EQ(refined.facts.front().first, "moved");
  EXPECT_EQ(refined.labels, group(x, "idec", 4, 2, {}, {4, {}}).labels);
}

TEST(Group, AnUnknownMethodIsAnError) { EXPECT_THROW((void)group(blobs(), "k-maens", 3, 0, {}), InvalidArgument); }

}  // namespace
}  // namespace songmap::run
