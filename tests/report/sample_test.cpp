#include "tests/report/sample.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "songmap/core/npy.h"
#include "songmap/core/random.h"
#include "songmap/core/text_file.h"
#include "songmap/run/inspection.h"
#include "songmap/run/lyrics_control.h"
#include "songmap/run/manifest.h"
#include "songmap/run/tables.h"

namespace songmap::report {
namespace {

namespace fs = std::filesystem;

constexpr std::array kGenres{"folk", "techno", "বাউল", "jazz", "ambient", "rock & roll", "waltz", "funk"};

std::string genre_of(std::size_t i, const SampleRun& sample) {
  const std::size_t g = i % sample.n_groups;
  if (sample.hostile && g == 0) return hostile_text();
  return g < kGenres.size() ? kGenres[g] : fmt::format("style {}", g);
}

std::vector<run::TrackRow> tracks_of(const SampleRun& sample) {
  std::vector<run::TrackRow> tracks;
  for (std::size_t i = 0; i < sample.n_tracks; ++i) {
    run::TrackRow track;
    track.track_id = fmt::format("{:032x}", 7919 * (i + 1));
    track.path = fmt::format("{}/{:03}.flac", genre_of(i, sample), i);
    track.title = sample.hostile ? hostile_text() : fmt::format("Song of the {}th evening", i);
    track.artist = i % 7 == 3 ? "" : fmt::format("The {}s", kGenres[i % 3]);
    track.length_s = 20.0 + double(i % 9);
    track.labels = {{"genre", i % 20 == 19 ? "" : genre_of(i, sample)}, {"language", i % 2 == 0 ? "bn" : "en"}};
    tracks.push_back(track);
  }
  return tracks;
}

/// Points around one centre a group.
Matrix blobs(const SampleRun& sample, std::size_t cols, double spread, std::uint64_t seed) {
  Random random(seed);
  Matrix centres(sample.n_groups, cols);
  for (float& v : centres.values()) v = static_cast<float>(random.normal());
  Matrix x(sample.n_tracks, cols);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t c = 0; c < cols; ++c) {
      x(i, c) = static_cast<float>(centres(i % sample.n_groups, c) + spread * random.normal());
    }
  }
  return x;
}

void write_tables(const fs::path& folder, const SampleRun& sample, const std::vector<run::TrackRow>& tracks) {
  std::vector<run::LabelRow> labels;
  std::vector<run::ClusteringRow> clusterings;
  for (const auto& [view, space] :
       {std::pair{"audio", "default-vae.decoded"}, std::pair{"hybrid", "default-vae.hybrid"},
        std::pair{"lyrics", "lyrics"}, std::pair{"audio", "features"}, std::pair{"audio", "beta-vae"}}) {
    const char* method = "k-means";
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
      clusterings.push_back({view, space, method, seed, sample.n_groups, 1, "", "inertia=3.5"});
      Random random(seed + 5);
      for (std::size_t i = 0; i < tracks.size(); ++i) {
        const bool moved = random.uniform() < 0.07;
        const auto cluster = static_cast<std::int32_t>(moved ? random.below(sample.n_groups) : i % sample.n_groups);
        labels.push_back({tracks[i].track_id, tracks[i].path, view, space, method, seed,
                          i == 11 && seed == 0 ? kNoise : cluster, moved ? 0.2 : 0.9});
      }
    }
  }
  run::save_labels(folder / "labels.csv", labels);
  clusterings.push_back({"audio", "features", "dbscan", 0, 1, 0.9,
                         sample.hostile ? hostile_text() : "one cluster only, of 90 % of the tracks, at eps 0.5",
                         "eps=0.5, min_samples=5"});
  run::save_clusterings(folder / "clusterings.csv", clusterings);

  std::vector<run::MapRow> map;
  for (const auto& [view, projection] : {std::pair{"audio", "pca"}, std::pair{"audio", "tsne"},
                                         std::pair{"audio", "umap"}, std::pair{"hybrid", "tsne"}}) {
    for (const int dimensions : {2, 3}) {
      const Matrix x = blobs(sample, 3, 0.25, dimensions + 10);
      for (std::size_t i = 0; i < tracks.size(); ++i) {
        map.push_back({tracks[i].track_id, view, projection, dimensions, x(i, 0), x(i, 1),
                       dimensions == 3 ? double(x(i, 2)) : run::kNotDefined});
      }
    }
  }
  run::save_map(folder / "map.csv", map);

  std::vector<run::CurveRow> curves;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    for (std::size_t epoch = 1; epoch <= 60; ++epoch) {
      const double fall = std::exp(-double(epoch) / 12);
      const double offset = 0.6 * double(seed);
      const double kl = 6 * (1 - std::exp(-double(epoch) / 9)) + 0.2 * double(seed);
      curves.push_back({"default-vae", seed, epoch, 60 + 50 * fall + offset + kl, 60 + 50 * fall + offset, kl,
                        70 + 46 * fall + offset + kl});
      curves.push_back({"beta-vae", seed, epoch, 70 + 50 * fall + offset + 4 * kl, 70 + 50 * fall + offset, kl / 3,
                        run::kNotDefined});
    }
  }
  run::save_curves(folder / "curves.csv", curves);
}

