#pragma once

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <span>
#include <string_view>

#include "songmap/audio/decode.h"
#include "songmap/core/error.h"
#include "songmap/core/execution.h"

/// The progress of an extraction, in seconds of audio.
namespace songmap::features {

/// Seconds of audio done by all threads together. Turns the first refusal of the receiver into Cancelled everywhere.
class AudioProgress {
 public:
  explicit AudioProgress(const Execution& run, std::string_view stage = "extract") : run_(run), stage_(stage) {}

  void expect(double seconds) {
    const std::lock_guard lock(mutex_);
    total_ += seconds;
  }
  void advance(double seconds) {
    const std::lock_guard lock(mutex_);
    if (cancelled_) throw Cancelled();
    done_ += seconds;
    try {
      run_.report({stage_, done_, std::max(done_, total_), "s of audio"});
    } catch (...) {
      cancelled_ = true;
      throw;
    }
  }

 private:
  const Execution& run_;
  std::string_view stage_;
  std::mutex mutex_;
  double done_ = 0;
  double total_ = 0;
  bool cancelled_ = false;
};

/// One track's share of the progress. What was expected and not used is made up for at the end, so that the sum is
/// right also for tracks that fail or end early.
class TrackProgress {
 public:
  TrackProgress(AudioProgress& all, double announced_s) : all_(all), announced_s_(announced_s) {}

  /// The share is known better now than when it was announced.
  void expect(double seconds) {
    all_.expect(seconds - announced_s_);
    announced_s_ = seconds;
  }
  void advance(double seconds) {
    seconds = std::min(seconds, announced_s_ - done_s_);
    done_s_ += seconds;
    all_.advance(seconds);
  }
  void finish() { advance(announced_s_ - done_s_); }

 private:
  AudioProgress& all_;
  double announced_s_;
  double done_s_ = 0;
};

/// Hands samples on and reports them in portions of about a second.
class CountingSink final : public audio::SampleSink {
 public:
  CountingSink(audio::SampleSink& next, int rate_hz, TrackProgress& progress)
      : next_(next), rate_hz_(rate_hz), progress_(progress) {}

  void begin_segment(double start_s) override { next_.begin_segment(start_s); }
  void samples(std::span<const float> mono) override {
    next_.samples(mono);
    waiting_ += mono.size();
    if (waiting_ < static_cast<std::size_t>(rate_hz_)) return;
    progress_.advance(static_cast<double>(waiting_) / rate_hz_);
    waiting_ = 0;
  }

 private:
  audio::SampleSink& next_;
  int rate_hz_;
  TrackProgress& progress_;
  std::size_t waiting_ = 0;
};

}  // namespace songmap::features
