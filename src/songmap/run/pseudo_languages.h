#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"

namespace songmap::run {

/// Which language each track's words are in, as far as the words themselves tell.
struct PseudoLanguages {
  std::vector<std::int32_t> labels;  ///< [tracks], the most frequent first; -1: no lyrics.
  std::size_t n = 1;
  double silhouette = 0;  ///< Of them, or the best of several where they are one.
  std::string sentence;   ///< Tells a person of them.
};

/// The pseudo-languages of `lyrics` (see lyrics_views), whose language view is `view`. `fitted_on`: training rows that
/// are not missing, at least one. `given` above 0: so many.
[[nodiscard]] PseudoLanguages pseudo_languages(MatrixView lyrics, MatrixView view,
                                               std::span<const std::size_t> fitted_on,
                                               std::span<const std::string> detected, std::size_t given,
                                               std::uint64_t seed, const Execution& run);

/// Below this, the groups that k-means makes of the words are not languages.
inline constexpr double kLeastLanguageSilhouette = 0.25;

/// A language that was detected in fewer tracks makes no pseudo-language of its own.
inline constexpr std::size_t kFewestOfALanguage = 5;

/// Mean of each column over some rows.
[[nodiscard]] std::vector<double> mean_of(MatrixView x, std::span<const std::size_t> rows);

/// Tracks in each of n groups.
[[nodiscard]] std::vector<std::size_t> sizes_of(const std::vector<std::int32_t>& labels, std::size_t n);

}  // namespace songmap::run
