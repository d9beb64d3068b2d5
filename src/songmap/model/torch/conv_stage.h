#pragma once

#include <cstddef>
#include <vector>

#include "songmap/model/conv_layout.h"

namespace songmap::model {

/// The arithmetic of one stage and one row as matrix products, which is where a processor is fastest.
///
/// The coarse form of a map is [height (width + 1), n_coarse]: its pixels row by row, each row followed by one pixel
/// of zeros. The fine form gathers in cell (i, j) the pixels of rows 2 i - 1, 2 i and columns 2 j - 1, 2 j (zeros
/// outside the map): [(height + 1) (width + 1) + 1, 4 n_fine]. A kernel of 4 x 4 then is four products, each with the
/// cells shifted as a whole. With one channel these would be too thin: there the fine form is one row of 16 values a
/// coarse pixel, [height (width + 1), 16], and one product does.
class StageProducts {
 public:
  explicit StageProducts(const ConvStage& stage);

  [[nodiscard]] std::size_t coarse_size() const { return n_cells_ * n_coarse_; }
  [[nodiscard]] std::size_t fine_size() const { return n_fine_rows_ * depth_; }

  /// Convolution: coarse from fine; the pixels of zeros become something else.
  void gather(const float* fine, const float* weight, float* coarse) const;
  /// Transposed convolution: fine from coarse; beyond the map it becomes something else.
  void spread(const float* coarse, const float* weight, float* fine) const;
  /// The weights' gradient from the map that went in and the gradient of the one that came out, either way round;
  /// `add`: to what is there.
  void correlate(const float* fine, const float* coarse, float* weight_gradient, bool add) const;

 private:
  std::size_t n_coarse_;
  std::size_t n_cells_;      // rows of the coarse form
  std::size_t n_fine_rows_;  // rows of the fine form
  std::size_t depth_;        // columns of the fine form
  std::vector<std::size_t> shifts_;
};

/// The fine form of a stage's spectrogram of one channel, [2 height, 2 width]. `padded` is room for one more pixel on
/// each side. Writes all of `patches` but the pixels of zeros, which must be zero.
void to_patches(const ConvStage& stage, const float* picture, std::vector<float>& padded, float* patches);

/// The reverse, as the transposed convolution wants it: `picture` becomes `bias` plus the sum of all that the patches
/// say about each pixel.
void from_patches(const ConvStage& stage, const float* patches, std::vector<float>& padded, float bias, float* picture);

/// For each pixel of a stage's fine map (not of one channel): calls `visit(c, f)` with where its n_fine values begin in
/// the coarse form, which the finer neighbour knows it by, and in the fine form.
template <class Visit>
void for_each_pixel(const ConvStage& stage, const Visit& visit) {
  const std::size_t n = stage.n_fine;
  for (std::size_t y = 0; y < 2 * stage.height; ++y) {
    const std::size_t coarse = y * (2 * stage.width + 1) * n;
    const std::size_t cell_row = (y + 1) / 2 * (stage.width + 1);
    const std::size_t sub_row = (y + 1) % 2 * 2;
    for (std::size_t x = 0; x < 2 * stage.width; ++x) {
      visit(coarse + x * n, ((cell_row + (x + 1) / 2) * 4 + sub_row + (x + 1) % 2) * n);
    }
  }
}

/// Adds the columns of a coarse form up: sum[c] += over its pixels.
void add_pixels(const ConvStage& stage, const float* coarse, float* sum);

}  // namespace songmap::model
