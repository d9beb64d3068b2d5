#include "songmap/dsp/zero_crossings.h"

#include <algorithm>
#include <vector>

namespace songmap::dsp {
namespace {

constexpr float kZero = 1e-10f;

/// Samples of the block in [first, end) whose sign differs from the sample before.
std::int32_t crossings(const FrameBlock& block, std::size_t first, std::size_t end) {
  const float* samples = block.samples.data();
  first = std::max(first, block.real_begin + 1);
  end = std::min(end, block.real_end);
  std::int32_t sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t i = first; i < end; ++i) sum += (samples[i] < -kZero) != (samples[i - 1] < -kZero) ? 1 : 0;
  return sum;
}

}  // namespace

Lanes ZeroCrossings::rate(const FrameBlock& block) const {
  // Frames overlap: each stretch of one hop is counted once, what a frame has beyond whole hops apart.
  const std::size_t hop = options_.hop_samples;
  const std::size_t whole = options_.n_fft / hop;
  const std::size_t rest = options_.n_fft % hop;
  std::vector<std::int32_t> stretches(kLanes - 1 + whole);
  for (std::size_t i = 0; i < stretches.size(); ++i) stretches[i] = crossings(block, i * hop, (i + 1) * hop);
  Lanes rates = {};
  for (std::size_t frame = 0; frame < block.n_frames; ++frame) {
    const std::size_t first = frame * hop;
    std::int32_t sum = crossings(block, first + whole * hop, first + whole * hop + rest);
    for (std::size_t i = 0; i < whole; ++i) sum += stretches[frame + i];
    sum -= crossings(block, first, first + 1);  // the first sample of a frame has no sample before it
    rates[frame] = static_cast<float>(sum) / static_cast<float>(options_.n_fft);
  }
  return rates;
}

}  // namespace songmap::dsp
