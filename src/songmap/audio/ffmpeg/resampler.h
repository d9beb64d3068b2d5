#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "songmap/audio/decode.h"

struct soxr;

namespace songmap::audio::ffmpeg {

/// Mono samples at one rate into `sink` at another: soxr's HQ recipe, streamed. n samples in all come out as
/// ceil(n * to / from), as in librosa.resample. Equal rates pass through untouched.
class Resampler {
 public:
  Resampler(int from_hz, int to_hz, SampleSink& sink);
  ~Resampler();
  Resampler(const Resampler&) = delete;
  Resampler& operator=(const Resampler&) = delete;

  void push(std::span<const float> mono);
  /// The end of the input: gives out what is still inside. The object takes no more samples.
  void finish();

  [[nodiscard]] int from_hz() const { return from_hz_; }
  /// Samples given to the sink.
  [[nodiscard]] std::int64_t written() const { return written_; }

 private:
  void emit(std::span<const float> out);

  int from_hz_;
  int to_hz_;
  SampleSink& sink_;
  struct Free {
    void operator()(soxr* resampler) const;
  };
  std::unique_ptr<soxr, Free> soxr_;
  std::vector<float> out_;
  std::int64_t read_ = 0;
  std::int64_t written_ = 0;
};

}  // namespace songmap::audio::ffmpeg
