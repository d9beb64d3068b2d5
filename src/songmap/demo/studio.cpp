#include "songmap/demo/studio.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace songmap::demo {

Studio::Studio(double length_s, int rate_hz, Random random)
    : length_s_(length_s),
      rate_hz_(rate_hz),
      random_(random),
      left_(audio::sample_count(length_s, rate_hz)),
      right_(left_.size()),
      send_left_(left_.size()),
      send_right_(left_.size()) {}

audio::Signal Studio::pitch(double frequency_hz, double length_s) const {
  return audio::Signal(audio::sample_count(length_s, rate_hz_), static_cast<float>(frequency_hz));
}

void Studio::add(std::span<const float> sound, double start_s, const Placement& placement) {
  const auto start = static_cast<std::ptrdiff_t>(std::llround(start_s * rate_hz_));
  const auto first = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, -start));
  const auto offset = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, start));
  if (first >= sound.size() || offset >= left_.size()) return;
  const std::size_t count = std::min(sound.size() - first, left_.size() - offset);
  const double angle = (placement.pan + 1) * std::numbers::pi / 4;
  const auto left_gain = static_cast<float>(placement.gain * std::cos(angle));
  const auto right_gain = static_cast<float>(placement.gain * std::sin(angle));
  const auto send = static_cast<float>(placement.send);
  for (std::size_t i = 0; i < count; ++i) {
    const float left = left_gain * sound[first + i];
    const float right = right_gain * sound[first + i];
    left_[offset + i] += left;
    right_[offset + i] += right;
    send_left_[offset + i] += send * left;
    send_right_[offset + i] += send * right;
  }
}

Matrix Studio::master(const audio::ReverbOptions& reverb, double fade_out_s, double peak) const {
  audio::Signal left = send_left_;
  audio::Signal right = send_right_;
  audio::reverberate(left, right, reverb, rate_hz_);
  const std::size_t frames = left.size();
  for (std::size_t i = 0; i < frames; ++i) {
    left[i] += left_[i];
    right[i] += right_[i];
  }
  // Unequal pulses have a mean, which no loudspeaker plays.
  for (audio::Signal* side : {&left, &right}) audio::filter(*side, audio::highpass(25, 0.707, rate_hz_));
  float loudest = 1e-9F;
  for (std::size_t i = 0; i < frames; ++i) {
    loudest = std::max({loudest, std::abs(left[i]), std::abs(right[i])});
  }
  // tanh bends the highest peaks only, and keeps the track a little louder for the same peak.
  constexpr float kDrive = 0.8F;
  const float drive = kDrive / loudest;
  const auto gain = static_cast<float>(peak / std::tanh(kDrive));
  const double fade_frames = fade_out_s * rate_hz_;
  Matrix track(frames, 2);
  for (std::size_t i = 0; i < frames; ++i) {
    const auto fade = static_cast<float>(std::min(1.0, static_cast<double>(frames - 1 - i) / fade_frames));
    track(i, 0) = gain * fade * std::tanh(drive * left[i]);
    track(i, 1) = gain * fade * std::tanh(drive * right[i]);
  }
  return track;
}

}  // namespace songmap::demo
