#include "songmap/report/figures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/run/inspection.h"
#include "tests/figures/pictures.h"
#include "tests/report/sample.h"

namespace songmap::report {
namespace {

namespace fs = std::filesystem;
using songmap::testing::picture_folder;
using ::testing::Contains;
using ::testing::Not;

std::vector<std::string> names_of(const fs::path& folder) {
  const RunData run = load_run(RunFolder(folder));
  std::vector<std::string> names;
  for (const PlannedFigure& figure : plan_figures(run)) names.push_back(figure.name);
  return names;
}

TEST(RunFigures, PlansEveryPictureThatTheFilesAllow) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const std::vector<std::string> names = names_of(folder);
  for (const char* name : {"map-audio-tsne-2d-by-cluster",
                           "map-audio-tsne-3d-by-genre",
                           "map-audio-umap-2d-by-language",
                           "map-audio-pca-2d-by-cluster",
                           "scores-genre",
                           "scores-language",
                           "scores-internal",
                           "scores-internal-in-features",
                           "cluster-sizes-audio",
                           "genre-by-cluster-audio",
                           "language-by-cluster-hybrid",
                           "cluster-sizes-lyrics",
                           "training",
                           "training-default-vae",
                           "training-beta-vae",
                           "reconstruction-default-vae",
                           "reconstruction-beta-vae",
                           "traversal-default-vae",
                           "traversal-beta-vae",
                           "map-hybrid-tsne-3d-by-genre",
                           "map-beta-vae-pca-2d-by-cluster",
                           "dendrogram",
                           "number-of-groups",
                           "k-distance-features"}) {
    EXPECT_THAT(names, Contains(name));
  }
  std::vector<std::string> unique = names;
  std::ranges::sort(unique);
  EXPECT_EQ(std::ranges::unique(unique).size(), 0U);
}

TEST(RunFigures, SecondaryPicturesAreFoldedAway) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const RunData run = load_run(RunFolder(folder));
  std::map<std::string, std::string> fold;
  for (const PlannedFigure& figure : plan_figures(run)) fold[figure.name] = figure.fold;
  for (const char* shown : {"map-audio-tsne-2d-by-genre", "scores-genre", "cluster-sizes-audio", "training",
                            "reconstruction-default-vae", "dendrogram"}) {
    EXPECT_EQ(fold.at(shown), "") << shown;
  }
  EXPECT_EQ(fold.at("map-audio-tsne-3d-by-genre"), "More pictures of the map");
  EXPECT_EQ(fold.at("map-hybrid-tsne-2d-by-genre"), "The map by sound and words together (hybrid view)");
  EXPECT_EQ(fold.at("cluster-sizes-lyrics"), "The groups by words alone (lyrics view)");
  EXPECT_EQ(fold.at("reconstruction-beta-vae"), "Pictures of the other models");
}

TEST(RunFigures, AConvolutionalModelIsShownAsSpectrograms) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  Manifest manifest = run::load_manifest(folder / "manifest.json");
  manifest.models.resize(1);
  manifest.models[0].kind = "conv-vae";
  run::save_manifest(folder / "manifest.json", manifest);
  write_npy(folder / "inspections" / "default-vae.reconstructions.npy", Matrix(4, 64 * 5));
  write_npy(folder / "inspections" / "default-vae.traversal.npy", Matrix(2 * run::kTraversalSteps, 64 * 5));
  const RunData run = load_run(RunFolder(folder));
  std::map<std::string, std::string> captions;
  for (const PlannedFigure& figure : plan_figures(run)) captions[figure.name] = figure.caption;
  EXPECT_THAT(captions.at("reconstruction-default-vae"), ::testing::HasSubstr("as the model hears it"));
  EXPECT_THAT(captions.at("traversal-default-vae"), ::testing::HasSubstr("brown is louder"));
}

TEST(RunFigures, MissingFilesMeanFewerPictures) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  fs::remove(folder / "map.csv");
  fs::remove(folder / "curves.csv");
  fs::remove_all(folder / "inspections");
  const std::vector<std::string> names = names_of(folder);
  EXPECT_THAT(names, Not(Contains("training-default-vae")));
  EXPECT_THAT(names, Not(Contains("reconstruction-default-vae")));
  EXPECT_THAT(names, Not(Contains("map-audio-tsne-2d-by-cluster")));
  EXPECT_THAT(names, Contains("scores-genre"));
}

TEST(RunFigures, LabelNamesThatMakeTheSameFileNameAreNumbered) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  std::vector<TrackRow> tracks = run::load_tracks(folder / "tracks.csv");
  for (TrackRow& track : tracks) {
    track.labels = {{"মেজাজ", track.labels["genre"]}, {"ভাষা", track.labels["language"]}};
  }
  run::save_tracks(folder / "tracks.csv", tracks);
  fs::remove(folder / "manifest.json");
  const std::vector<std::string> names = names_of(folder);
  EXPECT_THAT(names, Contains("map-audio-tsne-2d-by"));
  EXPECT_THAT(names, Contains("map-audio-tsne-2d-by-2"));
}

TEST(RunFigures, DrawsThePlanAndTellsHowFarItIs) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  std::vector<double> done;
  Execution execution{.threads = 2, .progress = [&](const Progress& at) {
                        done.push_back(at.done / at.total);
                        return true;
                      }};
  const std::vector<fs::path> files = draw_figures(RunFolder(folder), execution);
  EXPECT_EQ(files.size(), 2 * names_of(folder).size());
  EXPECT_EQ(done.size(), files.size() / 2);
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_EQ(done.back(), 1.0);
  for (const fs::path& file : files) {
    if (file.extension() != ".svg") continue;
    fs::path stem = file;
    songmap::testing::read_picture(stem.replace_extension());
  }
}