void write_scores(const fs::path& folder, const SampleRun& sample) {
  std::vector<run::ScoreRow> scores;
  const auto view_of = [](std::string_view space) {
    return space == "lyrics" ? "lyrics" : space.ends_with(".hybrid") ? "hybrid" : "audio";
  };
  const auto add = [&](const char* space, const char* method, const char* scored_in, const char* target,
                       const char* metric, double value, double sd, double chance, double p) {
    run::ScoreRow row{view_of(space), space, method, scored_in,        target,
                      metric,         value, sd,     run::kNotDefined, run::kNotDefined,
                      chance,         p,     5,      sample.n_tracks,  sample.n_groups};
    if (std::string_view(metric) == "ami" || std::string_view(metric) == "ari") {
      row.low = value - 0.06;
      row.high = value + 0.05;
    }
    scores.push_back(row);
  };
  struct Method {
    const char* space;
    const char* method;
    double factor;
  };
  for (const auto& [space, method, factor] :
       {Method{"default-vae.decoded", "k-means", 1.0}, Method{"default-vae.hybrid", "k-means", 0.7},
        Method{"lyrics", "k-means", 0.2}, Method{"pca", "k-means", 0.86}, Method{"features", "k-means", 0.88}}) {
    const double a = sample.agreement * factor;
    add(space, method, space, "", "silhouette", 0.41 * factor, 0.02, 0.08, 0.001);
    add(space, method, space, "", "silhouette_noise", 0.04, run::kNotDefined, run::kNotDefined, run::kNotDefined);
    add(space, method, "", "", "coverage", 1, 0, run::kNotDefined, run::kNotDefined);
    add(space, method, "", "", "stability", 0.93 * factor, run::kNotDefined, run::kNotDefined, run::kNotDefined);
    add(space, method, space, "", "calinski_harabasz", 213.4 * factor, 8.2, run::kNotDefined, run::kNotDefined);
    add(space, method, space, "", "davies_bouldin", 1.02 / factor, 0.03, run::kNotDefined, run::kNotDefined);
    if (std::string_view(space) != "features") {
      add(space, method, "features", "", "silhouette", 0.21 * factor, 0.01, 0.03, 0.001);
    }
    for (const char* target : {"genre", "language"}) {
      const bool genre = target[0] == 'g';
      const double v = genre ? a : 0.01;
      const double p = genre ? sample.p : 0.41;
      add(space, method, "", target, "ami", v, 0.02, 0, p);
      add(space, method, "", target, "ari", v * 0.95, 0.03, 0, p);
      add(space, method, "", target, "nmi", 0.15 + 0.85 * v, 0.02, 0.15, p);
      add(space, method, "", target, "purity", 0.3 + 0.7 * v, 0.02, 0.31, p);
      add(space, method, "", target, "majority_share", genre ? 0.18 : 0.5, 0, run::kNotDefined, run::kNotDefined);
      add(space, method, "", target, "v_measure", 0.15 + 0.85 * v, 0.02, 0.15, p);
    }
  }
  // The tracks' own words beat those of any track, but not those of their language.
  for (const auto& [control, p] : {std::pair{run::kShuffledLyrics, 0.05}, std::pair{run::kShuffledInLanguage, 0.35}}) {
    for (const char* metric : {"ami", "ari"}) {
      add("default-vae.hybrid", "k-means", control, "genre", metric, 0.37, 0.03, run::kNotDefined, p);
    }
  }
  add("features", "dbscan", "features", "", "silhouette", run::kNotDefined, run::kNotDefined, run::kNotDefined,
      run::kNotDefined);
  add("features", "dbscan", "", "genre", "ami", run::kNotDefined, run::kNotDefined, run::kNotDefined, run::kNotDefined);
  run::save_scores(folder / "scores.csv", scores);
}

