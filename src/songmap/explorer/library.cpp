#include "songmap/explorer/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "songmap/atlas/descriptors.h"
#include "songmap/atlas/explain_json.h"
#include "songmap/atlas/sound.h"
#include "songmap/atlas/walks.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/run/spaces.h"
#include "songmap/run/tables.h"

namespace songmap::explorer {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

Json steps_json(const std::vector<atlas::Step>& steps) {
  Json tracks = Json::array();
  for (const atlas::Step& step : steps) tracks.push_back({{"index", step.track}, {"distance", step.distance}});
  return {{"tracks", tracks}};
}

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
  add_columns();
  const auto add_lyrics = [&](const std::string& track_id, const std::string& text) {
    const auto track = index_.find(track_id);
    if (track != index_.end() && !text.empty()) lyrics_.emplace_back(track->second, lower(text));
  };
  for (const run::LyricsRow& row : run::load_lyrics(folder.lyrics())) add_lyrics(row.track_id, row.text);
  for (const auto& [track_id, detail] : atlas_.state().details()) add_lyrics(track_id, detail.lyrics);
}

void Library::add_number(std::string title, std::string means, std::vector<double> numbers) {
  if (std::ranges::none_of(numbers, [](double value) { return std::isfinite(value); })) return;
  columns_.push_back({fmt::format("n{}", columns_.size()), std::move(title), std::move(means), std::move(numbers), {}});
}

void Library::add_columns() {
  const std::vector<atlas::AtlasTrack>& tracks = atlas_.tracks();
  const std::size_t n = tracks.size();
  const run::RunFolder& folder = atlas_.folder();
  std::map<std::string, std::vector<std::string>> labels;
  for (const run::TrackRow& row : run::load_tracks(folder.tracks())) {
    const auto track = index_.find(row.track_id);
    if (track == index_.end()) continue;
    for (const auto& [label, value] : row.labels) {
      std::vector<std::string>& column = labels[label];
      column.resize(n);
      column[track->second] = value;
    }
  }
  for (auto& [label, values] : labels) {
    columns_.push_back({fmt::format("n{}", columns_.size()), label, "label of the collection", {}, std::move(values)});
  }
  if (std::filesystem::exists(folder.space("raw"))) {
    const atlas::Sound sound(atlas_);
    for (const atlas::Descriptor& side : sound.in_words()) {
      std::vector<double> values(n, run::kNotDefined);
      for (std::size_t i = 0; i < n; ++i) {
        if (const auto row = sound.row_of(tracks[i])) values[i] = side.values[*row];
      }
      add_number(fmt::format("{} to {}", side.less, side.more), side.means, std::move(values));
    }
  }
  std::vector<double> length(n);
  std::vector<double> strength(n);
  std::vector<double> error(n, run::kNotDefined);
  for (std::size_t i = 0; i < n; ++i) {
    length[i] = tracks[i].length_s;
    strength[i] = tracks[i].strength;
  }
  for (const run::HeldOutRow& row : run::load_held_out(folder.held_out())) {
    if (const auto track = index_.find(row.track_id); track != index_.end()) error[track->second] = row.error;
  }
  for (const auto& [track_id, detail] : atlas_.state().details()) {
    if (const auto track = index_.find(track_id); track != index_.end()) error[track->second] = detail.error;
  }
  add_number("reconstruction error", "by a model that has not seen the track", std::move(error));
  add_number("strength in its group", "share of its nearest tracks that are in its group", std::move(strength));
  add_number("length in seconds", "", std::move(length));
}

std::string Library::model_json() const {
  const run::RunFolder& folder = atlas_.folder();
  const run::Manifest& manifest = atlas_.manifest();
  std::map<std::string, std::map<std::uint64_t, Json>> curves;
  for (const run::CurveRow& row : run::load_curves(folder.curves())) {
    Json& seed = curves[row.model][row.seed];
    if (seed.is_null())
      seed = {{"seed", row.seed}, {"epochs", Json::array()}, {"total", Json::array()}, {"held_out", Json::array()}};
    seed["epochs"].push_back(row.epoch);
    seed["total"].push_back(number(row.total));
    seed["held_out"].push_back(number(row.held_out));
  }
  Json models = Json::array();
  for (const run::ModelRecord& model : manifest.models) {
    Json seeds = Json::array();
    for (const auto& [seed, curve] : curves[model.name]) seeds.push_back(curve);
    models.push_back({{"name", model.name}, {"kind", model.kind}, {"seeds", seeds}});
  }
  Json scores = Json::array();
  for (const run::ScoreRow& row : run::load_scores(folder.scores())) {
    // The run's own groups beside what they are compared with, by the same method.
    if (row.view != run::kAudioView || row.method != manifest.main_method) continue;
    if (row.metric != "ami" && !(row.metric == "silhouette" && row.scored_in == row.space)) continue;
    scores.push_back({{"space", row.space},
                      {"method", row.method},
                      {"target", row.target},
                      {"metric", row.metric},
                      {"value", number(row.value)},
                      {"sd", number(row.sd)},
                      {"low", number(row.low)},
                      {"high", number(row.high)},
                      {"chance", number(row.chance)},
                      {"p", number(row.p)}});
  }
  Json warnings = Json::array();
  for (const auto& [stage, sentences] : manifest.warnings) {
    for (const std::string& sentence : sentences) warnings.push_back(utf8::repaired(sentence));
  }
  return Json{{"models", models}, {"scores", scores}, {"warnings", warnings}}.dump();
}

std::string Library::columns_json() const {
  Json columns = Json::array();
  for (const Column& column : columns_) {
    columns.push_back({{"name", column.name},
                       {"title", utf8::repaired(column.title)},
                       {"kind", column.numbers.empty() ? "label" : "number"},
                       {"means", column.means}});
  }
  return Json{{"columns", columns}}.dump();
}

std::optional<std::string> Library::column_json(const std::string& name) const {
  const auto column = std::ranges::find(columns_, name, &Column::name);
  if (column == columns_.end()) return std::nullopt;
  Json values = Json::array();
  for (const double value : column->numbers) values.push_back(number(value));
  for (const std::string& label : column->labels) {
    values.push_back(label.empty() ? Json(nullptr) : Json(utf8::repaired(label)));
  }
  return Json{{"values", values}}.dump();
}

std::string Library::lyrics_json(const std::string& text) const {
  Json tracks = Json::array();
  const std::string asked = lower(text);
  for (const auto& [track, words] : lyrics_) {
    if (!asked.empty() && words.find(asked) != std::string::npos) tracks.push_back(track);
  }
  return Json{{"tracks", tracks}}.dump();
}

std::optional<std::string> Library::path_json(const std::string& from, const std::string& to, std::size_t n) const {
  const auto start = index_.find(from);
  const auto end = index_.find(to);
  if (start == index_.end() || end == index_.end() || start == end) return std::nullopt;
  return steps_json(atlas::path(atlas_, start->second, end->second, std::max<std::size_t>(2, n))).dump();
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
    // Of a table of features there is a name alone.
    columns["title"].push_back(utf8::repaired(track.title.empty() ? track.path : track.title));
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
  return steps_json(atlas::similar(atlas_, found->second, n)).dump();
}

std::optional<std::filesystem::path> Library::audio_file(const std::string& track_id) const {
  const auto found = index_.find(track_id);
  if (found == index_.end()) return std::nullopt;
  return atlas_.file_of(atlas_.tracks()[found->second]);
}

}  // namespace songmap::explorer
