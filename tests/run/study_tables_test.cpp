// The study's tables: the names that its section 3 lists, and its columns.
#include "songmap/run/study_tables.h"

#include <gmock/gmock.h>

#include "run/made_run.h"
#include "songmap/core/csv.h"
#include "songmap/run/model_inputs.h"
#include "songmap/run/model_specs.h"

namespace songmap::run {
namespace {

using ::testing::ElementsAre;

/// The manifest of a finished run of a tier on collections with lyrics, as the stages write it.
Manifest finished(const std::string& preset, bool lyrics) {
  RunOptions options;
  apply_preset(preset, "study", options);
  Manifest manifest;
  manifest.preset = preset;
  manifest.targets = {"genre"};
  manifest.seeds = {0};
  std::vector<SpaceRecord> hybrids;
  for (const ModelSpec& spec : model_specs(options, 160)) {
    manifest.spaces.push_back(
        {spec.name, "audio", "model", spec.name, spec.title, true, 4, 0, options.cluster.methods});
    hybrids.push_back(
        {spec.name + ".hybrid", "hybrid", "fusion", spec.name, spec.title, true, 6, 4, options.cluster.methods});
  }
  if (lyrics) {
    manifest.spaces.insert(manifest.spaces.end(), hybrids.begin(), hybrids.end());
    manifest.spaces.push_back({"lyrics", "lyrics", "lyrics", "", "Lyrics", false, 2, 0, options.cluster.methods});
  }
  for (const std::string& baseline : options.cluster.baselines) {
    const auto& methods =
        options.cluster.baseline_methods.empty() ? options.cluster.methods : options.cluster.baseline_methods;
    const std::string kind = baseline == "pca" ? "pca" : "features";
    manifest.spaces.push_back({baseline, "audio", kind, "", baseline_title(baseline), false, 4, 0, methods});
  }
  return manifest;
}

CsvTable table_of(const Manifest& manifest, const std::vector<ScoreRow>& scores, const std::string& file) {
  testing::MadeRun made;
  save_study_results(made.folder, manifest, scores);
  return read_csv(made.folder.results(file));
}

std::vector<std::string> names(const CsvTable& table) {
  std::vector<std::string> result;
  for (const auto& row : table.rows) result.push_back(row.front());
  return result;
}

TEST(StudyTables, Easy) {
  const CsvTable table = table_of(finished("easy", false), {}, "easy_task_results.csv");
  EXPECT_THAT(table.columns, ElementsAre("Method", "Silhouette_Score", "Calinski_Harabasz", "Adjusted_Rand_Index"));
  EXPECT_THAT(names(table), ElementsAre("VAE + K-Means", "PCA + K-Means", "Direct K-Means (baseline)"));
}

TEST(StudyTables, Medium) {
  const CsvTable table = table_of(finished("medium", true), {}, "medium_task_results.csv");
  EXPECT_THAT(table.columns, ElementsAre("Method", "Silhouette_Score", "Calinski_Harabasz", "Adjusted_Rand_Index",
                                         "Davies_Bouldin", "Normalized_MI"));
  EXPECT_THAT(names(table),
              ElementsAre("K-Means (audio)", "Agglomerative (audio)", "DBSCAN (audio)", "Hybrid K-Means (audio+lyrics)",
                          "Hybrid Agglomerative (audio+lyrics)", "Hybrid DBSCAN (audio+lyrics)",
                          "PCA + K-Means (baseline)", "Direct K-Means (baseline)"));
}

TEST(StudyTables, Hard) {
  const CsvTable table = table_of(finished("hard", true), {}, "hard_task_comprehensive_results.csv");
  EXPECT_THAT(table.columns, ElementsAre("Method", "Silhouette_Score", "Calinski_Harabasz", "Adjusted_Rand_Index",
                                         "Davies_Bouldin", "Normalized_MI", "Cluster_Purity", "V_Measure",
                                         "Homogeneity", "Completeness", "Num_Clusters"));
  std::vector<std::string> expected;
  for (const char* words : {"", " Hybrid (audio+lyrics)"}) {
    for (const char* model : {"Beta-VAE", "Regular VAE", "Autoencoder"}) {
      for (const char* clustering : {"K-Means", "Agglomerative", "DBSCAN"}) {
        expected.push_back(std::string(model) + words + " + " + clustering);
      }
    }
  }
  for (const char* baseline : {"PCA baseline", "Direct baseline", "Spectral features"}) {
    expected.push_back(std::string(baseline) + " + K-Means");
  }
  EXPECT_EQ(names(table), expected);
}

TEST(StudyTables, AnotherModelDoesNotPassForTheMediumTiers) {
  Manifest manifest = finished("medium", true);
  SpaceRecord other = manifest.spaces.front();
  other.name = other.model = "conditional-vae";
  other.title = "Conditional VAE";
  other.methods = {"k-means"};
  SpaceRecord hybrid = other;
  hybrid.name = "conditional-vae.hybrid";
  hybrid.view = "hybrid";
  hybrid.kind = "fusion";
  manifest.spaces = {other, hybrid};
  EXPECT_THAT(names(table_of(manifest, {}, "medium_task_results.csv")),
              ElementsAre("Conditional VAE + K-Means (audio)", "Hybrid Conditional VAE + K-Means (audio+lyrics)"));
}

TEST(StudyTables, EachCellIsTheMethodsOwnScoreAndAnEmptyOneIsNotDefined) {
  Manifest manifest = finished("easy", false);
  manifest.targets = {"genre", "language"};
  std::vector<ScoreRow> scores;
  const auto add = [&](const char* metric, const char* scored_in, const char* target, double value) {
    ScoreRow row;
    row.view = "audio";
    row.space = "basic-vae";
    row.method = "k-means";
    row.metric = metric;
    row.scored_in = scored_in;
    row.target = target;
    row.value = value;
    row.k = 7;
    scores.push_back(row);
  };
  add("silhouette", "features", "", 0.1);  // in the common space: not the study's
  add("silhouette", "basic-vae", "", 0.25);
  add("calinski_harabasz", "basic-vae", "", kNotDefined);
  add("ari", "", "language", 0.9);
  add("ari", "shuffled-lyrics", "genre", 0.8);
  add("ari", "", "genre", 0.5);
  const CsvTable table = table_of(manifest, scores, "easy_task_results.csv");
  EXPECT_THAT(table.rows.at(0), ElementsAre("VAE + K-Means", "0.25", "", "0.5"));
  EXPECT_THAT(table.rows.at(1), ElementsAre("PCA + K-Means", "", "", ""));
  manifest.targets.clear();
  EXPECT_THAT(table_of(manifest, scores, "easy_task_results.csv").rows.at(0),
              ElementsAre("VAE + K-Means", "0.25", "", ""));
}

TEST(StudyTables, OnlyTheStudysPresetsHaveOne) {
  testing::MadeRun made;
  Manifest manifest = finished("easy", false);
  manifest.preset = "default";
  EXPECT_EQ(study_tier(manifest), nullptr);
  save_study_results(made.folder, manifest, {});
  EXPECT_FALSE(std::filesystem::exists(made.folder.results()));
}

}  // namespace
}  // namespace songmap::run
