#include "songmap/atlas/atlas.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/linalg.h"

namespace songmap::atlas {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kShown = 5;  // candidates that a message names

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::string called(const AtlasTrack& track) {
  return track.artist.empty() ? track.title : track.artist + " - " + track.title;
}

Atlas::Atlas(run::RunFolder folder, Fit fit)
    : folder_(std::move(folder)),
      manifest_(std::move(fit.manifest)),
      root_(root_of(manifest_)),
      state_(State::open(folder_.library(), fit.key)),
      l2_(fit.l2) {
  take_fitted(std::move(fit));
  add_placed();
  take_decisions();
  if (tracks_.empty())
    throw IoError(fmt::format("{} has no track left: all are gone or excluded", quoted(folder_.path())));
  search_ = std::make_unique<neighbors::Search>(rows_);
  count_groups();
}

Atlas Atlas::load(const run::RunFolder& folder) { return {folder, load_fit(folder)}; }

void Atlas::take_fitted(Fit fit) {
  std::set<std::string> left_out = state_.gone();
  left_out.merge(state_.excluded());
  std::vector<std::size_t> present;
  for (std::size_t i = 0; i < fit.tracks.size(); ++i) {
    const run::TrackRow& row = fit.tracks[i];
    if (left_out.contains(row.track_id)) continue;
    present.push_back(i);
    tracks_.push_back({row.track_id, row.path, row.title, row.artist, row.album, row.length_s, fit.labels[i].cluster,
                       fit.labels[i].strength, false, false, 0});
  }
  n_fitted_ = tracks_.size();
  rows_ = left_out.empty() ? std::move(fit.rows) : take_rows(fit.rows, present);
}

void Atlas::add_placed() {
  std::vector<PlacedTrack> placed = state_.placed();
  const std::set<std::string> excluded = state_.excluded();
  std::erase_if(placed, [&](const PlacedTrack& track) { return excluded.contains(track.track_id); });
  if (placed.empty()) return;
  const std::size_t columns = rows_.cols();
  std::vector<float> values(rows_.values().begin(), rows_.values().end());
  for (const PlacedTrack& track : placed) {
    if (track.row.size() != columns) {
      throw FormatError(fmt::format("{} holds tracks of another space", quoted(folder_.library())));
    }
    const Matrix row(1, columns, track.row);
    const Matrix clustered = l2_ ? l2_normalised(row) : row;
    values.insert(values.end(), clustered.values().begin(), clustered.values().end());
    tracks_.push_back({track.track_id, track.path, track.title, track.artist, track.album, track.length_s,
                       track.cluster, track.strength, true, false, track.strangeness});
  }
  rows_ = Matrix(tracks_.size(), columns, std::move(values));
}

void Atlas::take_decisions() {
  const std::map<std::string, std::int32_t> pinned = state_.pinned();
  for (AtlasTrack& track : tracks_) {
    const auto decided = pinned.find(track.track_id);
    if (decided == pinned.end()) continue;
    track.cluster = decided->second;
    track.pinned = true;
  }
}

void Atlas::count_groups() {
  const std::map<std::int32_t, std::string> names = state_.names();
  std::map<std::int32_t, std::size_t> sizes;
  for (const AtlasTrack& track : tracks_) {
    if (track.cluster != kNoise) ++sizes[track.cluster];
  }
  for (const auto& [id, size] : sizes) groups_.push_back({id, names.contains(id) ? names.at(id) : "", size});
}

std::vector<std::size_t> Atlas::members(std::int32_t group) const {
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    if (tracks_[i].cluster == group) members.push_back(i);
  }
  return members;
}

std::vector<float> Atlas::centre(const std::vector<std::size_t>& tracks) const {
  std::vector<float> centre;
  for (const double mean : column_means(take_rows(rows_, tracks))) centre.push_back(static_cast<float>(mean));
  return centre;
}

std::string Atlas::group_title(std::int32_t id) const {
  const auto group = std::ranges::find(groups_, id, &Group::id);
  std::map<std::int32_t, std::string> names;
  if (group != groups_.end() && !group->name.empty()) names[id] = group->name;
  return atlas::group_title(id, names);
}

std::size_t Atlas::find(const std::string& text) const {
  require(!text.empty(), "no track is named");
  constexpr std::size_t kFewestDigits = 4;
  std::error_code error;
  const fs::path absolute = fs::absolute(text, error).lexically_normal();
  // From the surest meaning to the widest; the first that fits anything decides.
  const std::string words = lower(text);
  const auto fits = [&](const AtlasTrack& track, int meaning) {
    switch (meaning) {
      case 0:
        return track.track_id == text || track.path == text;
      case 1:
        return file_of(track).lexically_normal() == absolute;
      case 2:
        return text.size() >= kFewestDigits && track.track_id.starts_with(text);
      case 3:
        return fs::path(track.path).filename() == text || lower(called(track)) == words;
      default:
        return (lower(called(track)) + '\n' + lower(track.path)).find(words) != std::string::npos;
    }
  };
  for (int meaning = 0; meaning < 5; ++meaning) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
      if (fits(tracks_[i], meaning)) found.push_back(i);
    }
    if (found.size() == 1) return found.front();
    if (found.empty()) continue;
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(kShown, found.size()); ++i) {
      const AtlasTrack& track = tracks_[found[i]];
      shown.push_back(fmt::format("{} {}", track.track_id, track.path));
    }
    throw InvalidArgument(fmt::format("'{}' means {} tracks, among them {}: give one's id or path", text, found.size(),
                                      fmt::join(shown, "; ")));
  }
  throw InvalidArgument(
      fmt::format("there is no track '{}' in {}: give a track's id, path, or words of its artist and "
                  "title",
                  text, quoted(folder_.path())));
}

std::int32_t Atlas::find_group(const std::string& text) const {
  for (const Group& group : groups_) {
    if (text == std::to_string(group.id) || text == fmt::format("group {}", group.id)) return group.id;
    if (!group.name.empty() && lower(text) == lower(group.name)) return group.id;
  }
  std::vector<std::string> known;
  for (const Group& group : groups_) known.push_back(group_title(group.id));
  throw InvalidArgument(fmt::format("there is no group '{}'; there are {}", text, fmt::join(known, ", ")));
}

}  // namespace songmap::atlas
