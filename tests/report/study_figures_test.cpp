#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "songmap/core/npy.h"
#include "songmap/core/random.h"
#include "songmap/report/figures.h"
#include "songmap/report/sections.h"
#include "songmap/run/preset.h"
#include "tests/figures/pictures.h"
#include "tests/report/sample.h"

/// The pictures that only runs of several models, views and methods have.
namespace songmap::report {
namespace {

namespace fs = std::filesystem;
using songmap::testing::picture_folder;
using songmap::testing::read_picture;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

struct Planned {
  std::vector<PlannedFigure> figures;

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const PlannedFigure& figure : figures) names.push_back(figure.name);
    return names;
  }
  [[nodiscard]] const PlannedFigure& at(const std::string& name) const {
    return *std::ranges::find(figures, name, &PlannedFigure::name);
  }
  /// The SVG of one figure.
  [[nodiscard]] std::string drawn(const std::string& name, const fs::path& folder) const {
    const fs::path file = folder / "drawn" / name;
    at(name).draw(file);
    return read_picture(file).svg;
  }
};

/// `run` must stay: figures look at it.
Planned plan_of(const RunData& run) { return {plan_figures(run)}; }

template <class Change>
void change_manifest(const fs::path& folder, const Change& change) {
  Manifest manifest = run::load_manifest(folder / "manifest.json");
  change(manifest);
  run::save_manifest(folder / "manifest.json", manifest);
}

/// Groups so far apart that any method finds them, two columns.
Matrix far_groups(std::size_t n, std::size_t n_groups, double spread) {
  Random random(4);
  Matrix x(n, 2);
  for (std::size_t i = 0; i < n; ++i) {
    x(i, 0) = static_cast<float>(10.0 * double(i % n_groups) + spread * random.normal());
    x(i, 1) = static_cast<float>(spread * random.normal());
  }
  return x;
}

/// A second model beside that of the sample, whose space has two columns.
void add_model_space(const fs::path& folder, const Matrix& x) {
  write_npy(folder / "spaces" / "beta-vae.decoded.npy", x);
  std::vector<LabelRow> labels = run::load_labels(folder / "labels.csv");
  const std::vector<TrackRow> tracks = run::load_tracks(folder / "tracks.csv");
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    labels.push_back({tracks[i].track_id, "", "audio", "beta-vae.decoded", "k-means", 7, std::int32_t(i % 3), 1});
  }
  run::save_labels(folder / "labels.csv", labels);
  change_manifest(folder, [](Manifest& manifest) {
    manifest.options["cluster.l2"] = "false";
    manifest.spaces.push_back(
        {"beta-vae.decoded", "audio", "model", "beta-vae", "Beta-VAE", true, 2, 0, {"k-means", "dbscan"}});
  });
}

TEST(StudyFigures, EveryFurtherModelHasAMapOfItsOwn) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  add_model_space(folder, far_groups(60, 3, 0));
  const RunData run = load_run(RunFolder(folder));
  const Planned plan = plan_of(run);
  const std::string name = "map-beta-vae.decoded-pca-2d-by-cluster";
  ASSERT_THAT(plan.names(), Contains(name));
  EXPECT_THAT(plan.names(), Contains("map-beta-vae.decoded-pca-2d-by-language"));
  EXPECT_THAT(plan.names(), Not(Contains(HasSubstr("map-default-vae.decoded"))));  // map.csv has it.
  EXPECT_THAT(plan.names(), Not(Contains(HasSubstr("map-features"))));
  const std::string svg = plan.drawn(name, folder);
  EXPECT_THAT(svg, HasSubstr("Beta-VAE by group: PCA"));
  EXPECT_THAT(svg, HasSubstr("60 tracks"));
  EXPECT_THAT(svg, HasSubstr(">10</text>"));  // Groups are at 0, 10 and 20, so from -10 to 10 around their mean …
  change_manifest(folder, [](Manifest& manifest) { manifest.options["cluster.l2"] = "true"; });
  const RunData normalised = load_run(RunFolder(folder));
  // … and within 1 where rows are divided by their norm.
  EXPECT_THAT(plan_of(normalised).drawn(name, folder), Not(HasSubstr(">10</text>")));
}

