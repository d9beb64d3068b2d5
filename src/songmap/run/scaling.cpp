#include "songmap/run/scaling.h"

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "songmap/core/linalg.h"
#include "songmap/features/recipe.h"

namespace songmap::run {

FeatureScaling fit_scaling(MatrixView raw, std::span<const std::size_t> training, const FeatureOptions& options,
                           const Manifest& manifest, StageRecord& record) {
  const Matrix fitted_on = take_rows(raw, training);
  std::string kind = options.scaling;
  if (kind == "blocks" && manifest.input.kind == "table") {
    kind = "logzc";
    record.note("A ready table has no blocks of known meaning: its columns are scaled each on its own (logzc).");
  }
  features::ScalerOptions scaler;
  scaler.kind = kind == "blocks" ? "logzc" : kind;
  FeatureScaling scaling{features::fit_scaler(fitted_on, scaler), std::nullopt};
  if (kind == "blocks") {
    const std::vector<features::Block> blocks = features::blocks(features::recipe(options.recipe));
    scaling.blocks = features::fit_block_scaler(features::transform(scaling.columns, fitted_on), blocks);
    const Matrix blocked = transform(scaling, fitted_on);
    const std::vector<double> variances = covariance_eigenvalues(blocked);
    const double mean_variance =
        std::accumulate(variances.begin(), variances.end(), 0.0) / static_cast<double>(blocked.cols());
    if (mean_variance > 0) scaling.scale = static_cast<float>(1 / std::sqrt(mean_variance));
  }
  return scaling;
}

Matrix transform(const FeatureScaling& scaling, MatrixView raw) {
  Matrix scaled = features::transform(scaling.columns, raw);
  if (!scaling.blocks) return scaled;
  Matrix blocked = features::transform(*scaling.blocks, scaled);
  for (float& value : blocked.values()) value *= scaling.scale;
  return blocked;
}

Matrix inverse_transform(const FeatureScaling& scaling, MatrixView scaled) {
  if (!scaling.blocks) return features::inverse_transform(scaling.columns, scaled);
  Matrix blocked(scaled);
  for (float& value : blocked.values()) value /= scaling.scale;
  return features::inverse_transform(scaling.columns, features::inverse_transform(*scaling.blocks, blocked));
}

}  // namespace songmap::run
