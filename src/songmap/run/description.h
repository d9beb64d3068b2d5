#pragma once

#include <filesystem>
#include <optional>

#include "songmap/core/matrix.h"
#include "songmap/features/noise_metric.h"
#include "songmap/run/scaling.h"

namespace songmap::run {

/// How raw features became what the models of a run read: kept with the models, so that tracks which come later are
/// described in the same way.
struct FittedDescription {
  FeatureScaling scaling;
  std::optional<features::NoiseMetricModel> metric;
};

/// Raw features as the models read them: scaled, and in the noise metric where there is one.
[[nodiscard]] Matrix transform(const FittedDescription& description, MatrixView raw);

/// Back to raw features, as far as what was kept tells of them.
/// @throws InvalidArgument  another number of columns, or a scaling that cannot be undone (track).
[[nodiscard]] Matrix inverse_transform(const FittedDescription& description, MatrixView described);

/// One file (format: model::ModelFile, kind "description"). @throws IoError
void save_description(const std::filesystem::path& file, const FittedDescription& description);
/// What was saved describes to the same bytes. @throws IoError, FormatError
[[nodiscard]] FittedDescription load_description(const std::filesystem::path& file);

}  // namespace songmap::run
