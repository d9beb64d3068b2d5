#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "songmap/features/dataset.h"
#include "songmap/features/scaler.h"
#include "songmap/metrics/external.h"
#include "songmap/run/grouping.h"

/// What plain pipelines reach on published tables of features, without a label in any step but the score.
namespace songmap::run::testing {

inline std::filesystem::path published_table(const char* name) {
  const char* given = std::getenv("SONGMAP_TEST_DATA");
  const std::filesystem::path folder = given != nullptr
                                           ? std::filesystem::path(given)
                                           : std::filesystem::path(SONGMAP_SOURCE_DIR) / ".." / "shared" / "data";
  return folder / "tables" / name;
}

/// Mean over seeds.
struct Agreement {
  double nmi = 0;
  double ari = 0;
  double ami = 0;
};

class Anchors : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(published_table("gtzan_features_30s.csv"))) {
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
                             std::size_t k, std::uint64_t seeds = 5) {
    const metrics::Codes classes = metrics::encode(data.labels.at("label"));
    Agreement mean;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const auto found = group(x, method, k, seed, {}).labels;
      const metrics::Contingency counts = metrics::contingency(classes.codes, found);
      mean.nmi += metrics::normalized_mutual_info(counts).value() / static_cast<double>(seeds);
      mean.ari += metrics::adjusted_rand_index(counts).value() / static_cast<double>(seeds);
      mean.ami += metrics::adjusted_mutual_info(counts).value() / static_cast<double>(seeds);
    }
    return mean;
  }

  static const features::FeatureTable& gtzan() {
    static const features::FeatureTable data =
        features::load_feature_table(published_table("gtzan_features_30s.csv"), {});
    return data;
  }
};

}  // namespace songmap::run::testing
