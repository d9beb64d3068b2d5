#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace songmap::run {

/// What manifest.json says about a trained model; one entry a seed where it is a list.
struct ReportModel {
  std::string name;
  std::string kind;
  std::optional<std::size_t> n_inputs;
  std::optional<std::size_t> n_latent;
  std::vector<std::uint64_t> seeds;
  std::vector<double> active_units;
  std::vector<double> predicted_active;
  std::vector<double> sigma;
  std::vector<bool> collapsed;
};

struct ReportProjection {
  std::string view;
  std::string space;
  std::string projection;
  int dimensions = 2;
  std::optional<double> trustworthiness;
};

/// The parts of manifest.json that pictures and report tell about. Every field may be missing: the manifest of an
/// interrupted run, or of another version, still gives a report of what is there.
struct ReportManifest {
  std::string version;
  std::string command;
  std::string preset;
  std::string created;
  std::optional<std::uint64_t> seed;
  std::optional<std::size_t> seeds;
  std::optional<std::size_t> threads;
  std::string input_path;
  std::string input_kind;
  std::optional<double> audio_s;
  std::vector<std::string> excerpted;                        ///< Paths of tracks described by excerpts.
  std::vector<std::pair<std::string, std::string>> options;  ///< "section.field" and value, by name.
  std::vector<std::pair<std::string, std::string>> recipes;  ///< Name and key.
  std::string label_source;
  std::vector<std::string> targets;  ///< Label columns that scores were computed for.
  std::vector<ReportModel> models;
  std::vector<ReportProjection> projections;
  std::optional<std::size_t> k;
  std::string k_source;  ///< given | labels | default
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
};

/// Reads a manifest; fields of another type than expected count as missing. No file gives an empty manifest.
/// @throws IoError      it cannot be read.
/// @throws FormatError  it is not JSON.
[[nodiscard]] ReportManifest load_report_manifest(const std::filesystem::path& file);

}  // namespace songmap::run
