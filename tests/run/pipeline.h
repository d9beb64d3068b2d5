#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "run/made_run.h"
#include "songmap/core/csv.h"
#include "songmap/core/random.h"
#include "songmap/core/text_file.h"
#include "songmap/run/stages.h"

/// Whole runs of small collections, without a program and without pictures.
namespace songmap::run::testing {

/// A feature table and its lyrics: three groups that sound and sing each of their own things.
struct Planted {
  std::size_t n_tracks = 60;
  bool labels = true;
  /// Genre, language and label of a track.
  std::function<std::string(std::size_t)> genre = [](std::size_t i) { return std::string(1, "xyz"[i % 3]); };
  std::function<std::string(std::size_t)> language = [](std::size_t i) { return i % 2 == 0 ? "en" : "bn"; };
  std::function<std::string(std::size_t)> label = [](std::size_t i) { return i % 5 == 0 ? "live" : "studio"; };

  [[nodiscard]] std::string table() const {
    Random random(5);
    std::string text =
        std::string("track_id,mfcc_1,mfcc_2,centroid,rolloff,zcr") + (labels ? ",genre,language,label" : "") + "\n";
    for (std::size_t i = 0; i < n_tracks; ++i) {
      text += fmt::format("t{}", i);
      for (std::size_t j = 0; j < 5; ++j) text += "," + csv_number(random.normal() + (j == i % 3 ? 6.0 : 0.0));
      if (labels) text += fmt::format(",{},{},{}", genre(i), language(i), label(i));
      text += "\n";
    }
    return text;
  }

  /// Every fifth track has no lyrics.
  [[nodiscard]] std::string lyrics() const {
    static const std::vector<std::vector<std::string>> kWords{{"river", "water", "boat", "shore", "wave"},
                                                              {"city", "street", "train", "lights", "crowd"},
                                                              {"mountain", "snow", "stone", "wind", "pine"}};
    Random random(9);
    std::string text = "track_id,lyrics,language\n";
    for (std::size_t i = 0; i < n_tracks; ++i) {
      std::string words;
      for (int w = 0; w < 12; ++w) words += (w > 0 ? " " : "") + kWords[i % 3][random.below(5)];
      if (i % 5 != 4) text += fmt::format("t{},{},{}\n", i, words, i % 2 == 0 ? "en" : "fr");
    }
    return text;
  }
};

/// Options of a preset with little of everything that takes long.
inline RunOptions quick_options(const std::string& preset, const std::string& protocol = "") {
  RunOptions options;
  apply_preset(preset, protocol, options);
  for (const char* assignment :
       {"cluster.n_clusters=3", "evaluation.seeds=2", "evaluation.bootstrap=20", "evaluation.permutations=19",
        "evaluation.shuffles=3", "projection.tsne=false", "projection.umap=false", "run.fit_size_to_collection=false",
        "train.epochs=3", "gmm.n_init=1"}) {
    assign_option(options, assignment, "test");
  }
  if (preset == "hard") assign_option(options, "models.beta-vae.train.epochs=4", "test");
  return options;
}

/// Runs every stage.
inline void run_stages(const ExtractRequest& request, const StageContext& context) {
  const RunFolder folder = extract_stage(request, context);
  for (const auto& stage : {train_stage, cluster_stage, score_stage, project_stage}) {
    stage(folder, options_of(folder), context);
  }
}

/// The request for a planted collection, whose files are written into `place`.
inline ExtractRequest planted_request(const std::filesystem::path& place, const std::string& name,
                                      const Planted& planted, const std::string& preset, const RunOptions& options) {
  write_file(place / "songs.csv", planted.table());
  write_file(place / "words.csv", planted.lyrics());
  ExtractRequest request;
  request.input = place / "songs.csv";
  request.output = place / name;
  request.store = place / "store.sqlite";
  request.preset = preset;
  request.options = options;
  request.lyrics_tables = {place / "words.csv"};
  return request;
}

/// Every file of a run but its manifest, which tells times: content by name.
inline std::map<std::string, std::string> files_of(const std::filesystem::path& run) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(run)) {
    const std::string name = entry.path().lexically_relative(run).generic_string();
    if (entry.is_regular_file() && name != "manifest.json") files[name] = read_file(entry.path());
  }
  return files;
}

/// Names of the files that the two have not in common or in which they differ.
inline std::vector<std::string> differing(const std::map<std::string, std::string>& a,
                                          const std::map<std::string, std::string>& b) {
  std::vector<std::string> names;
  for (const auto& [name, content] : a) {
    if (!b.contains(name) || b.at(name) != content) names.push_back(name);
  }
  for (const auto& [name, content] : b) {
    if (!a.contains(name)) names.push_back(name);
  }
  return names;
}

}  // namespace songmap::run::testing
