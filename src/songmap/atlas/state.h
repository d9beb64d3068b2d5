#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "songmap/run/tables.h"

namespace songmap::atlas {

/// "3 · late-night piano", or "group 3" where no name was given; kNoise is "no group".
[[nodiscard]] std::string group_title(std::int32_t id, const std::map<std::int32_t, std::string>& names);

/// Where a track lies in one picture of the map.
struct MapPlace {
  std::string projection;  ///< As MapRow::projection.
  int dimensions = 2;
  double x = 0;
  double y = 0;
  double z = 0;
};

/// A track that came after the run was fitted.
struct PlacedTrack {
  std::string track_id;
  std::string path;  ///< As TrackRow::path, or absolute where it lies outside of the collection.
  std::string title;
  std::string artist;
  std::string album;
  double length_s = 0;
  std::int32_t cluster = 0;
  double strength = 0;  ///< Share of its nearest fitted tracks that are in its group.
  /// The larger of two: how far its voters are, and how badly the model rebuilds it, each in what 99 of 100 fitted
  /// tracks stay below. Above 1 it is an outlier.
  double strangeness = 0;
  std::vector<float> row;  ///< In the main space, as its file has it.
  std::vector<MapPlace> places;
};

/// What is known of a placed track beside its place: what a fitted track has in the run's own tables.
struct PlacedDetail {
  std::vector<float> raw;     ///< Its features, as spaces/raw.npy has them.
  std::vector<float> given;   ///< What the leading model reads of it, and …
  std::vector<float> made;    ///< … makes of that; both empty where the run is grouped without a model.
  double error = 0;           ///< As ReconstructionRow::error; NaN without a model.
  std::string lyrics_source;  ///< As LyricsRow; empty: it has none that can be used.
  std::string language;
  std::size_t n_words = 0;
  std::string lyrics;
};

/// A value that songmap wrote over in the tags of a file; empty: the field was not there.
struct OverwrittenTag {
  std::string path;
  std::string field;
  std::string value;
};

/// What became of a finished run: tracks that were placed later or are gone, what people decided on groups. One SQLite
/// file in the run folder, library.sqlite; what a member did survives the end of the process in any way. Several
/// processes may use it: they wait for each other.
class State {
 public:
  /// Where the copy of a library goes that was of an older version.
  [[nodiscard]] static std::filesystem::path copy_of_version(const std::filesystem::path& file, std::int64_t version);

  /// Opens the file, making it where missing. `fit` names the fit that placements belong to. One that an older songmap
  /// made is brought up to date, after a copy of it (`copy_of_version`).
  /// @throws IoError it cannot be opened or copied. @throws FormatError it is of a newer songmap.
  [[nodiscard]] static State open(const std::filesystem::path& file, std::string fit);
  ~State();
  State(State&&) noexcept;
  State& operator=(State&&) noexcept;

  /// Tracks placed in this fit, in the order in which they came.
  [[nodiscard]] std::vector<PlacedTrack> placed() const;
  /// Keeps all of them or none; one that was placed before is replaced. `details` has one entry a track, or is empty:
  /// then those that are kept stay.
  void place(const std::vector<PlacedTrack>& tracks, const std::vector<PlacedDetail>& details = {});
  /// Of the placed tracks of this fit, by track_id. One that an older songmap placed has none.
  [[nodiscard]] std::map<std::string, PlacedDetail> details() const;
  /// A number of this fit that takes long to find (atlas::usual_distance), once it was kept.
  [[nodiscard]] std::optional<double> usual_distance() const;
  void keep_usual_distance(double distance);
  /// Paths of all tracks that were ever added and not removed, of any fit.
  [[nodiscard]] std::vector<std::string> added_paths() const;
  void remove(const std::vector<std::string>& track_ids);
  /// After a fit of all that is there: nothing is placed, nothing gone, no earlier group kept.
  void forget_placements();

  /// Fitted tracks whose files are gone: they still vote, and are listed nowhere.
  [[nodiscard]] std::set<std::string> gone() const;
  void set_gone(const std::set<std::string>& track_ids);

  /// The groups of an earlier fit, kept while another one is made, so that it can go on with their numbers.
  [[nodiscard]] std::map<std::string, std::int32_t> earlier_groups() const;
  void keep_earlier_groups(const std::map<std::string, std::int32_t>& group_of_track);
  /// Its maps, likewise, so that the new ones can be turned to lie as they did.
  [[nodiscard]] std::vector<run::MapRow> earlier_map() const;
  void keep_earlier_map(const std::vector<run::MapRow>& rows);

  /// Groups that people decided on, track by track: they hold whatever a fit says.
  [[nodiscard]] std::map<std::string, std::int32_t> pinned() const;
  void pin(const std::map<std::string, std::int32_t>& group_of_track);
  void unpin(const std::set<std::string>& track_ids);

  /// Tracks that people do not want: listed nowhere, without a vote, and left out of the next fit.
  [[nodiscard]] std::set<std::string> excluded() const;
  void exclude(const std::set<std::string>& track_ids);
  void include(const std::set<std::string>& track_ids);

  /// What stood in the files of tracks where songmap wrote to their tags; of each field the first writing alone is
  /// kept.
  [[nodiscard]] std::vector<OverwrittenTag> overwritten_tags() const;
  void keep_overwritten_tag(const OverwrittenTag& tag);
  void forget_overwritten_tag(const OverwrittenTag& tag);

  /// A number that is another one once somebody else has changed the file.
  [[nodiscard]] std::int64_t version_of_data() const;

  /// Names that people gave, by the group's id.
  [[nodiscard]] std::map<std::int32_t, std::string> names() const;
  /// An empty name takes the given one back.
  void rename(std::int32_t group, const std::string& name);

 private:
  class Impl;
  explicit State(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace songmap::atlas