TEST(StudyFigures, AConditionalModelIsNotSaidNeverToHaveSeenItsCondition) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  add_model_space(folder, far_groups(60, 3, 1));
  change_manifest(folder, [](Manifest& manifest) { manifest.models[1].condition = "language"; });
  const RunData run = load_run(RunFolder(folder));
  const Planned plan = plan_of(run);
  EXPECT_THAT(plan.at("map-beta-vae.decoded-pca-2d-by-language").caption, HasSubstr("was told"));
  EXPECT_THAT(plan.at("map-beta-vae.decoded-pca-2d-by-genre").caption, HasSubstr("never saw"));
}

TEST(StudyFigures, PrincipalComponentsInThreeDimensionsStandInWhereThereIsNothingElse) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  {
    const RunData run = load_run(RunFolder(folder));
    EXPECT_THAT(plan_of(run).names(), Not(Contains("map-audio-pca-3d-by-genre")));
  }
  std::vector<MapRow> map = run::load_map(folder / "map.csv");
  std::erase_if(map, [](const MapRow& row) { return row.projection != "pca"; });
  run::save_map(folder / "map.csv", map);
  const RunData run = load_run(RunFolder(folder));
  EXPECT_THAT(plan_of(run).names(), Contains("map-audio-pca-3d-by-genre"));
}

TEST(StudyFigures, TheDendrogramCutsTheEvaluatedTracksOfTheMainSpace) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  write_npy(folder / "spaces" / "default-vae.decoded.npy", far_groups(60, 3, 0.1));
  change_manifest(folder, [](Manifest& manifest) {
    manifest.options["cluster.l2"] = "false";
    manifest.n_clusters = 3;
    for (std::size_t i = 0; i < 12; ++i) manifest.evaluated_rows.push_back(i);
  });
  const RunData run = load_run(RunFolder(folder));
  const std::string svg = plan_of(run).drawn("dendrogram", folder);
  EXPECT_THAT(svg, HasSubstr("cut into 3 groups"));
  EXPECT_THAT(svg, HasSubstr("4 tracks"));  // 12 evaluated tracks in three groups.
}

TEST(StudyFigures, TheRadiusThatDbscanTookIsMarkedWithAllThatWereTried) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  write_npy(folder / "spaces" / "default-vae.decoded.npy", far_groups(60, 3, 0.2));
  change_manifest(folder, [](Manifest& manifest) {
    run::RunOptions options;
    options.cluster.l2 = false;
    manifest.options = run::resolved(options);
    manifest.spaces[0].methods.emplace_back("dbscan");
  });
  const RunData run = load_run(RunFolder(folder));
  const Planned plan = plan_of(run);
  const std::string svg = plan.drawn("k-distance-default-vae.decoded", folder);
  EXPECT_THAT(svg, HasSubstr("distance to the 4th nearest track"));
  EXPECT_THAT(svg, HasSubstr("of the tracks are cores"));
  EXPECT_THAT(svg, HasSubstr("validity"));
  // The features have DBSCAN too, but are not the first such space of their view; the hybrid has none.
  EXPECT_THAT(plan.names(), Not(Contains("k-distance-features")));
  EXPECT_THAT(plan.names(), Not(Contains("k-distance-default-vae.hybrid")));
}

TEST(StudyFigures, AGivenRadiusHasNoTrials) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  change_manifest(folder, [](Manifest& manifest) {
    manifest.options["dbscan.eps"] = "0.5";
    manifest.spaces[0].methods.emplace_back("dbscan");
  });
  const RunData run = load_run(RunFolder(folder));
  const std::string svg = plan_of(run).drawn("k-distance-default-vae.decoded", folder);
  EXPECT_THAT(svg, HasSubstr("radius 0.5:"));
  EXPECT_THAT(svg, HasSubstr("the radius was given"));
  EXPECT_THAT(svg, Not(HasSubstr("validity")));
}

