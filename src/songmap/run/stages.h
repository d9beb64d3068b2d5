#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/model/script_model.h"
#include "songmap/run/preset.h"
#include "songmap/run/run_folder.h"

/// The stages of a run. Each reads what the earlier ones left in the run folder, adds its own files, and notes in the
/// manifest what it did. `songmap run` is all of them in a row.
namespace songmap::run {

/// What a stage needs beside the folder: threads, progress, and somebody who listens.
struct StageContext {
  Execution execution;
  std::function<void(const std::string&)> note;  ///< May be empty.
  std::function<void(const std::string&)> warn;  ///< May be empty. Warnings are kept in the manifest as well.
};

struct ExtractRequest {
  std::filesystem::path input;                    ///< A folder of music, a CSV of tracks, or a feature table.
  std::vector<std::filesystem::path> more_paths;  ///< Audio files beside those of the input, of a folder of music.
  std::set<std::string> exclude;                  ///< Tracks of these ids are left out.
  std::filesystem::path output;                   ///< The run folder.
  std::filesystem::path store;                    ///< The store of computed features; empty: the default one.
  std::string preset;
  std::string protocol;  ///< See Manifest.
  RunOptions options;
  std::vector<std::filesystem::path> lyrics_tables;
  std::filesystem::path audio_embedding;  ///< Vectors of the tracks' sound (features/embedding.h); empty: none.
  std::filesystem::path audio_model;      ///< TorchScript module that makes them (model/script_model.h); empty: none.
  model::ScriptOptions audio_model_options;
  std::filesystem::path lyrics_embedding;  ///< Likewise of their words.
  std::string label_from;                  ///< See library::ScanOptions; empty: its default.
  std::uint64_t seed = 0;
  bool retry_failed = false;
  std::string command_line;
  std::string version;
};

/// Scans and describes every track: tracks.csv, failures.csv, spaces/raw.npy, spaces/embedding.*.npy, manifest.json.
/// @throws Error  there is nothing to describe; failures.csv tells why each track failed.
[[nodiscard]] RunFolder extract_stage(const ExtractRequest& request, const StageContext& context);

/// Splits, scales, fits PCA and the model of every seed: spaces/features.npy, pca.npy, NAME.npy, NAME.decoded.npy,
/// models/, curves.csv.
void train_stage(const RunFolder& folder, const RunOptions& options, const StageContext& context);

/// Clusters the model's space and the baselines, once a seed: labels.csv.
void cluster_stage(const RunFolder& folder, const RunOptions& options, const StageContext& context);

/// Scores every clustering: scores.csv, and results/ where the preset is one of the study's.
void score_stage(const RunFolder& folder, const RunOptions& options, const StageContext& context);

/// Maps of the main space in two and three dimensions: map.csv.
void project_stage(const RunFolder& folder, const RunOptions& options, const StageContext& context);

/// The options that a run was made with.
[[nodiscard]] RunOptions options_of(const RunFolder& folder);

}  // namespace songmap::run
