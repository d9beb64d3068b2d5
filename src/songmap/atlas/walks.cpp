#include "songmap/atlas/walks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <span>
#include <unordered_map>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {
namespace {

double distance_between(const Atlas& atlas, std::size_t a, std::size_t b) {
  return std::sqrt(squared_distance(atlas.rows().row(a), atlas.rows().row(b)));
}

/// Of the lyrics of one track to those of all; NaN where one has none, and to itself.
std::vector<double> squared_word_distances(const Atlas& atlas, std::size_t track) {
  const std::filesystem::path file = atlas.folder().space("lyrics");
  require(std::filesystem::exists(file), "this run has no vectors of lyrics: it can only tell what sounds alike");
  const Matrix vectors = read_npy(file);
  std::unordered_map<std::string, std::size_t> row_of;
  const std::vector<run::TrackRow> tracks = run::load_tracks(atlas.folder().tracks());
  for (std::size_t i = 0; i < tracks.size(); ++i) row_of[tracks[i].track_id] = i;
  const auto vector_of = [&](std::size_t index) -> std::span<const float> {
    const auto found = row_of.find(atlas.tracks()[index].track_id);
    if (found == row_of.end() || !std::isfinite(vectors(found->second, 0))) return {};
    return vectors.row(found->second);
  };
  const std::span<const float> own = vector_of(track);
  require(!own.empty(), fmt::format("{} has no lyrics that the run has read: it can only be compared by sound",
                                    atlas.tracks()[track].path));
  std::vector<double> distances(atlas.tracks().size(), run::kNotDefined);
  for (std::size_t i = 0; i < distances.size(); ++i) {
    const std::span<const float> other = vector_of(i);
    if (i != track && !other.empty()) distances[i] = squared_distance(own, other);
  }
  return distances;
}

/// Each over the mean of those that are defined; the others are 1.
std::vector<double> over_mean(std::vector<double> values) {
  double sum = 0;
  std::size_t n = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    sum += value;
    ++n;
  }
  for (double& value : values) value = !std::isfinite(value) || !(sum > 0) ? 1 : value * static_cast<double>(n) / sum;
  return values;
}

}  // namespace

std::vector<Step> similar(const Atlas& atlas, std::size_t track, std::size_t n) {
  std::vector<Step> steps;
  for (const neighbors::Hit& hit : atlas.search().nearest(atlas.rows().row(track), n + 1)) {
    if (hit.row != track && steps.size() < n) steps.push_back({hit.row, hit.distance});
  }
  return steps;
}

std::vector<Step> similar(const Atlas& atlas, std::size_t track, std::size_t n, double audio_weight) {
  require(audio_weight >= 0 && audio_weight <= 1,
          fmt::format("the weight of the sound is {}, but must lie in [0, 1]", audio_weight));
  if (audio_weight == 1) return similar(atlas, track, n);
  const std::vector<double> words = over_mean(squared_word_distances(atlas, track));
  std::vector<double> sound(atlas.tracks().size());
  for (std::size_t i = 0; i < sound.size(); ++i) {
    sound[i] = squared_distance(atlas.rows().row(track), atlas.rows().row(i));
  }
  sound[track] = run::kNotDefined;
  sound = over_mean(std::move(sound));
  std::vector<Step> steps;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    if (i != track) steps.push_back({i, std::sqrt(audio_weight * sound[i] + (1 - audio_weight) * words[i])});
  }
  std::ranges::stable_sort(steps, {}, &Step::distance);
  if (steps.size() > n) steps.resize(n);
  return steps;
}

std::vector<Step> path(const Atlas& atlas, std::size_t from, std::size_t to, std::size_t n) {
  require(n >= 2, "a path has two tracks at least");
  require(from != to, fmt::format("both ends of the path are {}", atlas.tracks()[from].path));
  const auto start = atlas.rows().row(from);
  const auto end = atlas.rows().row(to);
  std::vector<std::size_t> passed{from, to};
  std::vector<std::size_t> way{from};
  for (std::size_t i = 1; i + 1 < n; ++i) {
    const auto part = static_cast<float>(i) / static_cast<float>(n - 1);
    std::vector<float> point(start.size());
    for (std::size_t j = 0; j < point.size(); ++j) point[j] = start[j] + part * (end[j] - start[j]);
    // So many at most were passed before.
    for (const neighbors::Hit& hit : atlas.search().nearest(point, passed.size() + 1)) {
      if (std::ranges::find(passed, hit.row) != passed.end()) continue;
      passed.push_back(hit.row);
      way.push_back(hit.row);
      break;
    }
  }
  way.push_back(to);
  std::vector<Step> steps;
  for (std::size_t i = 0; i < way.size(); ++i) {
    steps.push_back({way[i], i == 0 ? 0 : distance_between(atlas, way[i - 1], way[i])});
  }
  return steps;
}

std::vector<Step> radio(const Atlas& atlas, std::size_t seed, const RadioOptions& options) {
  require(options.n >= 1, "a radio has one track at least");
  std::vector<Step> nearest = similar(atlas, seed, atlas.tracks().size());
  nearest.insert(nearest.begin(), {seed, 0});
  std::vector<Step> steps;
  std::map<std::string, std::size_t> times;
  std::map<std::string, std::size_t> last;
  std::vector<bool> chosen(nearest.size());
  double length_s = 0;
  const auto may_come = [&](const AtlasTrack& track) {
    const auto found = times.find(track.artist);
    if (track.artist.empty() || found == times.end()) return true;
    return (options.artist_cap == 0 || found->second < options.artist_cap) &&
           steps.size() - last[track.artist] > options.artist_pause;
  };
  std::size_t first_left = 0;
  while (steps.size() < options.n && (options.length_s <= 0 || length_s < options.length_s)) {
    while (first_left < nearest.size() && chosen[first_left]) ++first_left;
    std::size_t next = first_left;
    while (next < nearest.size() && (chosen[next] || !may_come(atlas.tracks()[nearest[next].track]))) ++next;
    if (next == nearest.size()) break;
    const AtlasTrack& track = atlas.tracks()[nearest[next].track];
    chosen[next] = true;
    ++times[track.artist];
    last[track.artist] = steps.size();
    if (std::isfinite(track.length_s)) length_s += track.length_s;
    steps.push_back(nearest[next]);
  }
  return steps;
}

}  // namespace songmap::atlas
