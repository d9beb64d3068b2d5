#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "songmap/atlas/atlas.h"
#include "songmap/atlas/descriptors.h"
#include "songmap/atlas/telling_words.h"

namespace songmap::atlas {

/// A track on the border of its group.
struct BorderTrack {
  std::size_t track = 0;      ///< Of Atlas::tracks().
  std::int32_t leans_to = 0;  ///< The other group that most of its nearest tracks are in; its own: to none.
};

/// Why the tracks of a group are together.
struct GroupReasons {
  std::int32_t group = 0;
  std::size_t n_tracks = 0;
  std::vector<Difference> sound;  ///< Of its tracks against all others.
  std::size_t n_with_lyrics = 0;
  std::vector<std::pair<std::string, std::size_t>> languages;  ///< Of its lyrics, the most frequent first.
  std::vector<TellingWord> words;                              ///< Against other lyrics in its most frequent language.
  std::vector<std::size_t> exemplars;                          ///< The three nearest to its centre.
  std::vector<BorderTrack> border;                             ///< The three that are least surely in it.
  std::int32_t nearest_group = kNoise;  ///< By the distance of centres; kNoise: there is no other.
  std::string proposed_name;            ///< From the above; empty where nothing sets it apart.
};
[[nodiscard]] GroupReasons explain_group(const Atlas& atlas, std::int32_t group);

/// A track near another, and the parts of sound and words in which they are near.
struct NearTrack {
  std::size_t track = 0;
  double distance = 0;
  /// Blocks of features and "words" (what both sing of, as vectors; no part of the distance above), and their distance,
  /// in the median of random pairs; the nearest first. Empty where the run has no blocks, or one of the two was placed
  /// by an older songmap.
  std::vector<std::pair<std::string, double>> parts;
};

/// Why a track is where it is.
struct TrackReasons {
  std::size_t track = 0;
  std::vector<NearTrack> nearest;   ///< Five.
  std::vector<Difference> unusual;  ///< Against all tracks.
  /// Share of the fitted tracks that the model rebuilds better; NaN where it is not known.
  double rebuilt_worse_than = 0;
};
[[nodiscard]] TrackReasons explain_track(const Atlas& atlas, std::size_t track);

}  // namespace songmap::atlas
