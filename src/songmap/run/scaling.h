#pragma once

#include <optional>
#include <span>

#include "songmap/core/matrix.h"
#include "songmap/features/block_scaler.h"
#include "songmap/features/scaler.h"
#include "songmap/run/manifest.h"
#include "songmap/run/preset.h"
#include "songmap/run/stage_record.h"

namespace songmap::run {

/// How raw features become comparable columns; applies to other rows of the same columns, such as windows of the
/// tracks.
struct FeatureScaling {
  features::ScalerModel columns;
  std::optional<features::BlockScalerModel> blocks;
  float scale =
      1;  ///< Of all columns alike, so that their mean variance is 1: what noise on inputs is measured against.
};

/// As the options say, fitted on the training rows of `raw` alone. A ready table has no blocks: "blocks" is "logzc"
/// there, and the record says so.
[[nodiscard]] FeatureScaling fit_scaling(MatrixView raw, std::span<const std::size_t> training,
                                         const FeatureOptions& options, const Manifest& manifest, StageRecord& record);
[[nodiscard]] Matrix transform(const FeatureScaling& scaling, MatrixView raw);
/// Back to raw features, as far as what was kept tells of them. @throws InvalidArgument  a scaling row by row (track)
[[nodiscard]] Matrix inverse_transform(const FeatureScaling& scaling, MatrixView scaled);

}  // namespace songmap::run
