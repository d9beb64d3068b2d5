#include "songmap/dsp/rhythm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "songmap/core/error.h"
#include "songmap/dsp/lane_fft.h"

namespace songmap::dsp {
namespace {

constexpr std::size_t kRiseFrames = 3;
constexpr std::size_t kRiseBlock = 25;
constexpr std::size_t kRiseHop = 5;
constexpr std::array<std::size_t, DeltaSpectralPattern::kRanks> kRiseRanks = {12, 18, 24};
constexpr double kRiseQuantile = 0.9;

constexpr std::size_t kSwingBlock = 256;
constexpr std::size_t kSwingHop = 128;
constexpr double kSlowestHz = 0.4;
constexpr double kFastestHz = 12.5;

/// Quantile with linear interpolation between order statistics, as numpy's default. Reorders `values`.
float quantile(std::vector<float>& values, double q) {
  const double place = q * static_cast<double>(values.size() - 1);
  const auto lower = static_cast<std::size_t>(place);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(lower);
  std::nth_element(values.begin(), at, values.end());
  const double low = *at;
  if (lower + 1 == values.size()) return static_cast<float>(low);
  const double high = *std::min_element(at + 1, values.end());
  return static_cast<float>(low + (high - low) * (place - static_cast<double>(lower)));
}

std::vector<float> quantile_over_blocks(const std::vector<float>& blocks, std::size_t n_values, double q) {
  std::vector<float> result(n_values);
  std::vector<float> column(blocks.size() / n_values);
  if (column.empty()) return result;
  for (std::size_t v = 0; v < n_values; ++v) {
    for (std::size_t b = 0; b < column.size(); ++b) column[b] = blocks[b * n_values + v];
    result[v] = quantile(column, q);
  }
  return result;
}

/// Blocks of a signal of `n` frames: at least one, padded if need be.
std::size_t block_count(std::size_t n, std::size_t block, std::size_t hop) {
  return n <= block ? 1 : 1 + (n - block) / hop;
}

/// Sorts every column of [kRiseBlock, kBands] upwards by odd-even transposition: each exchange works on whole rows, so
/// that all bands are sorted at once without a branch.
void sort_columns(std::array<std::array<float, DeltaSpectralPattern::kBands>, kRiseBlock>& rows) {
  for (std::size_t pass = 0; pass < kRiseBlock; ++pass) {
    for (std::size_t i = pass % 2; i + 1 < kRiseBlock; i += 2) {
      for (std::size_t band = 0; band < DeltaSpectralPattern::kBands; ++band) {
        const float a = rows[i][band], b = rows[i + 1][band];
        rows[i][band] = b < a ? b : a;
        rows[i + 1][band] = b < a ? a : b;
      }
    }
  }
}

}  // namespace

void DeltaSpectralPattern::add(MatrixView levels_db) {
  require(levels_db.cols() == kBands, "DeltaSpectralPattern: 32 bands are expected");
  const std::size_t n_rises = levels_db.rows() > kRiseFrames ? levels_db.rows() - kRiseFrames : 0;
  std::array<std::array<float, kBands>, kRiseBlock> rises;
  for (std::size_t b = 0; b < block_count(n_rises, kRiseBlock, kRiseHop); ++b) {
    for (std::size_t i = 0; i < kRiseBlock; ++i) {
      const std::size_t t = b * kRiseHop + i;
      if (t >= n_rises) {
        rises[i].fill(0);
        continue;
      }
      const float* now = levels_db.row(t).data();
      const float* later = levels_db.row(t + kRiseFrames).data();
      for (std::size_t band = 0; band < kBands; ++band) rises[i][band] = std::max(later[band] - now[band], 0.0f);
    }
    sort_columns(rises);
    for (const std::size_t rank : kRiseRanks) blocks_.insert(blocks_.end(), rises[rank].begin(), rises[rank].end());
  }
}

std::vector<float> DeltaSpectralPattern::finish() const {
  return quantile_over_blocks(blocks_, kValues, kRiseQuantile);
}

void FluctuationPattern::add(MatrixView levels_db) {
  require(levels_db.cols() == kBands, "FluctuationPattern: 16 bands are expected");
  static_assert(kBands == kLanes);
  LaneFft fft(kSwingBlock);
  std::vector<Lanes> power(kSwingBlock / 2 + 1);
  std::array<float, kSwingBlock> window;
  for (std::size_t i = 0; i < kSwingBlock; ++i) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(kSwingBlock);
    window[i] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
  }
  for (std::size_t b = 0; b < block_count(levels_db.rows(), kSwingBlock, kSwingHop); ++b) {
    const std::size_t first = b * kSwingHop;
    const std::size_t n = std::min(kSwingBlock, levels_db.rows() - first);
    for (std::size_t band = 0; band < kBands; ++band) {
      const std::span<float> signal = fft.signal(band);
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += levels_db(first + i, band);
      const auto mean = static_cast<float>(sum / static_cast<double>(n));
      for (std::size_t i = 0; i < n; ++i) signal[i] = (levels_db(first + i, band) - mean) * window[i];
      std::fill(signal.begin() + static_cast<std::ptrdiff_t>(n), signal.end(), 0.0f);
    }
    fft.power(kBands, power);
    const std::size_t at = blocks_.size();
    blocks_.resize(at + kValues);
    for (std::size_t rate = 0; rate < kRates; ++rate) {
      const auto edge = [&](std::size_t i) {
        const double hz = kSlowestHz * std::pow(kFastestHz / kSlowestHz, static_cast<double>(i) / kRates);
        return static_cast<std::size_t>(std::ceil(hz * kSwingBlock / frames_per_s_));
      };
      Lanes total = {};
      for (std::size_t k = edge(rate); k < edge(rate + 1); ++k) total += square_root(power[k]);
      const auto count = static_cast<float>(edge(rate + 1) - edge(rate));
      for (std::size_t band = 0; band < kBands; ++band) blocks_[at + band * kRates + rate] = total[band] / count;
    }
  }
}

std::vector<float> FluctuationPattern::finish() const {
  std::vector<float> values = quantile_over_blocks(blocks_, kValues, 0.5);
  for (float& value : values) value = std::log1p(value);
  return values;
}

}  // namespace songmap::dsp
