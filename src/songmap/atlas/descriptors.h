#pragma once

#include <span>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap::atlas {

/// One side of the sound that people have words for, as a number a track.
struct Descriptor {
  std::string more;            ///< "bright"
  std::string less;            ///< "dark"
  std::string means;           ///< "mean spectral centroid": what it is computed from.
  std::vector<double> values;  ///< [tracks]
};

/// What the raw features of a run tell in plain words: of the recipe timbre a handful of sides of the sound; of any
/// other table each column as it is called. `raw` is [tracks, columns].
[[nodiscard]] std::vector<Descriptor> descriptors(MatrixView raw, const std::vector<std::string>& columns);

/// Something that sets some tracks apart.
struct Difference {
  std::string words;  ///< "bright"
  std::string means;
  double size = 0;  ///< Difference of means in standard deviations of all tracks: above 0 for `more`.
};

/// What is clearly different between the tracks at `members` and the others: by half a standard deviation or more, and
/// by more than two standard errors; the largest first, at most `most`.
[[nodiscard]] std::vector<Difference> differences(const std::vector<Descriptor>& all,
                                                  std::span<const std::size_t> members, std::size_t most = 5);

/// What is unusual about one track: `least` standard deviations or more from the mean of all; the largest first.
[[nodiscard]] std::vector<Difference> unusual(const std::vector<Descriptor>& all, std::size_t track,
                                              std::size_t most = 5, double least = 2);

}  // namespace songmap::atlas
