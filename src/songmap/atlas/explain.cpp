#include "songmap/atlas/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <optional>

#include "songmap/atlas/sound.h"
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

/// Of the fitted tracks and of the placed ones.
std::vector<run::LyricsRow> all_lyrics(const Atlas& atlas) {
  std::vector<run::LyricsRow> rows = run::load_lyrics(atlas.folder().lyrics());
  for (const auto& [track_id, detail] : atlas.state().details()) {
    if (detail.lyrics_source.empty()) continue;
    rows.push_back({track_id, detail.lyrics_source, detail.language, detail.n_words, detail.lyrics});
  }
  return rows;
}

/// Languages and words of the lyrics of some tracks against those of all.
void add_lyrics(const Atlas& atlas, const std::vector<std::size_t>& members, GroupReasons& reasons) {
  std::set<std::string> inside;
  for (const std::size_t member : members) inside.insert(atlas.tracks()[member].track_id);
  const std::vector<run::LyricsRow> lyrics = all_lyrics(atlas);
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
  BlockDistances(const Atlas& atlas, const Sound& sound) {
    if (!std::filesystem::exists(atlas.folder().description())) return;
    const run::FittedDescription description = run::load_description(atlas.folder().description());
    if (!description.scaling.blocks) return;
    blocks_ = description.scaling.blocks->output_blocks();
    features_ = run::transform(description.scaling, sound.raw());
    if (std::filesystem::exists(atlas.folder().space("lyrics"))) words_ = read_npy(atlas.folder().space("lyrics"));
    constexpr std::size_t kPairs = 500;
    Random random(0, 0xb10c);
    std::vector<std::vector<double>> distances(blocks_.size());
    std::vector<double> of_words;
    for (std::size_t p = 0; p < kPairs; ++p) {
      const std::size_t a = random.below(features_.rows());
      const std::size_t b = random.below(features_.rows());
      if (a == b) continue;
      for (std::size_t k = 0; k < blocks_.size(); ++k) distances[k].push_back(distance(a, b, k));
      if (const double words = between_words(a, b); std::isfinite(words)) of_words.push_back(words);
    }
    for (std::vector<double>& some : distances) usual_.push_back(median(std::move(some)));
    usual_words_ = median(std::move(of_words));
  }

  [[nodiscard]] std::vector<std::pair<std::string, double>> between(std::size_t a, std::size_t b) const {
    std::vector<std::pair<std::string, double>> parts;
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
      if (usual_[k] > 0) parts.emplace_back(title(blocks_[k].name), distance(a, b, k) / usual_[k]);
    }
    const double words = between_words(a, b);
    if (std::isfinite(words) && usual_words_ > 0) parts.emplace_back("words", words / usual_words_);
    std::ranges::stable_sort(parts, {}, [](const auto& part) { return part.second; });
    return parts;
  }

 private:
  static double median(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
  }

  /// NaN where one of them has none.
  [[nodiscard]] double between_words(std::size_t a, std::size_t b) const {
    if (a >= words_.rows() || b >= words_.rows()) return run::kNotDefined;
    return std::sqrt(squared_distance(words_.row(a), words_.row(b)));
  }

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
  Matrix words_;  ///< Of the fitted tracks, a row of NaN where there are none; empty without a view of the words.
  std::vector<double> usual_;
  double usual_words_ = 0;
};

/// Share of the fitted tracks that the main model rebuilds better than this one.
double rebuilt_worse_than(const Atlas& atlas, const AtlasTrack& track) {
  const std::string model = run::space_record(atlas.manifest(), atlas.manifest().main_space).model;
  std::vector<double> others;
  double own = run::kNotDefined;
  for (const run::ReconstructionRow& row : run::load_reconstruction(atlas.folder().reconstruction())) {
    if (row.model != model) continue;
    if (row.track_id == track.track_id) {
      own = row.error;
    } else {
      others.push_back(row.error);
    }
  }
  if (track.placed) {
    const auto details = atlas.state().details();
    if (const auto found = details.find(track.track_id); found != details.end()) own = found->second.error;
  }
  if (!std::isfinite(own) || others.empty()) return run::kNotDefined;
  const auto better = std::ranges::count_if(others, [&](double error) { return error < own; });
  return static_cast<double>(better) / static_cast<double>(others.size());
}

}  // namespace

GroupReasons explain_group(const Atlas& atlas, std::int32_t group) {
  GroupReasons reasons;
  reasons.group = group;
  const std::vector<std::size_t> members = atlas.members(group);
  reasons.n_tracks = members.size();
  const Sound sound(atlas);
  std::vector<std::size_t> known;
  for (const std::size_t member : members) {
    if (const auto row = sound.row_of(atlas.tracks()[member])) known.push_back(*row);
  }
  reasons.sound = differences(sound.in_words(), known);
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
  const Sound sound(atlas);
  const std::optional<std::size_t> own = sound.row_of(atlas.tracks()[track]);
  const BlockDistances blocks(atlas, sound);
  for (const Step& step : similar(atlas, track, kNearest)) {
    NearTrack near{step.track, step.distance, {}};
    const std::optional<std::size_t> other = sound.row_of(atlas.tracks()[step.track]);
    if (own && other) near.parts = blocks.between(*own, *other);
    reasons.nearest.push_back(std::move(near));
  }
  if (own) reasons.unusual = unusual(sound.in_words(), *own);
  reasons.rebuilt_worse_than = rebuilt_worse_than(atlas, atlas.tracks()[track]);
  return reasons;
}

}  // namespace songmap::atlas