TEST(StudyFigures, TheEvidenceOnTheNumberOfGroupsMarksTheOneTaken) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const RunData run = load_run(RunFolder(folder));
  const std::string svg = plan_of(run).drawn("number-of-groups", folder);
  for (const char* text : {"Gap statistic", "Stability", "BIC", "Eigengap", "taken: 6"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
  fs::remove(folder / "candidates.csv");
  EXPECT_THAT(plan_of(run).names(), Not(Contains("number-of-groups")));
}

TEST(StudyFigures, EachViewHasTheEvidenceForItsOwnNumberAndItsOwnHierarchy) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  std::vector<run::CandidateRow> rows = run::load_candidates(folder / "candidates.csv");
  for (run::CandidateRow row : std::vector(rows)) {
    row.view = "content";
    row.gap += 1;
    rows.push_back(row);
  }
  run::save_candidates(folder / "candidates.csv", rows);
  change_manifest(folder, [](Manifest& manifest) {
    manifest.view_clusters = {{"content", 3}, {"language", 2}};
    manifest.view_clusters_source = {{"content", "gap statistic"}, {"language", "pseudo-languages"}};
    manifest.spaces.push_back({"default-vae.content", "content", "fusion", "default-vae", "VAE", false, 24, 24, {}});
  });
  fs::copy_file(folder / "spaces" / "features.npy", folder / "spaces" / "default-vae.content.npy");
  const RunData run = load_run(RunFolder(folder));
  const Planned plan = plan_of(run);
  EXPECT_THAT(plan.drawn("number-of-groups", folder),
              AllOf(HasSubstr("taken: 6"), HasSubstr("How many groups are there?")));
  EXPECT_THAT(plan.drawn("number-of-groups-content", folder),
              AllOf(HasSubstr("taken: 3"), HasSubstr("by sound and what the words say")));
  EXPECT_THAT(plan.drawn("dendrogram", folder), HasSubstr("default-vae.decoded"));
  EXPECT_THAT(plan.drawn("dendrogram-content", folder), HasSubstr("default-vae.content"));
  EXPECT_THAT(plan.names(), Not(Contains("dendrogram-language"))) << "there is no such space";
  const std::string computed = computed_html(run);
  EXPECT_THAT(computed, HasSubstr("The content view has 3 groups of its own (by the gap statistic)."));
  EXPECT_THAT(computed,
              HasSubstr("The language view has 2 groups of its own (as many as the languages of the words)."));
}

TEST(StudyFigures, AllModelsLearnInOnePictureAndAnAutoencoderHasNoKl) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  {
    const RunData run = load_run(RunFolder(folder));
    const std::string svg = plan_of(run).drawn("training", folder);
    EXPECT_THAT(svg, HasSubstr("default-vae, beta 1"));
    EXPECT_THAT(svg, HasSubstr("beta-vae, beta 4"));
  }
  change_manifest(folder, [](Manifest& manifest) { manifest.models[1].kind = "autoencoder"; });
  const RunData run = load_run(RunFolder(folder));
  const Planned plan = plan_of(run);
  EXPECT_THAT(plan.drawn("training", folder), Not(HasSubstr("beta 4")));
  EXPECT_THAT(plan.names(), Not(Contains("latent-beta-vae")));
  EXPECT_THAT(plan.drawn("traversal-beta-vae", folder), Not(HasSubstr("nats")));
}

TEST(StudyFigures, TraversalsNameTheColumnsOrTheComponentsOfTheirBlocks) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const auto drawn = [&] {
    const RunData run = load_run(RunFolder(folder));
    return plan_of(run).drawn("traversal-default-vae", folder);
  };
  EXPECT_THAT(drawn(), HasSubstr("mfcc_mean_1"));
  // 75 components of the blocks mfcc (the first 16), shape (the 13 after them) …
  change_manifest(folder, [](Manifest& manifest) {
    run::RunOptions options;
    options.features.recipe = "timbre";
    options.features.scaling = "blocks";
    manifest.options = run::resolved(options);
  });
  Matrix traversal(14, 75);
  for (std::size_t step = 0; step < 7; ++step) traversal(step, 17) = float(step);
  write_npy(folder / "inspections" / "default-vae.traversal.npy", traversal);
  EXPECT_THAT(drawn(), HasSubstr("shape component 2"));
  change_manifest(folder, [](Manifest& manifest) { manifest.options["features.scaling"] = "z"; });
  EXPECT_THAT(drawn(), HasSubstr("component 18"));
}

