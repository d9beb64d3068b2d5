#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "songmap/atlas/fit.h"
#include "songmap/atlas/state.h"
#include "songmap/core/matrix.h"
#include "songmap/neighbors/search.h"
#include "songmap/run/manifest.h"
#include "songmap/run/run_folder.h"

/// A finished run as something to come back to: its tracks and those that came later, in one space, in groups that have
/// names.
namespace songmap::atlas {

struct AtlasTrack {
  std::string track_id;
  std::string path;
  std::string title;
  std::string artist;
  std::string album;
  double length_s = 0;
  std::int32_t cluster = 0;  ///< kNoise: in no group.
  double strength = 0;       ///< Share of its nearest tracks that are in its group.
  bool placed = false;       ///< It came after the run was fitted.
  bool pinned = false;       ///< A person decided on its group.
  double strangeness = 0;    ///< Of a placed track: see PlacedTrack.
};

/// "Artist - Title", or the title alone.
[[nodiscard]] std::string called(const AtlasTrack& track);

struct Group {
  std::int32_t id = 0;
  std::string name;      ///< Given by a person; empty: none.
  std::size_t size = 0;  ///< Tracks, placed ones counted.
};

class Atlas {
 public:
  /// @throws IoError the run is not finished or cannot be read. @throws FormatError its files do not belong together.
  [[nodiscard]] static Atlas load(const run::RunFolder& folder);

  [[nodiscard]] const run::RunFolder& folder() const { return folder_; }
  [[nodiscard]] const run::Manifest& manifest() const { return manifest_; }
  /// Where the collection lies: paths of tracks are relative to it.
  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] State& state() { return state_; }
  [[nodiscard]] const State& state() const { return state_; }

  /// The fitted tracks that are still there, then the placed ones; none that is excluded.
  [[nodiscard]] const std::vector<AtlasTrack>& tracks() const { return tracks_; }
  [[nodiscard]] std::size_t n_fitted() const { return n_fitted_; }
  [[nodiscard]] std::filesystem::path file_of(const AtlasTrack& track) const { return root_ / track.path; }
  /// A row a track, as it was clustered: [tracks, d].
  [[nodiscard]] const Matrix& rows() const { return rows_; }
  /// Over all tracks.
  [[nodiscard]] const neighbors::Search& search() const { return *search_; }
  /// By id; noise is not among them.
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  /// Indices of the tracks of a group, rising.
  [[nodiscard]] std::vector<std::size_t> members(std::int32_t group) const;
  /// Mean row of some tracks: [d]. At least one.
  [[nodiscard]] std::vector<float> centre(const std::vector<std::size_t>& tracks) const;
  /// "3 · late-night piano", or "group 3".
  [[nodiscard]] std::string group_title(std::int32_t id) const;

  /// The track that `text` means: its id or the beginning of it, its path, its file's name, or words that occur in one
  /// artist and title alone.
  /// @throws InvalidArgument  none or several: names some.
  [[nodiscard]] std::size_t find(const std::string& text) const;
  /// The group that `text` means: its id or its name. @throws InvalidArgument  there is none: names those there are.
  [[nodiscard]] std::int32_t find_group(const std::string& text) const;

 private:
  Atlas(run::RunFolder folder, Fit fit);
  void take_fitted(Fit fit);
  void add_placed();
  void take_decisions();
  void count_groups();

  run::RunFolder folder_;
  run::Manifest manifest_;
  std::filesystem::path root_;
  State state_;
  std::vector<AtlasTrack> tracks_;
  bool l2_ = false;
  std::size_t n_fitted_ = 0;
  Matrix rows_;
  std::unique_ptr<neighbors::Search> search_;
  std::vector<Group> groups_;
};

}  // namespace songmap::atlas
