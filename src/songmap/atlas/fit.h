#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {

/// What a finished run fitted, as far as people come back to it: its tracks in the main space, and their groups.
struct Fit {
  run::Manifest manifest;
  std::vector<run::TrackRow> tracks;  ///< [n]
  std::vector<run::LabelRow> labels;  ///< [n] of the run's own groups: its main view, space and method, first seed.
  Matrix rows;                        ///< [n, d] as they were clustered.
  bool l2 = false;                    ///< Rows of the space's file were divided by their norm for that.
  std::string key;                    ///< Names this fit: another one has another key.
};

/// Where the collection lies: paths of its tracks are relative to it.
[[nodiscard]] std::filesystem::path root_of(const run::Manifest& manifest);

/// @throws IoError      the run is not finished, or a file cannot be read.
/// @throws FormatError  its files are not of one run.
[[nodiscard]] Fit load_fit(const run::RunFolder& folder);

}  // namespace songmap::atlas
