#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "run/made_run.h"
#include "songmap/atlas/atlas.h"
#include "songmap/core/npy.h"

namespace songmap::atlas::testing {

/// A finished run whose tracks lie on a line, a unit apart: t0 … t9 of group 0, then those of group 1.
class MadeAtlas {
 public:
  explicit MadeAtlas(std::size_t n = 20) {
    run::Manifest manifest;
    manifest.created = "2026-01-01T00:00:00Z";
    manifest.input.path = (made.folder.path() / "music").string();
    manifest.main_space = "features";
    manifest.spaces.push_back({"features", "audio", "features", "", "Features", false, 2, 0, {"k-means"}});
    manifest.options = run::resolved(options());
    run::save_manifest(made.folder.manifest(), manifest);
    std::vector<run::TrackRow> tracks;
    std::vector<run::LabelRow> labels;
    std::vector<run::MapRow> map;
    Matrix x(n, 2);
    for (std::size_t i = 0; i < n; ++i) {
      x(i, 0) = static_cast<float>(i);
      x(i, 1) = 1;
      run::TrackRow track;
      track.track_id = fmt::format("{:04x}track", i);
      track.path = fmt::format("folder {}/song {}.mp3", i % 2, i);
      track.title = fmt::format("Song {}", i);
      track.artist = fmt::format("Artist {}", i % 3);
      track.length_s = 60;
      tracks.push_back(track);
      labels.push_back({track.track_id, track.path, "audio", "features", "k-means", 0, i < n / 2 ? 0 : 1,
                        static_cast<double>(i) / static_cast<double>(n)});
      map.push_back({track.track_id, "audio", "pca", 2, static_cast<double>(i), 0});
    }
    run::save_tracks(made.folder.tracks(), tracks);
    run::save_labels(made.folder.labels(), labels);
    run::save_map(made.folder.map(), map);
    write_npy(made.folder.space("features"), x);
  }

  [[nodiscard]] Atlas atlas() const { return Atlas::load(made.folder); }

  run::testing::MadeRun made;

 private:
  static run::RunOptions options() {
    run::RunOptions options;
    options.cluster.l2 = false;
    return options;
  }
};

}  // namespace songmap::atlas::testing
