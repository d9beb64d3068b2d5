#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "songmap/features/track_analysis.h"
#include "tests/dsp/reference_signals.h"

// Tolerances and their reasons: docs/parity.md.
namespace songmap::features {
namespace {

const std::vector<std::string> kAll = {"study-vector", "timbre", "log-mel"};

/// Allowed distance of a column from librosa's value.
struct Tolerance {
  double absolute = 0;
  double relative = 0;
  double ill_conditioned = 0;  ///< Relative, for what frames near silence and empty bands decide.
};
constexpr Tolerance kSameSamples = {5e-3, 2e-5, 2e-3};
constexpr Tolerance kOtherDecoder = {0.02, 2e-3, 0.06};

double allowed(const Tolerance& tolerance, const std::string& column, double wanted) {
  const bool ill_conditioned =
      column.starts_with("centroid") || column.starts_with("rolloff") || column.starts_with("contrast");
  return tolerance.absolute + (ill_conditioned ? tolerance.ill_conditioned : tolerance.relative) * std::abs(wanted);
}

void expect_near(const Recipe& recipe, std::span<const float> got, const std::vector<double>& wanted,
                 const Tolerance& tolerance) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_NEAR(got[i], wanted[i], allowed(tolerance, recipe.columns[i], wanted[i])) << recipe.columns[i];
  }
}

void compare(const std::vector<FeatureArray>& got, const nlohmann::json& wanted, const Tolerance& tolerance) {
  expect_near(recipe("study-vector"), got[0].values.row(0), testing::numbers(wanted["study-vector"]), tolerance);
  expect_near(recipe("timbre"), got[1].values.row(0), testing::numbers(wanted["timbre"]), tolerance);
  const nlohmann::json& picture = wanted["log-mel"];
  ASSERT_EQ(got[2].values.rows(), picture["n_rows"].get<std::size_t>());
  for (std::size_t i = 0; i < picture["rows"].size(); ++i) {
    const std::vector<double> row = testing::numbers(picture["values"][i]);
    const std::size_t at = picture["rows"][i];
    for (std::size_t band = 0; band < row.size(); ++band) {
      EXPECT_NEAR(got[2].values(at, band), row[band], tolerance.absolute) << "log-mel " << at << ", " << band;
    }
  }
}

class FeatureParity : public ::testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(FeatureParity, AllRecipesOfATrack) {
  const auto& [group, name] = GetParam();
  TrackAnalysis analysis(kAll);
  const nlohmann::json wanted = testing::reference("librosa_features.json")[group][name];
  if (group == "chain") {
    const auto path = testing::data_file(name);
    if (!path) GTEST_SKIP() << "NO REAL DATA (SONGMAP_TEST_DATA): " << name << " was not compared";
    audio::decode(*path, {.limit_s = 30}, analysis);
    compare(analysis.finish(), wanted, kOtherDecoder);
    return;
  }
  const auto signal = testing::reference_signal(name);
  if (!signal) GTEST_SKIP() << "NO REAL DATA (SONGMAP_TEST_DATA): " << name << " was not compared";
  analysis.samples(*signal);
  compare(analysis.finish(), wanted, kSameSamples);
}

TEST(FeatureParitySegments, TimbrePoolsSegments) {
  TrackAnalysis analysis(std::vector<std::string>{"timbre"});
  for (const char* name : {"chord", "noise", "short"}) {
    analysis.begin_segment(0);
    analysis.samples(testing::synthetic_signal(name));
  }
  const nlohmann::json wanted = testing::reference("librosa_features.json")["segments"]["timbre"];
  expect_near(recipe("timbre"), analysis.finish()[0].values.row(0), testing::numbers(wanted), kSameSamples);
}

std::vector<std::pair<std::string, std::string>> reference_names() {
  const nlohmann::json all = testing::reference("librosa_features.json");
  std::vector<std::pair<std::string, std::string>> names;
  for (const char* group : {"synthetic", "plain", "chain"}) {
    for (const auto& [name, value] : all[group].items()) {
      names.emplace_back(group, name);
    }
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Signals, FeatureParity, ::testing::ValuesIn(reference_names()), [](const auto& instance) {
  std::string name = instance.param.first + "_";
  const std::string stem = std::filesystem::path(instance.param.second).stem().string();
  std::ranges::copy_if(stem, std::back_inserter(name), [](char c) { return std::isalnum(c) != 0; });
  return name;
});

}  // namespace
}  // namespace songmap::features