void write_comparisons(const fs::path& folder, const SampleRun& sample) {
  const auto row = [&](const char* view, const char* space, double difference, double p_holm) {
    return run::ComparisonRow{"genre",
                              "ami",
                              view,
                              space,
                              "k-means",
                              "audio",
                              "default-vae.decoded",
                              "k-means",
                              difference,
                              difference - 0.1,
                              difference + 0.1,
                              p_holm / 4,
                              p_holm,
                              sample.n_tracks,
                              5};
  };
  run::save_comparisons(folder / "comparisons.csv",
                        {row("hybrid", "default-vae.hybrid", -0.26, 0.02), row("lyrics", "lyrics", -0.69, 0.0004),
                         row("audio", "pca", -0.12, 0.2), row("audio", "features", -0.1, 0.3)});
}

void write_inspections(const fs::path& folder, const std::vector<run::TrackRow>& tracks) {
  const fs::path inspections = folder / "inspections";
  for (const char* model : {"default-vae", "beta-vae"}) {
    const auto file = [&](const char* suffix) { return inspections / (std::string(model) + suffix); };
    std::string errors = "track_id,error\n";
    for (std::size_t i = 0; i < tracks.size(); ++i) {
      errors += fmt::format("{},{}\n", tracks[i].track_id, i % 13 == 5 ? 0.9 : 0.1 + 0.001 * double(i));
    }
    write_file(file(".examples.csv"), errors);
    write_file(file(".example_tracks.csv"), fmt::format("track_id\n{}\n{}\n", tracks[1].track_id, tracks[5].track_id));
    Random random(21);
    Matrix pairs(4, 24);
    for (float& v : pairs.values()) v = static_cast<float>(random.normal());
    write_npy(file(".reconstructions.npy"), pairs);
    write_file(file(".traversal.csv"), "dimension,kl\n0,1.9\n1,1.4\n");
    Matrix traversal(2 * run::kTraversalSteps, 24);
    for (std::size_t r = 0; r < traversal.rows(); ++r) {
      for (std::size_t c = 0; c < 24; ++c)
        traversal(r, c) = float(r % run::kTraversalSteps) * (c % 3 == 0 ? 0.3F : 0.F);
    }
    write_npy(file(".traversal.npy"), traversal);
  }
}

void write_manifest(const fs::path& folder, const SampleRun& sample) {
  const double active = sample.collapsed ? 0 : 6;
  run::Manifest manifest;
  manifest.version = "0.1.0";
  manifest.command = fmt::format("songmap run {} --seed 7", sample.hostile ? hostile_text() : "demo");
  manifest.preset = sample.preset;
  manifest.created = "2024-05-01T12:00:00Z";
  manifest.seed = 7;
  manifest.seeds = {7, 8, 9};
  manifest.threads = 2;
  manifest.input.path = sample.hostile ? hostile_text() : "music/demo";
  manifest.input.kind = "audio";
  manifest.input.n_tracks = sample.n_tracks;
  manifest.input.n_failures = 2;
  manifest.input.audio_s = 1440.5;
  manifest.input.excerpted = {"long/mix.flac"};
  manifest.input.damaged = {"folk/003.flac: 2 frames could not be decoded"};
  manifest.options = {{"train.epochs", "60"}, {"train.batch", "32"}, {"cluster.l2", "true"}};
  manifest.recipes = {{"timbre", "9f3a2b"}};
  manifest.label_source = "tracks.csv";
  manifest.targets = {"genre", "language"};
  for (std::size_t i = 0; i < 24; ++i) manifest.columns.push_back(fmt::format("mfcc_mean_{}", i + 1));
  manifest.lyrics = {sample.n_tracks - 3, "track", "ngrams", {{"bn", 27}, {"en", 28}, {"unknown", 2}}};
  manifest.spaces = {{"default-vae.decoded", "audio", "model", "default-vae", "VAE", true, 24, 0, {"k-means"}},
                     {"default-vae.hybrid", "hybrid", "fusion", "default-vae", "VAE", true, 40, 24, {"k-means"}},
                     {"beta-vae", "audio", "model", "beta-vae", "Beta-VAE", true, 6, 0, {"k-means"}},
                     {"lyrics", "lyrics", "lyrics", "", "Lyrics", false, 16, 0, {"k-means"}},
                     {"pca", "audio", "pca", "", "PCA", false, 8, 0, {"k-means"}},
                     {"features", "audio", "features", "", "Direct", false, 24, 0, {"k-means", "dbscan"}}};
  manifest.main_space = "default-vae.decoded";
  manifest.main_method = "k-means";
  manifest.n_clusters = sample.n_groups;
  manifest.n_clusters_source = "given";
  run::ModelRecord model;
  model.name = "default-vae";
  model.kind = "vae";
  model.n_inputs = 24;
  model.n_latent = 8;
  model.seeds = manifest.seeds;
  model.active_units = {active, active, active + 1};
  model.predicted_active = {7, 7, 7};
  model.sigma = {0.41, 0.42, 0.4};
  model.collapsed = std::vector<bool>(3, sample.collapsed);
  model.kl_per_dimension = {1.9, 1.4, 1.1, 0.8, 0.6, 0.3, 0.01, 0.0};
  run::ModelRecord other = model;
  other.name = "beta-vae";
  other.beta = 4;
  manifest.models = {model, other};
  for (const char* projection : {"tsne", "umap"}) {
    for (const int dimensions : {2, 3}) {
      manifest.projections.push_back(
          {"audio", "default-vae.decoded", projection, dimensions, 0.93 + 0.02 * dimensions});
    }
  }
  if (sample.hostile) manifest.warnings["cluster"] = {hostile_text()};
  manifest.notes["extract"] = {"one track is longer than 15 minutes"};
  run::save_manifest(folder / "manifest.json", manifest);
}

}  // namespace

