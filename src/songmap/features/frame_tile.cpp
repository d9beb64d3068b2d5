#include "songmap/features/frame_tile.h"

#include "songmap/dsp/mfcc.h"

namespace songmap::features {
namespace {

template <std::size_t N>
void mel_levels(std::span<const dsp::Lanes> power, std::array<dsp::Lanes, N>& levels) {
  static const dsp::MelBank bank({kRate_hz, kFrames.n_fft, N});
  bank.apply(power, levels);
  for (dsp::Lanes& level : levels) level = dsp::decibels(level, dsp::kPowerFloor);
}

}  // namespace

FrameDescriber::FrameDescriber(FrameNeeds needs)
    : needs_(needs), stft_(kFrames), zero_crossings_(kFrames), contrast_(kRate_hz, kFrames.n_fft) {}

const FrameTile& FrameDescriber::describe(const dsp::FrameBlock& block) {
  stft_.transform(block, spectrum_);
  tile_.n_frames = block.n_frames;
  if (needs_.fine_mel) mel_levels(spectrum_.power, tile_.fine_mel_db);
  if (needs_.coarse_mel) mel_levels(spectrum_.power, tile_.coarse_mel_db);
  if (needs_.shape) tile_.zero_crossing_rate = zero_crossings_.rate(block);
  if (needs_.timbre) {
    tile_.shape = dsp::spectral_shape(spectrum_.magnitude, kRate_hz);
    tile_.flatness_db = dsp::flatness_db(spectrum_.power);
    tile_.rms = dsp::root_mean_square(spectrum_.power);
    tile_.contrast = contrast_.levels(spectrum_.magnitude);
  } else if (needs_.shape) {
    tile_.shape = dsp::spectral_shape_without_bandwidth(spectrum_.magnitude, kRate_hz);
  }
  return tile_;
}

}  // namespace songmap::features
