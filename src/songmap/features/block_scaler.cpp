#include "songmap/features/block_scaler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"

namespace songmap::features {

std::vector<Block> BlockScalerModel::output_blocks() const {
  std::vector<Block> result;
  std::size_t first = 0;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    result.push_back({blocks[b].name, first, pca[b].components.rows()});
    first += result.back().count;
  }
  return result;
}

BlockScalerModel fit_block_scaler(MatrixView x, std::span<const Block> blocks, std::size_t max_dimensions) {
  require(!blocks.empty(), "fit_block_scaler: there is no block");
  BlockScalerModel model;
  model.cols = x.cols();
  model.blocks.assign(blocks.begin(), blocks.end());
  for (const Block& block : blocks) {
    require(block.count > 0 && block.first + block.count <= x.cols(),
            fmt::format("fit_block_scaler: block {} is columns [{}, {}), but there are {}", block.name, block.first,
                        block.first + block.count, x.cols()));
    model.pca.push_back(fit_pca(take_cols(x, block.first, block.count), max_dimensions));
  }
  return model;
}

Matrix transform(const BlockScalerModel& model, MatrixView x) {
  require(x.cols() == model.cols,
          fmt::format("block scaler transform: {} columns, but it was fitted on {}", x.cols(), model.cols));
  require(all_finite(x), "block scaler transform: the matrix holds values that are not finite");
  std::vector<Matrix> parts;
  for (std::size_t b = 0; b < model.blocks.size(); ++b) {
    parts.push_back(transform(model.pca[b], take_cols(x, model.blocks[b].first, model.blocks[b].count)));
    const double total = model.pca[b].total_variance;
    const auto factor = static_cast<float>(total > 0 ? 1 / std::sqrt(total) : 0);
    for (float& value : parts.back().values()) value *= factor;
  }
  return hstack(std::vector<MatrixView>(parts.begin(), parts.end()));
}

Matrix inverse_transform(const BlockScalerModel& model, MatrixView x) {
  const std::vector<Block> scaled = model.output_blocks();
  require(!scaled.empty() && x.cols() == scaled.back().first + scaled.back().count,
          fmt::format("block scaler inverse: {} columns are not those of its blocks", x.cols()));
  Matrix result(x.rows(), model.cols);
  for (std::size_t b = 0; b < model.blocks.size(); ++b) {
    Matrix scores = take_cols(x, scaled[b].first, scaled[b].count);
    const auto factor = static_cast<float>(std::sqrt(model.pca[b].total_variance));
    for (float& value : scores.values()) value *= factor;
    const Matrix columns = songmap::inverse_transform(model.pca[b], scores);
    for (std::size_t i = 0; i < x.rows(); ++i) {
      std::ranges::copy(columns.row(i), result.row(i).subspan(model.blocks[b].first).begin());
    }
  }
  return result;
}

}  // namespace songmap::features
