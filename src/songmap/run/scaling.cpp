#include "songmap/run/scaling.h"

#include <vector>

#include "songmap/features/block_scaler.h"
#include "songmap/features/recipe.h"
#include "songmap/features/scaler.h"

namespace songmap::run {

Matrix scaled_features(MatrixView raw, std::span<const std::size_t> training, const FeatureOptions& options,
                       const Manifest& manifest, StageRecord& record) {
  const Matrix fitted_on = take_rows(raw, training);
  std::string kind = options.scaling;
  if (kind == "blocks" && manifest.input.kind == "table") {
    kind = "logzc";
    record.note("A ready table has no blocks of known meaning: its columns are scaled each on its own (logzc).");
  }
  features::ScalerOptions scaler;
  scaler.kind = kind == "blocks" ? "logzc" : kind;
  Matrix scaled = features::transform(features::fit_scaler(fitted_on, scaler), raw);
  if (kind != "blocks") return scaled;
  const std::vector<features::Block> blocks = features::blocks(features::recipe(options.recipe));
  return features::transform(features::fit_block_scaler(take_rows(scaled, training), blocks), scaled);
}

}  // namespace songmap::run
