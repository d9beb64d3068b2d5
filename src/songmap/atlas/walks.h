#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "songmap/atlas/atlas.h"

/// Ways through the tracks of an atlas: distances are those in which they were grouped.
namespace songmap::atlas {

struct Step {
  std::size_t track = 0;  ///< Of Atlas::tracks().
  double distance = 0;    ///< similar, radio: to the track asked about; path: to the step before.
};

/// The n tracks that are nearest to one, nearest first, itself left out. One query costs O(tracks columns).
[[nodiscard]] std::vector<Step> similar(const Atlas& atlas, std::size_t track, std::size_t n);

/// The same by sound and by words: squared distances of both sides, each over its mean from this track, the sound's
/// weighted by `audio_weight` and the words' by the rest. Distances are the roots of that. Words are the vectors of the
/// run's lyrics (spaces/lyrics.npy); a track that has none, as one that was placed since, counts as at the mean.
/// @throws InvalidArgument  the weight is not in [0, 1], the run has no such vectors, or this track has none.
[[nodiscard]] std::vector<Step> similar(const Atlas& atlas, std::size_t track, std::size_t n, double audio_weight);

/// From one track to another in n steps, both ends counted: between them, for each point of the straight way in equal
/// parts, the nearest track that was not passed yet. Less steps where there are less tracks.
/// @throws InvalidArgument  n is below 2, or both ends are one track.
[[nodiscard]] std::vector<Step> path(const Atlas& atlas, std::size_t from, std::size_t to, std::size_t n);

struct RadioOptions {
  std::size_t n = 20;            ///< Tracks, the first counted.
  double length_s = 0;           ///< Ends when so much music was chosen; 0: n alone decides.
  std::size_t artist_cap = 3;    ///< Most tracks of one artist; 0: any number. Tracks without an artist have no cap.
  std::size_t artist_pause = 2;  ///< Tracks of others between two of one artist.
};
/// Tracks around one: the nearest first, no artist too often or too soon again. Where nobody else is left, it ends.
[[nodiscard]] std::vector<Step> radio(const Atlas& atlas, std::size_t seed, const RadioOptions& options);

}  // namespace songmap::atlas
