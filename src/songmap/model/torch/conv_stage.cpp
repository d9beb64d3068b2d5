#include "songmap/model/torch/conv_stage.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>

#include <algorithm>

namespace songmap::model {
namespace {

at::Tensor view(const float* values, std::size_t rows, std::size_t cols) {
  return at::from_blob(const_cast<float*>(values), {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(cols)});
}

at::Tensor transposed_view(const float* values, std::size_t rows, std::size_t cols) {
  const auto n = static_cast<std::int64_t>(rows);
  const auto m = static_cast<std::int64_t>(cols);
  return at::from_blob(const_cast<float*>(values), {m, n}, {1, m});
}

/// target = a b, or target += a b.
void multiply(at::Tensor target, const at::Tensor& a, const at::Tensor& b, bool add) {
  const at::AutoDispatchBelowAutograd direct;
  if (add) {
    at::addmm_out(target, target, a, b);
  } else {
    at::mm_out(target, a, b);
  }
}

constexpr std::size_t kPatch = 16;

}  // namespace

StageProducts::StageProducts(const ConvStage& stage)
    : n_coarse_(stage.n_coarse), n_cells_(stage.height * (stage.width + 1)) {
  const std::size_t row = stage.width + 1;
  if (stage.n_fine == 1) {
    n_fine_rows_ = n_cells_;
    depth_ = kPatch;
    shifts_ = {0};
  } else {
    n_fine_rows_ = n_cells_ + row + 1;
    depth_ = 4 * stage.n_fine;
    shifts_ = {0, 1, row, row + 1};
  }
}

void StageProducts::gather(const float* fine, const float* weight, float* coarse) const {
  for (std::size_t t = 0; t < shifts_.size(); ++t) {
    multiply(view(coarse, n_cells_, n_coarse_), view(fine + shifts_[t] * depth_, n_cells_, depth_),
             view(weight + t * depth_ * n_coarse_, depth_, n_coarse_), t > 0);
  }
}

void StageProducts::spread(const float* coarse, const float* weight, float* fine) const {
  std::fill(fine + n_cells_ * depth_, fine + fine_size(), 0.0F);  // what the first product leaves out
  for (std::size_t t = 0; t < shifts_.size(); ++t) {
    multiply(view(fine + shifts_[t] * depth_, n_cells_, depth_), view(coarse, n_cells_, n_coarse_),
             transposed_view(weight + t * depth_ * n_coarse_, depth_, n_coarse_), t > 0);
  }
}

void StageProducts::correlate(const float* fine, const float* coarse, float* weight_gradient, bool add) const {
  for (std::size_t t = 0; t < shifts_.size(); ++t) {
    multiply(view(weight_gradient + t * depth_ * n_coarse_, depth_, n_coarse_),
             transposed_view(fine + shifts_[t] * depth_, n_cells_, depth_), view(coarse, n_cells_, n_coarse_), add);
  }
}

void to_patches(const ConvStage& stage, const float* picture, std::vector<float>& padded, float* patches) {
  const std::size_t width = 2 * stage.width;
  const std::size_t padded_width = width + 2;
  padded.assign((2 * stage.height + 2) * padded_width, 0.0F);
  for (std::size_t y = 0; y < 2 * stage.height; ++y) {
    std::copy_n(picture + y * width, width, padded.data() + (y + 1) * padded_width + 1);
  }
  for (std::size_t y = 0; y < stage.height; ++y) {
    float* to = patches + y * (stage.width + 1) * kPatch;
    for (std::size_t x = 0; x < stage.width; ++x, to += kPatch) {
      const float* from = padded.data() + 2 * y * padded_width + 2 * x;
      for (std::size_t ky = 0; ky < 4; ++ky, from += padded_width) {
        float* half = to + ky / 2 * 8 + ky % 2 * 2;
        half[0] = from[0];
        half[1] = from[1];
        half[4] = from[2];
        half[5] = from[3];
      }
    }
  }
}

void from_patches(const ConvStage& stage, const float* patches, std::vector<float>& padded, float bias,
                  float* picture) {
  const std::size_t width = 2 * stage.width;
  const std::size_t padded_width = width + 2;
  padded.assign((2 * stage.height + 2) * padded_width, bias);
  for (std::size_t y = 0; y < stage.height; ++y) {
    const float* from = patches + y * (stage.width + 1) * kPatch;
    for (std::size_t x = 0; x < stage.width; ++x, from += kPatch) {
      float* to = padded.data() + 2 * y * padded_width + 2 * x;
      for (std::size_t ky = 0; ky < 4; ++ky, to += padded_width) {
        const float* half = from + ky / 2 * 8 + ky % 2 * 2;
        to[0] += half[0];
        to[1] += half[1];
        to[2] += half[4];
        to[3] += half[5];
      }
    }
  }
  for (std::size_t y = 0; y < 2 * stage.height; ++y) {
    std::copy_n(padded.data() + (y + 1) * padded_width + 1, width, picture + y * width);
  }
}

void add_pixels(const ConvStage& stage, const float* coarse, float* sum) {
  const std::size_t n = stage.n_coarse;
  std::vector<float> of_row(n);  // short sums first: more accurate
  for (std::size_t y = 0; y < stage.height; ++y) {
    std::ranges::fill(of_row, 0.0F);
    for (std::size_t x = 0; x <= stage.width; ++x, coarse += n) {
      for (std::size_t c = 0; c < n; ++c) of_row[c] += coarse[c];
    }
    for (std::size_t c = 0; c < n; ++c) sum[c] += of_row[c];
  }
}

}  // namespace songmap::model
