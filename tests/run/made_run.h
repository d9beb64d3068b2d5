#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/core/npy.h"
#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/stages.h"
#include "songmap/run/tables.h"

namespace songmap::run::testing {

/// A run folder of one test, made by hand, and all that a stage says while it works on it.
class MadeRun {
 public:
  MadeRun() : folder(made()) {
    save_manifest(folder.manifest(), {});
    context.warn = [this](const std::string& sentence) { warnings.push_back(sentence); };
    context.note = [this](const std::string& sentence) { notes.push_back(sentence); };
  }
  ~MadeRun() { std::filesystem::remove_all(folder.path()); }
  MadeRun(const MadeRun&) = delete;
  MadeRun& operator=(const MadeRun&) = delete;

  [[nodiscard]] StageRecord record() const { return StageRecord(folder, "test", context); }

  RunFolder folder;
  StageContext context;
  std::vector<std::string> warnings;
  std::vector<std::string> notes;

 private:
  static std::filesystem::path made() {
    std::string name = ::testing::TempDir() + "songmap_run_XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    std::filesystem::create_directories(std::filesystem::path(name) / "spaces");
    return name;
  }
};

/// Tracks t0, t1 … with one label column; an empty value is no label.
inline std::vector<TrackRow> labelled_tracks(const std::vector<std::string>& values,
                                             const std::string& column = "genre") {
  std::vector<TrackRow> tracks;
  for (std::size_t i = 0; i < values.size(); ++i) {
    TrackRow track;
    track.track_id = "t" + std::to_string(i);
    track.path = "music/" + std::to_string(i) + ".wav";
    track.labels[column] = values[i];
    tracks.push_back(std::move(track));
  }
  return tracks;
}

/// Every row number below n.
inline std::vector<std::size_t> all_rows(std::size_t n) {
  std::vector<std::size_t> rows(n);
  for (std::size_t i = 0; i < n; ++i) rows[i] = i;
  return rows;
}

inline Matrix rows_of(std::size_t cols, std::vector<float> values) {
  const std::size_t rows = values.size() / cols;
  return {rows, cols, std::move(values)};
}

}  // namespace songmap::run::testing
