#pragma once

#include <span>

#include "songmap/core/matrix.h"
#include "songmap/run/manifest.h"
#include "songmap/run/preset.h"
#include "songmap/run/stage_record.h"

namespace songmap::run {

/// What the model is fed: `raw` scaled as the options say, fitted on the training rows alone, for every row.
/// A ready table has no blocks: "blocks" is "logzc" there, and the record says so.
[[nodiscard]] Matrix scaled_features(MatrixView raw, std::span<const std::size_t> training,
                                     const FeatureOptions& options, const Manifest& manifest, StageRecord& record);

}  // namespace songmap::run
