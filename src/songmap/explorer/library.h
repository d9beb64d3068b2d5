#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "songmap/atlas/atlas.h"

/// The page that shows a library: what it asks for, and the server that answers.
namespace songmap::explorer {

/// What is served of one library, as it was when it was loaded. Members may be called by several threads at once.
class Library {
 public:
  /// @throws IoError, FormatError  as Atlas::load.
  explicit Library(const run::RunFolder& folder);

  /// {title, n_tracks, groups: [{id, name, size}], maps: [{name, projection, dimensions}]}
  [[nodiscard]] std::string summary_json() const;
  /// Columns of equal length, a value a track: id, title, artist, album, length_s, group, strength, placed, path
  /// (whole).
  [[nodiscard]] std::string tracks_json() const;
  /// {columns: [{name, title, kind: number | label, means}]}: what tracks can be coloured and filtered by.
  [[nodiscard]] std::string columns_json() const;
  /// {values: [a number or a text a track, null where it has none]}. Empty: there is no such column.
  [[nodiscard]] std::optional<std::string> column_json(const std::string& name) const;
  /// {tracks: [index]}: those whose lyrics hold this text, whatever the case of Latin letters.
  [[nodiscard]] std::string lyrics_json(const std::string& text) const;
  /// {tracks: [{index, distance}]}: a smooth way between two tracks. Empty: one of them is not there, or both are one.
  [[nodiscard]] std::optional<std::string> path_json(const std::string& from, const std::string& to,
                                                     std::size_t n) const;
  /// {models: [{name, kind, seeds: [{seed, epochs, total, held_out}]}], scores: [{space, method, target, metric, value,
  /// sd, low, high, chance, p}], warnings: [sentence]}: how the models were trained, and how far their groups can be
  /// trusted.
  [[nodiscard]] std::string model_json() const;
  /// Places of all tracks in a picture of the map ("umap_2d"), as 32-bit floats of this machine: [tracks, dimensions],
  /// NaN where a track has none. Empty: there is no such picture.
  [[nodiscard]] std::optional<std::string> map_bytes(const std::string& name) const;
  /// As `songmap explain --json`. Empty: there is no such group or track.
  [[nodiscard]] std::optional<std::string> group_json(const std::string& id) const;
  [[nodiscard]] std::optional<std::string> track_json(const std::string& track_id) const;
  /// {tracks: [{index, distance}]}, the n nearest. Empty: there is no such track.
  [[nodiscard]] std::optional<std::string> similar_json(const std::string& track_id, std::size_t n) const;
  /// The file of a track's audio. Empty: there is no such track: no other file is ever named.
  [[nodiscard]] std::optional<std::filesystem::path> audio_file(const std::string& track_id) const;

 private:
  struct Picture {
    std::string projection;
    int dimensions = 2;
    std::vector<float> places;  ///< [tracks, dimensions]
  };
  struct Column {
    std::string name;  ///< As addresses have it.
    std::string title;
    std::string means;
    std::vector<double> numbers;      ///< [tracks], NaN where there is none; empty: a label.
    std::vector<std::string> labels;  ///< [tracks], empty where there is none.
  };
  void add_place(const std::string& track_id, const atlas::MapPlace& place);
  void add_columns();
  void add_number(std::string title, std::string means, std::vector<double> numbers);

  atlas::Atlas atlas_;
  std::unordered_map<std::string, std::size_t> index_;  ///< By track_id.
  std::map<std::string, Picture> pictures_;             ///< By name.
  std::vector<Column> columns_;
  std::vector<std::pair<std::size_t, std::string>> lyrics_;  ///< Index of a track, and its words in small letters.
  mutable std::mutex reading_;                               ///< The library's own file is read by one at a time.
};

}  // namespace songmap::explorer
