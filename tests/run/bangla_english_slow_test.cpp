// The published table of Bangla and English tracks from end to end: genre and language scored apart, and the column
// that gives the language away kept out.
#include <gmock/gmock.h>

#include <algorithm>

#include "run/anchors.h"
#include "run/pipeline.h"

namespace songmap::run {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

double score(const std::vector<ScoreRow>& scores, const std::string& space, const std::string& method,
             const std::string& target, const std::string& metric) {
  const auto found = std::ranges::find_if(scores, [&](const ScoreRow& row) {
    return row.space == space && row.method == method && row.target == target && row.metric == metric &&
           row.scored_in.empty();
  });
  return found == scores.end() ? kNotDefined : found->value;
}

TEST(BanglaEnglish, RunsWholeWithGenreAndLanguageApart) {
  const auto table = testing::published_table("bangla_english_features_30s.csv");
  if (!std::filesystem::exists(table)) {
    GTEST_SKIP() << "NO REAL DATA: set SONGMAP_TEST_DATA to the folder with tables/bangla_english_features_30s.csv";
  }
  testing::MadeRun made;
  ExtractRequest request;
  request.input = table;
  request.output = made.folder.path() / "run";
  request.preset = "default";
  apply_preset("default", "", request.options);
  for (const char* assignment :
       {"cluster.n_clusters=18", "evaluation.seeds=2", "evaluation.bootstrap=50", "evaluation.permutations=49",
        "projection.umap=false", "projection.tsne=false", "cluster.methods=[\"spectral\", \"k-means\"]"}) {
    assign_option(request.options, assignment, "test");
  }
  testing::run_stages(request, made.context);
  EXPECT_THAT(made.notes, Contains(HasSubstr("The column 'length' is not used as a feature: it tells which source")));

  const RunFolder folder(request.output);
  const Manifest manifest = load_manifest(folder.manifest());
  EXPECT_EQ(manifest.columns.size(), 57U);
  EXPECT_EQ(std::ranges::find(manifest.columns, "length"), manifest.columns.end());
  EXPECT_THAT(manifest.targets, UnorderedElementsAre("label", "language"));
  EXPECT_EQ(load_tracks(folder.tracks()).size(), 2617U);

  // The main row of recipe.md's table is reached by features and model alike; the language is another question.
  const std::vector<ScoreRow> scores = load_scores(folder.scores());
  EXPECT_GE(score(scores, "features", "spectral", "label", "ami"), .39);
  EXPECT_GE(score(scores, "features", "spectral", "label", "ari"), .21);
  EXPECT_GE(score(scores, manifest.main_space, "spectral", "label", "ami"), .37);
  const double language = score(scores, manifest.main_space, "spectral", "language", "ami");
  EXPECT_GT(language, 0);
  EXPECT_LT(language, score(scores, manifest.main_space, "spectral", "label", "ami"));
}

}  // namespace
}  // namespace songmap::run
