#pragma once

#include <cstddef>
#include <span>

#include "songmap/audio/tone.h"
#include "songmap/core/matrix.h"
#include "songmap/core/random.h"

namespace songmap::demo {

/// Where a sound stands in the stereo picture.
struct Placement {
  double gain = 1;
  double pan = 0;   ///< -1 left … 1 right, equal power.
  double send = 0;  ///< Share that goes to the reverb.
};

/// A two-track tape with a reverb beside it, and the player's dice: what a style writes a track on.
class Studio {
 public:
  Studio(double length_s, int rate_hz, Random random);

  [[nodiscard]] int rate_hz() const { return rate_hz_; }
  [[nodiscard]] double length_s() const { return length_s_; }
  [[nodiscard]] Random& random() { return random_; }

  /// A steady pitch for the oscillators.
  [[nodiscard]] audio::Signal pitch(double frequency_hz, double length_s) const;

  /// Adds a mono sound; what lies before the start or behind the end of the tape is cut.
  void add(std::span<const float> sound, double start_s, const Placement& placement);

  /// The finished track `[frames, 2]`: dry and reverberated sound, soft-limited, faded out, its peak at `peak`.
  [[nodiscard]] Matrix master(const audio::ReverbOptions& reverb, double fade_out_s, double peak) const;

 private:
  double length_s_;
  int rate_hz_;
  Random random_;
  audio::Signal left_, right_, send_left_, send_right_;
};

}  // namespace songmap::demo
