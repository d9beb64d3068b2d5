#include "songmap/atlas/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <unordered_map>

#include "songmap/atlas/walks.h"
#include "songmap/core/npy.h"
#include "songmap/core/random.h"
#include "songmap/lyrics/language.h"
#include "songmap/run/description.h"
#include "songmap/run/spaces.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {
namespace {

constexpr std::size_t kShownTracks = 3;
constexpr std::size_t kVotersOfBorder = 15;

/// Rows of tracks.csv by track.
std::unordered_map<std::string, std::size_t> rows_of_tracks(const Atlas& atlas) {
  std::unordered_map<std::string, std::size_t> rows;
  const std::vector<run::TrackRow> tracks = run::load_tracks(atlas.folder().tracks());
  for (std::size_t i = 0; i < tracks.size(); ++i) rows[tracks[i].track_id] = i;
  return rows;
}

std::vector<Descriptor> descriptors_of(const Atlas& atlas) {
  return descriptors(read_npy(atlas.folder().space("raw")), atlas.manifest().columns);
}

std::vector<std::size_t> exemplars_of(const Atlas& atlas, std::vector<std::size_t> members,
                                      const std::vector<float>& centre) {
  std::ranges::stable_sort(members, {},
                           [&](std::size_t member) { return squared_distance(atlas.rows().row(member), centre); });
  if (members.size() > kShownTracks) members.resize(kShownTracks);
  return members;
}

/// The group that most of a track's nearest tracks are in, its own left out; its own where all are.
std::int32_t leaning(const Atlas& atlas, std::size_t track) {
  const std::int32_t own = atlas.tracks()[track].cluster;
  std::map<std::int32_t, std::size_t> votes;
  for (const Step& step : similar(atlas, track, kVotersOfBorder)) {
    const std::int32_t group = atlas.tracks()[step.track].cluster;
    if (group != own && group != kNoise) ++votes[group];
  }
  if (votes.empty()) return own;
  return std::ranges::max_element(votes, {}, [](const auto& entry) { return entry.second; })->first;
}

std::vector<BorderTrack> border_of(const Atlas& atlas, std::vector<std::size_t> members) {
  std::ranges::stable_sort(members, {}, [&](std::size_t member) { return atlas.tracks()[member].strength; });
  std::vector<BorderTrack> border;
  for (const std::size_t member : members) {
    if (border.size() == kShownTracks) break;
    const std::int32_t to = leaning(atlas, member);
    if (to != atlas.tracks()[member].cluster) border.push_back({member, to});
  }
  return border;
}

std::int32_t nearest_group_to(const Atlas& atlas, std::int32_t group, const std::vector<float>& centre) {
  std::int32_t nearest = kNoise;
  double least = std::numeric_limits<double>::infinity();
  for (const Group& other : atlas.groups()) {
    if (other.id == group) continue;
    const double distance = squared_distance(atlas.centre(atlas.members(other.id)), centre);
    if (distance >= least) continue;
    least = distance;
    nearest = other.id;
  }
  return nearest;
}

/// Languages and words of the lyrics of some tracks against those of all.
void add_lyrics(const Atlas& atlas, const std::vector<std::size_t>& members, GroupReasons& reasons) {
  std::set<std::string> inside;
  for (const std::size_t member : members) inside.insert(atlas.tracks()[member].track_id);
  const std::vector<run::LyricsRow> lyrics = run::load_lyrics(atlas.folder().lyrics());
  std::map<std::string, std::size_t> languages;
  for (const run::LyricsRow& row : lyrics) {
    if (!inside.contains(row.track_id)) continue;
    ++reasons.n_with_lyrics;
    if (row.language != lyrics::kUnknownLanguage) ++languages[row.language];
  }
  reasons.languages.assign(languages.begin(), languages.end());
  std::ranges::stable_sort(reasons.languages, std::greater<>(), [](const auto& entry) { return entry.second; });
  if (reasons.languages.empty()) return;
  // In another language every word is another one: that is told by the language itself.
  std::vector<std::string> ours;
  std::vector<std::string> theirs;
  for (const run::LyricsRow& row : lyrics) {
    if (row.language != reasons.languages.front().first) continue;
    (inside.contains(row.track_id) ? ours : theirs).push_back(row.text);
  }
  reasons.words = telling_words(ours, theirs);
}

/// "dark, calm · bn · river, boat"
std::string proposal(const GroupReasons& reasons) {
  constexpr std::size_t kMostOfEach = 2;
  std::string name;
  for (std::size_t i = 0; i < std::min(kMostOfEach, reasons.sound.size()); ++i) {
    name += (i > 0 ? ", " : "") + reasons.sound[i].words;
  }
  const bool one_language = !reasons.languages.empty() && reasons.languages.front().second >= 3 &&
                            2 * reasons.languages.front().second > reasons.n_tracks;
  if (one_language) name += (name.empty() ? "" : " · ") + reasons.languages.front().first;
  for (std::size_t i = 0; i < std::min(kMostOfEach, reasons.words.size()); ++i) {
    name += (i > 0 ? ", " : name.empty() ? "" : " · ") + reasons.words[i].word;
  }
  return name;
}

/// Distances of pairs of tracks block by block, in the median of random pairs.
class BlockDistances {
 public:
  explicit BlockDistances(const Atlas& atlas) {
    if (!std::filesystem::exists(atlas.folder().description())) return;
    const run::FittedDescription description = run::load_description(atlas.folder().description());
    if (!description.scaling.blocks) return;
    blocks_ = description.scaling.blocks->output_blocks();
    features_ = read_npy(atlas.folder().space("features"));
    constexpr std::size_t kPairs = 500;
    Random random(0, 0xb10c);
    std::vector<std::vector<double>> distances(blocks_.size());
    for (std::size_t p = 0; p < kPairs; ++p) {
      const std::size_t a = random.below(features_.rows());
      const std::size_t b = random.below(features_.rows());
      if (a == b) continue;
      for (std::size_t k = 0; k < blocks_.size(); ++k) distances[k].push_back(distance(a, b, k));
    }
    for (std::vector<double>& some : distances) {
      if (some.empty()) some.push_back(0);
      const auto middle = some.begin() + static_cast<std::ptrdiff_t>(some.size() / 2);
      std::ranges::nth_element(some, middle);
      usual_.push_back(*middle);
    }
  }

