#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "songmap/atlas/atlas.h"
#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::atlas {

/// One side of the sound in which a track is not what the model expected, in deviations of the fitted tracks from their
/// mean.
struct Surprise {
  std::string words;  ///< What it is more of than expected: "dark".
  std::string means;  ///< "mean spectral centroid"
  double heard = 0;
  double expected = 0;
};

/// A track that the leading model rebuilds badly: unlike all others, or broken.
struct Misfit {
  std::size_t track = 0;            ///< Of Atlas::tracks().
  double error = 0;                 ///< As HeldOutRow::error, or as ReconstructionRow::error.
  double relative = 0;              ///< Over the median of the fitted tracks.
  std::vector<Surprise> surprises;  ///< By half a deviation or more, the largest first.
  std::vector<std::string> signs;   ///< In its samples, of damage (features/damage_signs.h).
  /// What the model read and made of it, one row each: [2, n_inputs]; empty where that was not kept.
  Matrix rows;
};

struct Misfits {
  std::string model;
  bool unseen = false;             ///< Fitted tracks were judged by models that had not seen them.
  std::size_t n_judged = 0;        ///< Tracks whose error is known.
  std::size_t n_far = 0;           ///< Of these, with more than twice the median error.
  bool spectrogram = false;        ///< Rows are spectrograms, [64, frames].
  std::vector<std::string> notes;  ///< Sentences: what could not be told, and why.
  std::vector<Misfit> worst;       ///< Above the median, the worst first.
};

/// The worst `n` tracks of an atlas, placed ones among them. Reads the files of these, to look for damage.
/// @throws InvalidArgument  the run has no model. @throws IoError, FormatError
[[nodiscard]] Misfits misfits(const Atlas& atlas, std::size_t n, const Execution& run = {});

}  // namespace songmap::atlas