TEST(StudyFigures, AConvolutionalModelIsShownBySpectrograms) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  change_manifest(folder, [](Manifest& manifest) {
    manifest.models[0].kind = "conv-vae";
    manifest.columns.clear();
  });
  // 64 bands of 43 frames: one second.
  Random random(3);
  const auto levels = [&](std::size_t rows) {
    Matrix x(rows, std::size_t{64} * 43);
    for (float& v : x.values()) v = static_cast<float>(random.uniform());
    return x;
  };
  write_npy(folder / "inspections" / "default-vae.reconstructions.npy", levels(4));
  write_npy(folder / "inspections" / "default-vae.traversal.npy", levels(14));
  const RunData run = load_run(RunFolder(folder));
  const Planned plan = plan_of(run);
  const std::string pairs = plan.drawn("reconstruction-default-vae", folder);
  EXPECT_THAT(pairs, HasSubstr("reconstruction − original"));
  EXPECT_THAT(pairs, HasSubstr("seconds"));
  EXPECT_THAT(plan.drawn("traversal-default-vae", folder), HasSubstr("Dimension 1"));
}

TEST(StudyFigures, WordsOfOtherTracksAreTheMarkBesideFusedSpaces) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const RunData run = load_run(RunFolder(folder));
  const Planned plan = plan_of(run);
  EXPECT_THAT(plan.names(), Not(Contains(HasSubstr("scores-language-shuffled"))));  // Not computed there.
  const std::string svg = plan.drawn("scores-genre-shuffled-lyrics", folder);
  EXPECT_THAT(svg, HasSubstr("K-Means on VAE + lyrics"));
  EXPECT_THAT(svg, HasSubstr("with the words of any other tracks"));
  EXPECT_THAT(svg, Not(HasSubstr("K-Means on PCA")));
  EXPECT_THAT(plan.drawn("scores-genre-shuffled-lyrics-in-language", folder), HasSubstr("in the same language"));

  // The mark is what the control scored: the axis reaches as far.
  std::vector<ScoreRow> scores = run::load_scores(folder / "scores.csv");
  for (ScoreRow& row : scores) {
    if (row.scored_in == "shuffled-lyrics") row.value = 3;
  }
  run::save_scores(folder / "scores.csv", scores);
  EXPECT_THAT(svg, Not(HasSubstr(">3</text>")));
  const RunData far = load_run(RunFolder(folder));
  EXPECT_THAT(plan_of(far).drawn("scores-genre-shuffled-lyrics", folder), HasSubstr(">3</text>"));
}

TEST(StudyFigures, CoverageStandsBesideTightnessWhereTracksAreLeftOut) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const auto internal = [&] {
    const RunData run = load_run(RunFolder(folder));
    return plan_of(run).drawn("scores-internal", folder);
  };
  EXPECT_THAT(internal(), Not(HasSubstr("Coverage")));
  std::vector<ScoreRow> scores = run::load_scores(folder / "scores.csv");
  std::ranges::find(scores, "coverage", &ScoreRow::metric)->value = 0.62;
  run::save_scores(folder / "scores.csv", scores);
  EXPECT_THAT(internal(), HasSubstr("Coverage"));
  EXPECT_THAT(internal(), HasSubstr("0.62"));
}

TEST(StudyFigures, ManyMethodsTakeSeveralPages) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  std::vector<ScoreRow> scores;
  for (int i = 0; i < 70; ++i) {
    ScoreRow row{"audio", "s", fmt::format("method {}", i), "", "genre", "ami", 0.01 * i};
    row.seeds = 1;
    scores.push_back(row);
  }
  run::save_scores(folder / "scores.csv", scores);
  const RunData run = load_run(RunFolder(folder));
  const Planned plan = plan_of(run);
  ASSERT_THAT(plan.names(), Contains("scores-genre-page-2"));
  EXPECT_THAT(plan.drawn("scores-genre", folder), HasSubstr("method 0 on s"));
  EXPECT_THAT(plan.drawn("scores-genre-page-2", folder), Not(HasSubstr("method 0 on s")));
}

}  // namespace
}  // namespace songmap::report