TEST(RunFigures, ThousandsOfTinyGroupsStillGiveAPictureThatCanBeRead) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  std::vector<TrackRow> tracks(300);
  std::vector<LabelRow> labels;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    tracks[i].track_id = fmt::format("{}", i);
    tracks[i].labels = {{"mood", fmt::format("mood {}", i % 120)}};
    labels.push_back({tracks[i].track_id, "", "audio", "s", "dbscan", 0, static_cast<std::int32_t>(i / 2), 1});
  }
  run::save_tracks(folder / "tracks.csv", tracks);
  run::save_labels(folder / "labels.csv", labels);
  EXPECT_EQ(draw_figures(RunFolder(folder)).size(), 4U);
  const std::string sizes = songmap::testing::read_picture(folder / "figures" / "cluster-sizes-audio").svg;
  EXPECT_NE(sizes.find("the 60 largest of 150"), std::string::npos);
  const std::string table = songmap::testing::read_picture(folder / "figures" / "mood-by-cluster-audio").svg;
  EXPECT_NE(table.find("91 others"), std::string::npos);
}

TEST(RunFigures, TheMainMapIsOneThatCanBeTrusted) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  Manifest manifest = run::load_manifest(folder / "manifest.json");
  const auto main_of = [&](double tsne, double umap) {
    for (ProjectionRecord& map : manifest.projections) map.trustworthiness = map.projection == "tsne" ? tsne : umap;
    run::save_manifest(folder / "manifest.json", manifest);
    const RunData data = load_run(RunFolder(folder));
    const std::vector<PlannedFigure> plan = plan_figures(data);
    return std::ranges::find_if(plan, [](const PlannedFigure& figure) { return figure.fold.empty(); })->name;
  };
  EXPECT_EQ(main_of(0.95, 0.99), "map-audio-tsne-2d-by-cluster");
  EXPECT_EQ(main_of(0.70, 0.90), "map-audio-umap-2d-by-cluster");
  EXPECT_EQ(main_of(0.70, 0.60), "map-audio-pca-2d-by-cluster");
}

TEST(RunFigures, LabelsOfTracksThatWereNotGroupedHaveNoRow) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  std::vector<TrackRow> tracks(9);
  std::vector<LabelRow> labels;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    tracks[i].track_id = fmt::format("{}", i);
    tracks[i].labels = {{"mood", i % 3 == 0 ? "calm" : i % 3 == 1 ? "wild" : "absent"}};
    if (i % 3 != 2) labels.push_back({tracks[i].track_id, "", "audio", "s", "k-means", 0, std::int32_t(i % 2), 1});
  }
  run::save_tracks(folder / "tracks.csv", tracks);
  run::save_labels(folder / "labels.csv", labels);
  draw_figures(RunFolder(folder));
  const std::string table = songmap::testing::read_picture(folder / "figures" / "mood-by-cluster-audio").svg;
  EXPECT_NE(table.find("calm"), std::string::npos);
  EXPECT_EQ(table.find("absent"), std::string::npos);
}

TEST(RunFigures, CanBeCancelled) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const Execution execution{.threads = 1, .progress = [](const Progress&) { return false; }};
  EXPECT_THROW(draw_figures(RunFolder(folder), execution), Cancelled);
}

TEST(RunData, ReadsGroupingsInOrderAndErrorsByHand) {
  const fs::path folder = picture_folder();
  std::vector<TrackRow> tracks(2);
  tracks[0].track_id = "a";
  tracks[0].path = "x/a.mp3";
  tracks[1].track_id = "b";
  tracks[1].title = "B";
  tracks[1].artist = "The Bs";
  run::save_tracks(folder / "tracks.csv", tracks);
  run::save_labels(folder / "labels.csv", {{"a", "", "audio", "s", "k-means", 3, 1, 0.5},
                                           {"b", "", "audio", "s", "k-means", 3, kNoise, kNotDefined},
                                           {"gone", "", "audio", "s", "k-means", 3, 0, 1},
                                           {"b", "", "audio", "t", "ward", 0, 4, 1}});
  Manifest manifest;
  manifest.models.resize(2);
  manifest.models[0].name = "m";
  manifest.models[1].name = "no-inspection";
  run::save_manifest(folder / "manifest.json", manifest);
  write_file(folder / "inspections" / "m.examples.csv", "track_id,error\nb,12.5\ngone,1\n");
  write_file(folder / "inspections" / "m.example_tracks.csv", "track_id\nb\n");
  write_npy(folder / "inspections" / "m.reconstructions.npy", Matrix(2, 3));
  const RunData run = load_run(RunFolder(folder));
  ASSERT_EQ(run.groupings.size(), 2U);
  EXPECT_EQ(run.main_grouping()->seed, 3U);
  EXPECT_EQ(run.groupings[0].clusters[0], 1);
  EXPECT_EQ(run.groupings[0].names(), (std::vector<std::int32_t>{1, kNoise}));
  EXPECT_FALSE(run.groupings[1].clusters[0].has_value());
  const std::vector<Inspection> results = load_inspections(run);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].model, "m");
  EXPECT_TRUE(std::isnan(results[0].errors[0]));
  EXPECT_EQ(results[0].errors[1], 12.5);
  EXPECT_EQ(results[0].examples, (std::vector<std::size_t>{1}));
  EXPECT_TRUE(results[1].examples.empty());
  EXPECT_TRUE(results[1].traversal.empty());
  EXPECT_EQ(display_name(run.tracks[0]), "a.mp3");
  EXPECT_EQ(display_name(run.tracks[1]), "B – The Bs");
}

}  // namespace
}  // namespace songmap::report
