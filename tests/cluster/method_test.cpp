#include "songmap/cluster/method.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "songmap/core/random.h"

namespace songmap::cluster {
namespace {

TEST(Method, EveryNamedOneFindsGroupsThatAreFarApart) {
  Random random(3);
  Matrix x(60, 4);
  for (std::size_t i = 0; i < 60; ++i) {
    for (std::size_t j = 0; j < 4; ++j) x(i, j) = static_cast<float>(random.normal() + (j == i % 3 ? 20 : 0));
  }
  for (const std::string& name : method_names()) {
    const Clustering found = fit(x, method(name, 3, 1));
    EXPECT_EQ(found.undefined, "") << name;
    for (std::size_t i = 0; i < 60; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (found.labels[i] == kNoise || found.labels[i] != found.labels[j]) continue;
        EXPECT_EQ(i % 3, j % 3) << name;
      }
    }
    const std::set<std::int32_t> distinct(found.labels.begin(), found.labels.end());
    if (needs_n_clusters(name)) {
      EXPECT_EQ(distinct.size(), 3U) << name;
    } else {
      EXPECT_GE(distinct.size(), 3U) << name;
    }
  }
}

TEST(Method, DensityMethodsTellWhatTheyChoseAndWhyNothing) {
  Matrix x(60, 2);
  for (std::size_t i = 0; i < 60; ++i) x(i, 0) = static_cast<float>(i % 30 + (i < 30 ? 0 : 300));
  const Clustering scanned = fit(x, method("dbscan", 0, 1));
  const auto names = [](const Clustering& clustering) {
    std::vector<std::string> result;
    for (const auto& [name, value] : clustering.facts) result.push_back(name);
    return result;
  };
  EXPECT_THAT(names(scanned), testing::ElementsAre("eps", "min_samples", "coverage", "validity"));
  MethodOptions options;
  options.dbscan.eps = scanned.facts[0].second;
  EXPECT_EQ(fit(x, method("dbscan", 0, 1, options)).facts, scanned.facts);
  options.dbscan.eps = .5;
  const Clustering noise = fit(x, method("dbscan", 0, 1, options));
  EXPECT_THAT(noise.undefined, testing::HasSubstr("every track is noise"));
  EXPECT_THAT(names(noise), testing::ElementsAre("eps", "min_samples", "coverage"));
  options.hdbscan.embed = "none";
  EXPECT_THAT(names(fit(x, method("hdbscan", 0, 1, options))),
              testing::ElementsAre("min_cluster_size", "min_samples", "coverage", "validity"));
}

TEST(Method, OneGroupWhereMoreWereAskedForIsNotDefined) {
  EXPECT_EQ(fit(Matrix(30, 2), method("k-means", 3, 1)).undefined, "every track fell into one cluster");
  EXPECT_EQ(fit(Matrix(30, 2), method("k-means", 1, 1)).undefined, "");
}

TEST(Method, AMixtureOfMoreParametersThanValuesIsNotDefined) {
  Random random(4);
  Matrix x(40, 12);
  for (float& value : x.values()) value = static_cast<float>(random.normal());
  // 6 components of 12 means and 78 covariances, and 5 weights.
  EXPECT_THAT(fit(x, method("gmm-full", 6, 1)).undefined,
              testing::HasSubstr("545 parameters, more than the 480 values"));
  const Clustering diagonal = fit(x, method("gmm-diagonal", 6, 1));
  EXPECT_EQ(diagonal.undefined, "");
  EXPECT_EQ(diagonal.facts[0].first, "bic");
}

TEST(Method, WhatDidNotConvergeSaysSo) {
  Random random(4);
  Matrix x(300, 4);
  for (float& value : x.values()) value = static_cast<float>(random.normal());
  MethodOptions options;
  options.gmm.tolerance = 0;
  options.gmm.max_iterations = 1;
  const auto facts = fit(x, method("gmm-full", 4, 1, options)).facts;
  EXPECT_EQ(facts.back(), std::pair(std::string("converged"), 0.0));
}

TEST(Method, OptionsOfEveryMethodAreSetByName) {
  MethodOptions options;
  OptionSet set;
  describe(set, options);
  set.assign("kmeans.n_init=3", "test");
  set.assign("spectral.neighbors=9", "test");
  set.assign("gmm.regularization=0.01", "test");
  EXPECT_EQ(std::get<KMeansOptions>(method("k-means", 4, 7, options)).n_init, 3);
  EXPECT_EQ(std::get<KMeansOptions>(method("k-means", 4, 7, options)).n_clusters, 4U);
  EXPECT_EQ(std::get<KMeansOptions>(method("k-means", 4, 7, options)).seed, 7U);
  EXPECT_EQ(std::get<SpectralOptions>(method("spectral", 4, 7, options)).neighbors, 9U);
  EXPECT_EQ(std::get<GmmOptions>(method("gmm-full", 4, 7, options)).regularization, .01);
  EXPECT_EQ(std::get<GmmOptions>(method("gmm-full", 4, 7, options)).covariance, Covariance::kFull);
  EXPECT_EQ(std::get<GmmOptions>(method("gmm-diagonal", 4, 7, options)).covariance, Covariance::kDiagonal);
  EXPECT_EQ(std::get<LinkageOptions>(method("single", 4, 7, options)).linkage, Linkage::kSingle);
  EXPECT_THROW(set.assign("kmeans.n_clusters=3", "test"), InvalidArgument) << "the run's own";
}

TEST(Method, AMistypedNameOffersTheNearest) {
  try {
    static_cast<void>(method("kmeans", 2, 0));
    FAIL() << "accepted";
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'k-means'?"));
  }
}

}  // namespace
}  // namespace songmap::cluster
