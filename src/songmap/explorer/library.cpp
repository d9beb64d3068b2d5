#include "songmap/explorer/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "songmap/atlas/explain_json.h"
#include "songmap/atlas/walks.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/run/tables.h"

namespace songmap::explorer {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

}  // namespace

Library::Library(const run::RunFolder& folder) : atlas_(atlas::Atlas::load(folder)) {
  for (std::size_t i = 0; i < atlas_.tracks().size(); ++i) index_[atlas_.tracks()[i].track_id] = i;
  const std::vector<run::MapRow> map = run::load_map(folder.map());
  for (const run::MapRow& row : map) {
    if (row.view != map.front().view) continue;
    add_place(row.track_id, {row.projection, row.dimensions, row.x, row.y, row.z});
  }
  for (const atlas::PlacedTrack& track : atlas_.state().placed()) {
    for (const atlas::MapPlace& place : track.places) add_place(track.track_id, place);
  }
}

void Library::add_place(const std::string& track_id, const atlas::MapPlace& place) {
  const auto track = index_.find(track_id);
  if (track == index_.end()) return;
  Picture& picture = pictures_[fmt::format("{}_{}d", place.projection, place.dimensions)];
  const auto dimensions = static_cast<std::size_t>(place.dimensions);
  if (picture.places.empty()) {
    picture.projection = place.projection;
    picture.dimensions = place.dimensions;
    picture.places.resize(index_.size() * dimensions, std::numeric_limits<float>::quiet_NaN());
  }
  float* at = picture.places.data() + track->second * dimensions;
  at[0] = static_cast<float>(place.x);
  at[1] = static_cast<float>(place.y);
  if (dimensions == 3) at[2] = static_cast<float>(place.z);
}

std::string Library::summary_json() const {
  Json groups = Json::array();
  for (const atlas::Group& group : atlas_.groups()) {
    groups.push_back({{"id", group.id}, {"name", utf8::repaired(group.name)}, {"size", group.size}});
  }
  Json maps = Json::array();
  for (const auto& [name, picture] : pictures_) {
    maps.push_back({{"name", name}, {"projection", picture.projection}, {"dimensions", picture.dimensions}});
  }
  return Json{{"title", utf8::repaired(std::filesystem::path(atlas_.manifest().input.path).stem().string())},
              {"n_tracks", atlas_.tracks().size()},
              {"groups", groups},
              {"maps", maps}}
      .dump();
}

std::string Library::tracks_json() const {
  Json columns{{"id", Json::array()},       {"title", Json::array()},    {"artist", Json::array()},
               {"album", Json::array()},    {"length_s", Json::array()}, {"group", Json::array()},
               {"strength", Json::array()}, {"placed", Json::array()},   {"path", Json::array()}};
  for (const atlas::AtlasTrack& track : atlas_.tracks()) {
    columns["id"].push_back(track.track_id);
    columns["title"].push_back(utf8::repaired(track.title));
    columns["artist"].push_back(utf8::repaired(track.artist));
    columns["album"].push_back(utf8::repaired(track.album));
    columns["length_s"].push_back(number(track.length_s));
    columns["group"].push_back(track.cluster);
    columns["strength"].push_back(number(std::round(1000 * track.strength) / 1000));
    columns["placed"].push_back(track.placed ? 1 : 0);
    const std::filesystem::path file = std::filesystem::absolute(atlas_.file_of(track)).lexically_normal();
    columns["path"].push_back(utf8::repaired(file.string()));
  }
  return columns.dump();
}

std::optional<std::string> Library::map_bytes(const std::string& name) const {
  const auto found = pictures_.find(name);
  if (found == pictures_.end()) return std::nullopt;
  const std::vector<float>& places = found->second.places;
  return std::string(reinterpret_cast<const char*>(places.data()), places.size() * sizeof(float));
}

std::optional<std::string> Library::group_json(const std::string& id) const {
  for (const atlas::Group& group : atlas_.groups()) {
    if (std::to_string(group.id) != id) continue;
    const std::lock_guard lock(reading_);
    return atlas::group_json(atlas_, atlas::explain_group(atlas_, group.id));
  }
  return std::nullopt;
}

std::optional<std::string> Library::track_json(const std::string& track_id) const {
  const auto found = index_.find(track_id);
  if (found == index_.end()) return std::nullopt;
  const std::lock_guard lock(reading_);
  return atlas::track_json(atlas_, atlas::explain_track(atlas_, found->second));
}

std::optional<std::string> Library::similar_json(const std::string& track_id, std::size_t n) const {
  const auto found = index_.find(track_id);
  if (found == index_.end()) return std::nullopt;
  Json tracks = Json::array();
  for (const atlas::Step& step : atlas::similar(atlas_, found->second, n)) {
    tracks.push_back({{"index", step.track}, {"distance", step.distance}});
  }
  return Json{{"tracks", tracks}}.dump();
}

std::optional<std::filesystem::path> Library::audio_file(const std::string& track_id) const {
  const auto found = index_.find(track_id);
  if (found == index_.end()) return std::nullopt;
  return atlas_.file_of(atlas_.tracks()[found->second]);
}

}  // namespace songmap::explorer
