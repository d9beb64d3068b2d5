#include "songmap/audio/ffmpeg/mono.h"

#include <bit>
#include <cstdint>

namespace songmap::audio::ffmpeg {
namespace {

// A sample in units of its full scale. The factors are powers of two, so each sample is rounded once.
float unit(std::uint8_t sample) { return (static_cast<float>(sample) - 128.0F) * 0x1p-7F; }
float unit(std::int16_t sample) { return static_cast<float>(sample) * 0x1p-15F; }
float unit(std::int32_t sample) { return static_cast<float>(sample) * 0x1p-31F; }
float unit(std::int64_t sample) { return static_cast<float>(sample) * 0x1p-63F; }
float unit(float sample) { return sample; }
float unit(double sample) { return static_cast<float>(sample); }

// Sums run in the channels' order and are divided at the end, as numpy.mean over channels does.
template <typename T>
void mix_interleaved(const T* in, int n, int channels, float* out) {
  if (channels == 1) {
    for (int i = 0; i < n; ++i) out[i] = unit(in[i]);
  } else if (channels == 2) {
    for (int i = 0; i < n; ++i) out[i] = (unit(in[2 * i]) + unit(in[2 * i + 1])) * 0.5F;
  } else {
    for (int i = 0; i < n; ++i, in += channels) {
      float sum = unit(in[0]);
      for (int c = 1; c < channels; ++c) sum += unit(in[c]);
      out[i] = sum / static_cast<float>(channels);
    }
  }
}

template <typename T>
void mix_planar(const std::uint8_t* const* planes, int n, int channels, float* __restrict out) {
  const auto plane = [planes](int c) { return reinterpret_cast<const T*>(planes[c]); };
  if (channels == 2) {
    const T* left = plane(0);
    const T* right = plane(1);
    for (int i = 0; i < n; ++i) out[i] = (unit(left[i]) + unit(right[i])) * 0.5F;
    return;
  }
  for (int i = 0; i < n; ++i) out[i] = unit(plane(0)[i]);
  if (channels == 1) return;
  for (int c = 1; c < channels; ++c) {
    const T* in = plane(c);
    for (int i = 0; i < n; ++i) out[i] += unit(in[i]);
  }
  for (int i = 0; i < n; ++i) out[i] /= static_cast<float>(channels);
}

template <typename T>
void mix(const AVFrame& frame, bool planar, float* out) {
  if (planar) {
    mix_planar<T>(frame.extended_data, frame.nb_samples, frame.ch_layout.nb_channels, out);
  } else {
    const auto* in = reinterpret_cast<const T*>(frame.extended_data[0]);
    mix_interleaved(in, frame.nb_samples, frame.ch_layout.nb_channels, out);
  }
}

}  // namespace

bool mix_to_mono(const AVFrame& frame, float* out) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  switch (av_get_packed_sample_fmt(format)) {
    case AV_SAMPLE_FMT_U8:
      mix<std::uint8_t>(frame, planar, out);
      return true;
    case AV_SAMPLE_FMT_S16:
      mix<std::int16_t>(frame, planar, out);
      return true;
    case AV_SAMPLE_FMT_S32:
      mix<std::int32_t>(frame, planar, out);
      return true;
    case AV_SAMPLE_FMT_S64:
      mix<std::int64_t>(frame, planar, out);
      return true;
    case AV_SAMPLE_FMT_FLT:
      mix<float>(frame, planar, out);
      return true;
    case AV_SAMPLE_FMT_DBL:
      mix<double>(frame, planar, out);
      return true;
    default:
      return false;
  }
}

bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t kExponent = 0x7f800000;
  std::uint32_t bad = 0;
  for (const float value : values) {
    bad |= static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent);
  }
  return bad == 0;
}

}  // namespace songmap::audio::ffmpeg
