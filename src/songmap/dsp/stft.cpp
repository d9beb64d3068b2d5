#include "songmap/dsp/stft.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "songmap/core/error.h"

namespace songmap::dsp {
namespace {

const StftOptions& checked(const StftOptions& options) {
  require(options.n_fft >= 8 && options.n_fft % 8 == 0,
          fmt::format("n_fft must be a multiple of 8, not {}", options.n_fft));
  require(options.hop_samples >= 1 && options.hop_samples <= options.n_fft,
          fmt::format("hop_samples must lie in [1, n_fft], not be {}", options.hop_samples));
  return options;
}

}  // namespace

std::size_t frame_count(std::size_t n_samples, const StftOptions& options) {
  return 1 + n_samples / options.hop_samples;
}

FrameStream::FrameStream(const StftOptions& options)
    : options_(checked(options)),
      buffer_(options.n_fft + (kLanes - 1) * options.hop_samples),
      filled_(options.n_fft / 2) {}

std::size_t FrameStream::take(std::span<const float> samples) {
  const std::size_t count = std::min(samples.size(), buffer_.size() - filled_);
  std::copy_n(samples.begin(), count, buffer_.begin() + static_cast<std::ptrdiff_t>(filled_));
  filled_ += count;
  n_samples_ += count;
  return count;
}

void FrameStream::pad() {
  std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.end(), 0.0f);
  filled_ = buffer_.size();
}

FrameBlock FrameStream::block(std::size_t n_frames, std::size_t real_samples) const {
  // Sample i of the signal stands at i + n_fft / 2 of the padded signal, whose frame t begins at t * hop.
  const std::size_t start = first_frame_ * options_.hop_samples;
  const std::size_t lead = options_.n_fft / 2;
  const auto inside = [&](std::size_t padded) { return std::clamp(padded, start, start + buffer_.size()) - start; };
  return {first_frame_, n_frames, buffer_, inside(lead), inside(lead + real_samples)};
}

void FrameStream::advance() {
  const std::size_t step = kLanes * options_.hop_samples;
  // With a hop of n_fft or nearly so, a block may end before the next one begins only if hop > n_fft: excluded.
  const std::size_t kept = buffer_.size() - step;
  std::copy_n(buffer_.end() - static_cast<std::ptrdiff_t>(kept), kept, buffer_.begin());
  filled_ = kept;
  first_frame_ += kLanes;
}

Stft::Stft(const StftOptions& options) : options_(checked(options)), fft_(options.n_fft), window_(options.n_fft) {
  for (std::size_t i = 0; i < window_.size(); ++i) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(window_.size());
    window_[i] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
  }
}

void Stft::transform(const FrameBlock& block, SpectrumTile& tile) {
  tile.n_frames = block.n_frames;
  tile.power.resize(n_bins());
  tile.magnitude.resize(n_bins());
  for (std::size_t frame = 0; frame < block.n_frames; ++frame) {
    const float* samples = block.samples.data() + frame * options_.hop_samples;
    float* windowed = fft_.signal(frame).data();
    for (std::size_t i = 0; i < window_.size(); ++i) windowed[i] = samples[i] * window_[i];
  }
  fft_.power(block.n_frames, tile.power);
  square_roots(tile.power.data(), tile.power.size(), tile.magnitude.data());
}

Matrix power_spectrogram(std::span<const float> samples, const StftOptions& options) {
  require(!samples.empty(), "power_spectrogram: no samples");
  FrameStream stream(options);
  Stft stft(options);
  SpectrumTile tile;
  Matrix result(frame_count(samples.size(), options), stft.n_bins());
  const auto keep = [&](const FrameBlock& block) {
    stft.transform(block, tile);
    lanes_to_rows(tile.power.data(), tile.power.size(), block.n_frames, result.row(block.first_frame).data(),
                  result.cols());
  };
  stream.push(samples, keep);
  stream.finish(keep);
  return result;
}

}  // namespace songmap::dsp
