#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "songmap/cluster/dbscan.h"
#include "songmap/cluster/density_validity.h"
#include "songmap/cluster/hdbscan.h"
#include "songmap/features/scaler.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

using Labels = std::vector<std::int32_t>;

const nlohmann::json& reference() {
  static const nlohmann::json loaded =
      nlohmann::json::parse(std::ifstream(SONGMAP_SOURCE_DIR "/tests/reference/density.json"));
  return loaded;
}

// Numbers by first rows, noise left alone.
Labels by_first_row(const Labels& labels) {
  std::map<std::int32_t, std::int32_t> number;
  Labels result;
  for (const std::int32_t label : labels) {
    result.push_back(label < 0 ? kNoise
                               : number.try_emplace(label, static_cast<std::int32_t>(number.size())).first->second);
  }
  return result;
}

void expect_dbscan(MatrixView x, const nlohmann::json& runs) {
  for (const auto& run : runs) {
    const DbscanResult result =
        fit_dbscan(x, {.eps = run["eps"].get<double>(), .min_samples = run["min_samples"].get<std::size_t>()});
    EXPECT_EQ(result.labels, run["labels"].get<Labels>()) << run["eps"] << ' ' << run["min_samples"];
  }
}

void expect_hdbscan(MatrixView x, const nlohmann::json& runs) {
  for (const auto& run : runs) {
    HdbscanOptions options;
    options.min_cluster_size = run["min_cluster_size"];
    options.min_samples = run["min_samples"];
    options.embed = "none";
    const HdbscanResult result = fit_hdbscan(x, options);
    ASSERT_EQ(result.labels, by_first_row(run["labels"].get<Labels>()))
        << run["min_cluster_size"] << ' ' << run["min_samples"];
    const auto probabilities = run["probabilities"].get<std::vector<double>>();
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
      EXPECT_NEAR(result.probabilities[i], probabilities[i], 1e-5) << i;
    }
  }
}

// The same numbers, not only the same groups.
TEST(DbscanParity, LabelsAreThoseOfScikitLearn) {
  for (const auto& data : reference()["cases"]) {
    SCOPED_TRACE(data["name"].get<std::string>());
    expect_dbscan(testing::json_matrix(data["x"]), data["dbscan"]);
  }
}

TEST(HdbscanParity, LabelsAndProbabilitiesAreThoseOfScikitLearn) {
  for (const auto& data : reference()["cases"]) {
    SCOPED_TRACE(data["name"].get<std::string>());
    expect_hdbscan(testing::json_matrix(data["x"]), data["hdbscan"]);
  }
}

TEST(DensityParity, GtzanIsThatOfScikitLearn) {
  SONGMAP_NEED_GTZAN(data);
  const Matrix z = features::transform(features::fit_scaler(data->features, {.kind = "z"}), data->features);
  expect_dbscan(z, reference()["gtzan"]["dbscan"]);
  expect_hdbscan(z, reference()["gtzan"]["hdbscan"]);
}

// The package was given the rows of the densest first, as songmap takes them.
TEST(DensityValidityParity, IsThatOfTheHdbscanPackage) {
  std::size_t compared = 0;
  for (const auto& data : reference()["cases"]) {
    if (!data.contains("validity")) continue;
    const Matrix x = testing::json_matrix(data["x"]);
    for (const auto& run : data["validity"]) {
      ++compared;
      EXPECT_NEAR(density_validity(x, run["labels"].get<Labels>()), run["value"].get<double>(), 1e-4)
          << data["name"] << ' ' << compared;
    }
  }
  EXPECT_EQ(compared, 20U);
}

}  // namespace
}  // namespace songmap::cluster
