#include "songmap/run/fusion.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "songmap/core/error.h"

namespace songmap::run {
namespace {

/// Mean and variance of each column over some rows.
struct Moments {
  std::vector<double> mean;
  std::vector<double> variance;
  [[nodiscard]] double total_variance() const {
    double sum = 0;
    for (const double value : variance) sum += value;
    return sum;
  }
};

Moments moments(MatrixView x, std::span<const std::size_t> rows) {
  Moments result{std::vector<double>(x.cols()), std::vector<double>(x.cols())};
  const double n = static_cast<double>(rows.size());
  for (const std::size_t row : rows) {
    for (std::size_t c = 0; c < x.cols(); ++c) result.mean[c] += x(row, c) / n;
  }
  for (const std::size_t row : rows) {
    for (std::size_t c = 0; c < x.cols(); ++c) {
      const double off = x(row, c) - result.mean[c];
      result.variance[c] += off * off / n;
    }
  }
  return result;
}

/// What each column is multiplied by after its mean is taken off. A column or block without variance becomes zeros.
std::vector<double> scales(const Moments& block, double weight, const std::string& kind) {
  std::vector<double> result(block.variance.size());
  const double total = block.total_variance();
  for (std::size_t c = 0; c < result.size(); ++c) {
    const double divisor = kind == "study" ? std::sqrt(block.variance[c]) : std::sqrt(total);
    const double numerator = kind == "study" ? 1.0 : std::sqrt(weight);
    result[c] = divisor > 0 ? numerator / divisor : 0.0;
  }
  return result;
}

double scaled_variance(const Moments& block, const std::vector<double>& scale) {
  double sum = 0;
  for (std::size_t c = 0; c < scale.size(); ++c) sum += block.variance[c] * scale[c] * scale[c];
  return sum;
}

}  // namespace

std::optional<Fused> fuse(MatrixView audio, MatrixView lyrics, std::span<const std::size_t> training,
                          const FusionOptions& options) {
  require(audio.rows() == lyrics.rows(), "audio and lyrics must have one row a track each");
  const auto has_both = [&](std::size_t row) { return !std::isnan(audio(row, 0)) && !std::isnan(lyrics(row, 0)); };
  std::vector<std::size_t> fitted_on;
  for (const std::size_t row : training) {
    if (has_both(row)) fitted_on.push_back(row);
  }
  if (fitted_on.size() < 2) return std::nullopt;
  const std::array<MatrixView, 2> blocks{audio, lyrics};
  const std::array<double, 2> weights{1 - options.lyrics_weight, options.lyrics_weight};
  std::array<Moments, 2> block_moments;
  std::array<std::vector<double>, 2> scale;
  std::array<double, 2> variance{};
  for (std::size_t b = 0; b < 2; ++b) {
    block_moments[b] = moments(blocks[b], fitted_on);
    scale[b] = scales(block_moments[b], weights[b], options.kind);
    variance[b] = scaled_variance(block_moments[b], scale[b]);
  }
  Fused fused{Matrix(audio.rows(), audio.cols() + lyrics.cols()), 0};
  const double total = variance[0] + variance[1];
  fused.audio_share = total > 0 ? variance[0] / total : 0;
  for (std::size_t row = 0; row < audio.rows(); ++row) {
    const bool missing = !has_both(row);
    std::size_t column = 0;
    for (std::size_t b = 0; b < 2; ++b) {
      for (std::size_t c = 0; c < blocks[b].cols(); ++c, ++column) {
        const double value = (blocks[b](row, c) - block_moments[b].mean[c]) * scale[b][c];
        fused.x(row, column) = missing ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(value);
      }
    }
  }
  return fused;
}

}  // namespace songmap::run
