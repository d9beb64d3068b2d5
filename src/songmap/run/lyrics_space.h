#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/run/preset.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/tables.h"

namespace songmap::run {

/// The lyrics as vectors: [tracks, at most options.dimensions], fitted on the training tracks that have lyrics. A track
/// without is a row of NaN: missing, not zero. nullopt where too few tracks have lyrics or none
/// has, which is noted; under the study's presets, which count on lyrics, it is a warning.
[[nodiscard]] std::optional<Matrix> lyrics_space(const std::vector<TrackRow>& tracks,
                                                 const std::vector<LyricsRow>& lyrics,
                                                 std::span<const std::size_t> training, const LyricsOptions& options,
                                                 std::uint64_t seed, StageRecord& record);

}  // namespace songmap::run
