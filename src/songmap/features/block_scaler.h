#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "songmap/core/linalg.h"
#include "songmap/core/matrix.h"

namespace songmap::features {

/// Columns [first, first + count) that describe one side of the sound.
struct Block {
  std::string name;
  std::size_t first = 0;
  std::size_t count = 0;
};

/// Blocks of different width with equal say; applies to new rows.
struct BlockScalerModel {
  std::size_t cols = 0;       ///< Of the input.
  std::vector<Block> blocks;  ///< Of the input.
  std::vector<PcaModel> pca;  ///< One a block.

  /// Where each block lies in the output.
  [[nodiscard]] std::vector<Block> output_blocks() const;
};

/// Components that are kept of a block unless said otherwise.
inline constexpr std::size_t kMostBlockDimensions = 16;

/// Per block the first principal components, at most `max_dimensions`, divided by the square root of the block's total
/// variance: each block has total variance at most 1, whatever its width. A constant block becomes zeros.
/// @throws InvalidArgument  x is empty or not finite, there is no block, or a block is empty or beyond the columns.
[[nodiscard]] BlockScalerModel fit_block_scaler(MatrixView x, std::span<const Block> blocks,
                                                std::size_t max_dimensions = kMostBlockDimensions);

/// The blocks side by side. @throws InvalidArgument x has another number of columns, or is not finite.
[[nodiscard]] Matrix transform(const BlockScalerModel& model, MatrixView x);

/// Back to the columns, as far as the components that were kept tell of them: [rows, cols].
/// @throws InvalidArgument  x has another number of columns than `transform` gives.
[[nodiscard]] Matrix inverse_transform(const BlockScalerModel& model, MatrixView x);

}  // namespace songmap::features
