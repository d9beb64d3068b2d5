#include "songmap/atlas/fit.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/run/spaces.h"
#include "songmap/run/stages.h"

namespace songmap::atlas {
namespace {

/// Where the tracks lie, and in which groups: other groups of the same rows are another fit to those who were placed.
std::string key_of(MatrixView rows, const std::vector<run::LabelRow>& labels) {
  ContentHash hash;
  hash.add(rows.data(), rows.values().size_bytes());
  for (const run::LabelRow& row : labels) hash.add(&row.cluster, sizeof(row.cluster));
  return hash.hex();
}

}  // namespace

std::filesystem::path root_of(const run::Manifest& manifest) {
  const std::filesystem::path input = manifest.input.path;
  std::error_code error;
  return std::filesystem::is_regular_file(input, error) ? input.parent_path() : input;
}

Fit load_fit(const run::RunFolder& folder) {
  Fit fit;
  fit.manifest = run::load_manifest(folder.manifest());
  fit.labels = run::load_main_labels(folder.labels());
  if (fit.manifest.main_space.empty() || fit.labels.empty()) {
    throw IoError(fmt::format("{} is not finished: songmap run goes on with it", quoted(folder.path())));
  }
  fit.l2 = run::options_of(folder).cluster.l2;
  run::ClusteredSpace space = run::clustered_space(folder, fit.manifest, fit.l2, fit.manifest.main_space, 0);
  std::vector<run::TrackRow> tracks = run::load_tracks(folder.tracks());
  bool belong_together = fit.labels.size() == space.rows.size();
  for (std::size_t i = 0; belong_together && i < space.rows.size(); ++i) {
    belong_together = space.rows[i] < tracks.size() && tracks[space.rows[i]].track_id == fit.labels[i].track_id;
    if (belong_together) fit.tracks.push_back(std::move(tracks[space.rows[i]]));
  }
  if (!belong_together) {
    throw FormatError(fmt::format("{}, {} and the spaces of {} are not of one run: run again",
                                  folder.tracks().filename().string(), folder.labels().filename().string(),
                                  quoted(folder.path())));
  }
  fit.rows = std::move(space.x);
  fit.key = key_of(fit.rows, fit.labels);
  return fit;
}

}  // namespace songmap::atlas