const std::string& hostile_text() {
  static const std::string kText =
      "</td><script>alert('x')</script> \"q\" & 'a' `touch hacked` $PATH {/Bold x}_1^2 \\n \n<!-- %s @x বাংলা \xff";
  return kText;
}

void write_sample_run(const fs::path& folder, const SampleRun& sample) {
  const std::vector<run::TrackRow> tracks = tracks_of(sample);
  run::save_tracks(folder / "tracks.csv", tracks);
  run::save_failures(folder / "failures.csv", {{"", "broken/empty.mp3", "decode", "the file is empty"},
                                               {"", "broken/text.mp3", "decode",
                                                sample.hostile ? hostile_text() : "no audio stream was found"}});
  write_tables(folder, sample, tracks);
  write_scores(folder, sample);
  write_comparisons(folder, sample);
  write_inspections(folder, tracks);
  run::save_lyrics(folder / "lyrics.csv", {{tracks[3].track_id, "file", "bn", 30, "একটি গান"},
                                           {tracks[4].track_id, "embedded", "en", 12, "a song"}});
  run::save_candidates(folder / "candidates.csv", {{1, 0.1, 0.02, run::kNotDefined, 40, 0.0},
                                                   {2, 0.3, 0.02, 0.9, 35, 0.1},
                                                   {3, 0.5, 0.03, 0.7, 30, 0.3},
                                                   {4, 0.45, 0.03, 0.6, 33, 0.05}});
  write_manifest(folder, sample);
  const Matrix features = blobs(sample, 24, 0.4, 3);
  write_npy(folder / "spaces" / "features.npy", features);
  write_npy(folder / "spaces" / "default-vae.decoded.npy", blobs(sample, 24, 0.3, 4));
  write_npy(folder / "spaces" / "beta-vae.npy", blobs(sample, 6, 0.3, 5));
  Matrix lyrics = blobs(sample, 16, 0.9, 6);
  for (std::size_t i = 0; i < 3; ++i) std::ranges::fill(lyrics.row(i), std::numeric_limits<float>::quiet_NaN());
  write_npy(folder / "spaces" / "lyrics.npy", lyrics);
  write_npy(folder / "spaces" / "pca.npy", blobs(sample, 8, 0.4, 3));
}

TEST(SampleRun, IsTheSameEveryTimeAndComplete) {
  const fs::path folder = fs::path(::testing::TempDir()) / "sample-run";
  write_sample_run(folder);
  std::map<std::string, std::string> first;
  for (const char* name : {"manifest.json", "tracks.csv", "failures.csv", "labels.csv", "map.csv", "scores.csv",
                           "curves.csv", "clusterings.csv", "candidates.csv", "comparisons.csv", "spaces/features.npy",
                           "spaces/lyrics.npy", "inspections/beta-vae.traversal.npy"}) {
    first[name] = read_file(folder / name);
    EXPECT_FALSE(first[name].empty()) << name;
  }
  fs::remove_all(folder);
  write_sample_run(folder);
  for (const auto& [name, content] : first) EXPECT_EQ(read_file(folder / name), content) << name;
}

}  // namespace songmap::report