  [[nodiscard]] std::vector<std::pair<std::string, double>> between(std::size_t a, std::size_t b) const {
    std::vector<std::pair<std::string, double>> parts;
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
      if (usual_[k] > 0) parts.emplace_back(title(blocks_[k].name), distance(a, b, k) / usual_[k]);
    }
    std::ranges::stable_sort(parts, {}, [](const auto& part) { return part.second; });
    return parts;
  }

 private:
  static std::string title(const std::string& block) {
    static const std::map<std::string, std::string> kTitles{{"mfcc", "timbre"},
                                                            {"shape", "spectral shape"},
                                                            {"contrast", "tones"},
                                                            {"delta", "onsets"},
                                                            {"fluctuation", "rhythm"}};
    const auto found = kTitles.find(block);
    return found == kTitles.end() ? block : found->second;
  }

  [[nodiscard]] double distance(std::size_t a, std::size_t b, std::size_t block) const {
    const features::Block& at = blocks_[block];
    return std::sqrt(
        squared_distance(features_.row(a).subspan(at.first, at.count), features_.row(b).subspan(at.first, at.count)));
  }

  std::vector<features::Block> blocks_;
  Matrix features_;
  std::vector<double> usual_;
};

/// Share of the tracks that the main model rebuilds better than this one.
double rebuilt_worse_than(const Atlas& atlas, const std::string& track_id) {
  const std::string model = run::space_record(atlas.manifest(), atlas.manifest().main_space).model;
  std::size_t n = 0;
  std::optional<std::size_t> rank;  // the table has the worst first
  for (const run::ReconstructionRow& row : run::load_reconstruction(atlas.folder().reconstruction())) {
    if (row.model != model) continue;
    if (row.track_id == track_id) rank = n;
    ++n;
  }
  if (!rank || n < 2) return run::kNotDefined;
  return 1 - static_cast<double>(*rank) / static_cast<double>(n - 1);
}

}  // namespace

GroupReasons explain_group(const Atlas& atlas, std::int32_t group) {
  GroupReasons reasons;
  reasons.group = group;
  const std::vector<std::size_t> members = atlas.members(group);
  reasons.n_tracks = members.size();
  const auto rows = rows_of_tracks(atlas);
  std::vector<std::size_t> fitted;
  for (const std::size_t member : members) {
    const auto found = rows.find(atlas.tracks()[member].track_id);
    if (found != rows.end()) fitted.push_back(found->second);
  }
  reasons.sound = differences(descriptors_of(atlas), fitted);
  add_lyrics(atlas, members, reasons);
  const std::vector<float> centre = atlas.centre(members);
  reasons.exemplars = exemplars_of(atlas, members, centre);
  reasons.border = border_of(atlas, members);
  reasons.nearest_group = nearest_group_to(atlas, group, centre);
  reasons.proposed_name = proposal(reasons);
  return reasons;
}

TrackReasons explain_track(const Atlas& atlas, std::size_t track) {
  constexpr std::size_t kNearest = 5;
  TrackReasons reasons;
  reasons.track = track;
  const auto rows = rows_of_tracks(atlas);
  const auto row_of = [&](std::size_t index) -> std::optional<std::size_t> {
    const auto found = rows.find(atlas.tracks()[index].track_id);
    if (found == rows.end()) return std::nullopt;
    return found->second;
  };
  const std::optional<std::size_t> own = row_of(track);
  const BlockDistances blocks(atlas);
  for (const Step& step : similar(atlas, track, kNearest)) {
    NearTrack near{step.track, step.distance, {}};
    const std::optional<std::size_t> other = row_of(step.track);
    if (own && other) near.parts = blocks.between(*own, *other);
    reasons.nearest.push_back(std::move(near));
  }
  if (own) reasons.unusual = unusual(descriptors_of(atlas), *own);
  reasons.rebuilt_worse_than = rebuilt_worse_than(atlas, atlas.tracks()[track].track_id);
  return reasons;
}

}  // namespace songmap::atlas
