#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "songmap/core/matrix.h"
#include "songmap/dsp/lane_fft.h"
#include "songmap/dsp/lanes.h"

namespace songmap::dsp {

/// librosa's defaults: periodic Hann window of n_fft, centred frames, zeros beyond the signal's ends.
struct StftOptions {
  std::size_t n_fft = 2048;       ///< A multiple of 8. Larger: finer in frequency, coarser in time.
  std::size_t hop_samples = 512;  ///< Between frames, 1 … n_fft.
};

/// Frames of a centred analysis of `n_samples`: 1 + n_samples / hop_samples.
[[nodiscard]] std::size_t frame_count(std::size_t n_samples, const StftOptions& options);

/// Up to kLanes consecutive frames, cut and not yet windowed.
struct FrameBlock {
  std::size_t first_frame = 0;
  std::size_t n_frames = 0;
  std::span<const float> samples;  ///< n_fft + (kLanes - 1) * hop_samples; frame i begins at i * hop_samples.
  std::size_t real_begin = 0;      ///< What lies outside [real_begin, real_end) are the zeros beyond the ends.
  std::size_t real_end = 0;
};

/// Cuts a stream of samples into centred frames, kLanes at a time. The blocks do not depend on how the samples are cut
/// into pushes. Copyable: a copy that is finished gives the frames that would follow if the signal ended here.
class FrameStream {
 public:
  explicit FrameStream(const StftOptions& options);

  /// Calls `receive(const FrameBlock&)` for each block that is complete.
  template <class Receive>
  void push(std::span<const float> samples, Receive&& receive) {
    while (!samples.empty()) {
      samples = samples.subspan(take(samples));
      if (full()) {
        receive(block(kLanes, n_samples_));
        advance();
      }
    }
  }
  /// The frames that are left, the end of the signal padded with zeros. The stream is used up.
  template <class Receive>
  void finish(Receive&& receive) {
    const std::size_t total = frame_count(n_samples_, options_);
    const std::size_t real_samples = n_samples_;
    while (first_frame_ < total) {
      pad();
      receive(block(std::min(kLanes, total - first_frame_), real_samples));
      advance();
    }
  }
  [[nodiscard]] std::size_t n_samples() const { return n_samples_; }

 private:
  std::size_t take(std::span<const float> samples);
  [[nodiscard]] bool full() const { return filled_ == buffer_.size(); }
  void pad();
  [[nodiscard]] FrameBlock block(std::size_t n_frames, std::size_t real_samples) const;
  void advance();

  StftOptions options_;
  std::vector<float> buffer_;
  std::size_t filled_;           // samples of buffer_ that are known, the zeros before the start included
  std::size_t first_frame_ = 0;  // of the block being filled
  std::size_t n_samples_ = 0;    // received
};

/// Spectra of up to kLanes frames, one a lane; lanes beyond n_frames are zero.
struct SpectrumTile {
  std::size_t n_frames = 0;
  std::vector<Lanes> power;      ///< [n_bins], |STFT|^2
  std::vector<Lanes> magnitude;  ///< [n_bins], |STFT|
};

/// Windows and transforms blocks of frames.
class Stft {
 public:
  /// @throws InvalidArgument  an option is outside its range.
  explicit Stft(const StftOptions& options);
  [[nodiscard]] std::size_t n_bins() const { return fft_.size() / 2 + 1; }
  void transform(const FrameBlock& block, SpectrumTile& tile);

 private:
  StftOptions options_;
  LaneFft fft_;
  std::vector<float> window_;
};

/// |STFT|^2 of a whole signal, `[n_frames, n_fft / 2 + 1]`.
/// @throws InvalidArgument  no samples, or an option outside its range.
[[nodiscard]] Matrix power_spectrogram(std::span<const float> samples, const StftOptions& options = {});

}  // namespace songmap::dsp
