#include "songmap/dsp/zero_crossings.h"

#include <algorithm>

namespace songmap::dsp {
namespace {

constexpr float kZero = 1e-10f;

std::int32_t count(const std::uint8_t* flags, std::size_t n) {
  std::int32_t sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t i = 0; i < n; ++i) sum += flags[i];
  return sum;
}

}  // namespace

ZeroCrossings::ZeroCrossings(const StftOptions& options)
    : options_(options), crosses_(options.n_fft + (kLanes - 1) * options.hop_samples) {}

Lanes ZeroCrossings::rate(const FrameBlock& block) {
  std::fill(crosses_.begin(), crosses_.end(), std::uint8_t{0});
  const float* samples = block.samples.data();
  for (std::size_t i = std::max<std::size_t>(block.real_begin + 1, 1); i < block.real_end; ++i) {
    crosses_[i] = (samples[i] < -kZero) != (samples[i - 1] < -kZero);
  }
  // Frames overlap: count each stretch of a hop once, and what a frame has beyond whole hops apart.
  const std::size_t hop = options_.hop_samples;
  const std::size_t whole = options_.n_fft / hop;
  const std::size_t rest = options_.n_fft % hop;
  stretches_.resize(kLanes - 1 + whole);
  for (std::size_t i = 0; i < stretches_.size(); ++i) stretches_[i] = count(crosses_.data() + i * hop, hop);
  Lanes rates = {};
  for (std::size_t frame = 0; frame < block.n_frames; ++frame) {
    std::int32_t crossings = count(crosses_.data() + (frame + whole) * hop, rest);
    for (std::size_t i = 0; i < whole; ++i) crossings += stretches_[frame + i];
    crossings -= crosses_[frame * hop];  // the first sample of a frame has no sample before it
    rates[frame] = static_cast<float>(crossings) / static_cast<float>(options_.n_fft);
  }
  return rates;
}

}  // namespace songmap::dsp
