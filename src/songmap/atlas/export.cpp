#include "songmap/atlas/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/core/text_file.h"
#include "songmap/core/utf8.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {

namespace fs = std::filesystem;

namespace {

/// One picture of the map: "umap_2d".
struct Picture {
  std::string name;
  int dimensions = 2;
};

/// Where every track lies in every picture of the main view.
class Places {
 public:
  explicit Places(const Atlas& atlas) {
    const std::vector<run::MapRow> map = run::load_map(atlas.folder().map());
    for (const run::MapRow& row : map) {
      if (row.view == map.front().view) add(row.track_id, {row.projection, row.dimensions, row.x, row.y, row.z});
    }
    for (const PlacedTrack& track : atlas.state().placed()) {
      for (const MapPlace& place : track.places) add(track.track_id, place);
    }
  }

  [[nodiscard]] const std::vector<Picture>& pictures() const { return pictures_; }
  /// x, y and, in three dimensions, z; NaN where the track is not in the picture.
  [[nodiscard]] std::vector<double> of(const std::string& track_id, const Picture& picture) const {
    std::vector<double> place(static_cast<std::size_t>(picture.dimensions), run::kNotDefined);
    const auto found = places_.find({track_id, picture.name});
    if (found == places_.end()) return place;
    place[0] = found->second.x;
    place[1] = found->second.y;
    if (picture.dimensions == 3) place[2] = found->second.z;
    return place;
  }

 private:
  void add(const std::string& track_id, const MapPlace& place) {
    const std::string name = fmt::format("{}_{}d", place.projection, place.dimensions);
    if (std::ranges::find(pictures_, name, &Picture::name) == pictures_.end()) {
      pictures_.push_back({name, place.dimensions});
    }
    places_[{track_id, name}] = place;
  }

  std::vector<Picture> pictures_;
  std::map<std::pair<std::string, std::string>, MapPlace> places_;
};

std::string group_name(const Atlas& atlas, std::int32_t id) {
  const auto group = std::ranges::find(atlas.groups(), id, &Group::id);
  return group == atlas.groups().end() ? "" : group->name;
}

std::string table(const Atlas& atlas, const fs::path& file, PathStyle style) {
  const Places places(atlas);
  std::vector<std::string> header{"track_id", "path",       "title",    "artist", "album",   "length_s",
                                  "group",    "group_name", "strength", "placed", "decided", "outlier"};
  constexpr std::array kAxes{"x", "y", "z"};
  for (const Picture& picture : places.pictures()) {
    for (int d = 0; d < picture.dimensions; ++d) header.push_back(fmt::format("{}_{}", picture.name, kAxes.at(d)));
  }
  CsvWriter csv(header);
  for (const AtlasTrack& track : atlas.tracks()) {
    std::vector<std::string> row{track.track_id,
                                 utf8::repaired(written_path(atlas, track, file, style).generic_string()),
                                 utf8::repaired(track.title),
                                 utf8::repaired(track.artist),
                                 utf8::repaired(track.album),
                                 csv_number(track.length_s),
                                 std::to_string(track.cluster),
                                 group_name(atlas, track.cluster),
                                 csv_number(track.strength),
                                 track.placed ? "1" : "0",
                                 track.pinned ? "1" : "0",
                                 !track.placed           ? ""
                                 : track.strangeness > 1 ? "1"
                                                         : "0"};
    for (const Picture& picture : places.pictures()) {
      for (const double value : places.of(track.track_id, picture)) row.push_back(csv_number(value));
    }
    csv.add_row(row);
  }
  return csv.text();
}

nlohmann::ordered_json number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

std::string json(const Atlas& atlas, const fs::path& file, PathStyle style) {
  const Places places(atlas);
  nlohmann::ordered_json groups = nlohmann::ordered_json::array();
  for (const Group& group : atlas.groups()) {
    groups.push_back({{"group", group.id}, {"name", utf8::repaired(group.name)}, {"size", group.size}});
  }
  nlohmann::ordered_json tracks = nlohmann::ordered_json::array();
  for (const AtlasTrack& track : atlas.tracks()) {
    nlohmann::ordered_json maps = nlohmann::ordered_json::object();
    for (const Picture& picture : places.pictures()) {
      nlohmann::ordered_json place = nlohmann::ordered_json::array();
      for (const double value : places.of(track.track_id, picture)) place.push_back(number(value));
      maps[picture.name] = place;
    }
    tracks.push_back({{"track_id", track.track_id},
                      {"path", utf8::repaired(written_path(atlas, track, file, style).generic_string())},
                      {"title", utf8::repaired(track.title)},
                      {"artist", utf8::repaired(track.artist)},
                      {"album", utf8::repaired(track.album)},
                      {"length_s", number(track.length_s)},
                      {"group", track.cluster},
                      {"strength", number(track.strength)},
                      {"placed", track.placed},
                      {"decided", track.pinned},
                      {"outlier", track.placed ? nlohmann::ordered_json(track.strangeness > 1) : nullptr},
                      {"maps", maps}});
  }
  return nlohmann::ordered_json{{"groups", groups}, {"tracks", tracks}}.dump(2) + "\n";
}

/// Group by group, what is in none last; the surest of each first.
std::vector<std::size_t> by_group(const Atlas& atlas) {
  std::vector<std::size_t> order(atlas.tracks().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    const AtlasTrack& first = atlas.tracks()[a];
    const AtlasTrack& second = atlas.tracks()[b];
    if (first.cluster != second.cluster) {
      return first.cluster != kNoise && (second.cluster == kNoise || first.cluster < second.cluster);
    }
    return first.strength > second.strength;
  });
  return order;
}

}  // namespace

void save_library(const Atlas& atlas, const fs::path& file, PathStyle style) {
  const std::string extension = file.extension().string();
  if (extension == ".csv") {
    write_file(file, table(atlas, file, style));
  } else if (extension == ".json") {
    write_file(file, json(atlas, file, style));
  } else if (extension == ".npy") {
    write_npy(file, atlas.rows());
    const fs::path names = fs::path(file).replace_extension(".csv");
    write_file(names, table(atlas, names, style));
  } else if (extension == ".m3u8" || extension == ".m3u" || extension == ".xspf") {
    save_playlist(atlas, by_group(atlas), fs::absolute(atlas.folder().path()).filename().string(), file, style);
  } else {
    throw InvalidArgument(
        fmt::format("{} is no export by its name: it must end in .csv, .json, .npy, .m3u8 or .xspf", quoted(file)));
  }
}

}  // namespace songmap::atlas
