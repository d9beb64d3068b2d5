#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "songmap/core/matrix.h"
#include "songmap/run/preset.h"

namespace songmap::run {

/// Sound and words of the same tracks as one space.
struct Fused {
  Matrix x;                ///< Audio columns, then lyrics columns; a row of NaN where one of the two is missing.
  double audio_share = 0;  ///< Of the total variance over the fitted rows.
};

/// Puts the two side by side as `options.kind` says (see FusionOptions), fitted on those of the training rows that have
/// both. nullopt when fewer than two have. @throws InvalidArgument the two differ in rows.
[[nodiscard]] std::optional<Fused> fuse(MatrixView audio, MatrixView lyrics, std::span<const std::size_t> training,
                                        const FusionOptions& options);

}  // namespace songmap::run
