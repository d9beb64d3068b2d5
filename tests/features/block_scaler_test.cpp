#include "songmap/features/block_scaler.h"

#include <gtest/gtest.h>

#include "songmap/core/error.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::features {
namespace {

const std::vector<Block> kBlocks{{"wide", 0, 40}, {"narrow", 40, 3}, {"constant", 43, 2}};

Matrix blocks_of_noise() {
  Matrix x = testing::normal_matrix(120, 45, 1);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 40; j < 43; ++j) x(i, j) *= 1000;
    x(i, 43) = x(i, 44) = 3;
  }
  return x;
}

TEST(BlockScaler, KeepsTheFirstComponentsOfEachBlock) {
  const BlockScalerModel model = fit_block_scaler(blocks_of_noise(), kBlocks);
  const auto blocks = model.output_blocks();
  ASSERT_EQ(blocks.size(), 3U);
  EXPECT_EQ(blocks[0].count, 16U);
  EXPECT_EQ(blocks[1].first, 16U);
  EXPECT_EQ(blocks[1].count, 3U);
  EXPECT_EQ(blocks[2].name, "constant");
  EXPECT_EQ(transform(model, blocks_of_noise()).cols(), 21U);
}

// A block that is kept whole has mean squared norm (n - 1) / n after division; a constant one is zero.
TEST(BlockScaler, GivesBlocksUnitVarianceWhateverTheirScale) {
  const Matrix x = blocks_of_noise();
  const Matrix scaled = transform(fit_block_scaler(x, kBlocks, 64), x);
  const double expected[] = {119.0 / 120, 119.0 / 120, 0};
  std::size_t b = 0;
  for (const Block& block : fit_block_scaler(x, kBlocks, 64).output_blocks()) {
    double squares = 0;
    for (std::size_t i = 0; i < x.rows(); ++i) {
      for (std::size_t j = 0; j < block.count; ++j) {
        squares += static_cast<double>(scaled(i, block.first + j)) * scaled(i, block.first + j);
      }
    }
    EXPECT_NEAR(squares / 120, expected[b++], 1e-4) << block.name;
  }
}

TEST(BlockScaler, NewRowsAreScaledAsTheOldOnes) {
  const Matrix x = blocks_of_noise();
  const BlockScalerModel model = fit_block_scaler(x, kBlocks);
  const std::vector<std::size_t> some{0, 77};
  const Matrix a = transform(model, take_rows(x, some));
  const Matrix b = take_rows(transform(model, x), some);
  for (std::size_t i = 0; i < a.values().size(); ++i) EXPECT_NEAR(a.values()[i], b.values()[i], 1e-6);
}

TEST(BlockScaler, RejectsBlocksBeyondTheColumns) {
  const Matrix x(5, 4);
  EXPECT_THROW(static_cast<void>(fit_block_scaler(x, {})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_block_scaler(x, std::vector<Block>{{"a", 3, 2}})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit_block_scaler(x, std::vector<Block>{{"a", 0, 0}})), InvalidArgument);
  const auto model = fit_block_scaler(x, std::vector<Block>{{"a", 0, 4}});
  EXPECT_THROW(static_cast<void>(transform(model, Matrix(1, 3))), InvalidArgument);
}

TEST(BlockScaler, GoesBackWhereAllComponentsAreKept) {
  const Matrix x = blocks_of_noise();
  const BlockScalerModel model = fit_block_scaler(x, kBlocks, 64);
  const Matrix back = inverse_transform(model, transform(model, x));
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < x.cols(); ++j) EXPECT_NEAR(back(i, j), x(i, j), j < 40 ? 1e-4 : 0.1);
  }
  // What was not kept is the mean: going there and back again changes nothing more.
  const BlockScalerModel few = fit_block_scaler(x, kBlocks, 4);
  const Matrix once = inverse_transform(few, transform(few, x));
  const Matrix twice = inverse_transform(few, transform(few, once));
  for (std::size_t i = 0; i < x.rows(); ++i) EXPECT_NEAR(twice(i, 0), once(i, 0), 1e-4);
}

}  // namespace
}  // namespace songmap::features
