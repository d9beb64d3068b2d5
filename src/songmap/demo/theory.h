#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "songmap/core/random.h"

/// The little harmony and melody writing that all styles share.
namespace songmap::demo {

inline constexpr double kTurn = 2 * std::numbers::pi;

/// Frequency of a MIDI note number; 69 is A4, 440 Hz.
[[nodiscard]] inline double pitch_hz(double midi) { return 440 * std::exp2((midi - 69) / 12); }

/// Notes of an octave in semitones above the tonic, rising. Degrees count scale notes from the tonic and go on below
/// and above the octave.
class Scale {
 public:
  Scale(double tonic_midi, std::vector<int> steps) : tonic_midi_(tonic_midi), steps_(std::move(steps)) {}

  [[nodiscard]] double midi(int degree) const;
  [[nodiscard]] double hz(int degree) const { return pitch_hz(midi(degree)); }

 private:
  double tonic_midi_;
  std::vector<int> steps_;
};

inline const std::vector<int> kMajor = {0, 2, 4, 5, 7, 9, 11};
inline const std::vector<int> kMinor = {0, 2, 3, 5, 7, 8, 10};
inline const std::vector<int> kDorian = {0, 2, 3, 5, 7, 9, 10};

/// The chord tone (root, third or fifth of the triad on `root`, in any octave) nearest to `degree`.
[[nodiscard]] int nearest_chord_tone(int root, int degree);

/// One note of a tune.
struct Note {
  double start_beats;
  double length_beats;
  int degree;
};

struct MelodyOptions {
  std::vector<int> roots;                    ///< Degree of the chord of each bar.
  std::vector<std::vector<double>> rhythms;  ///< Ways to fill a bar, in beats; a negative length is a rest.
  double beats_per_bar = 4;
  int low = 0;  ///< Range in degrees.
  int high = 9;
};

/// A tune in the form A A' B A: two motifs of one bar each, moved to the chord of the bar, whose stressed notes are
/// chord tones.
[[nodiscard]] std::vector<Note> compose_melody(const MelodyOptions& options, Random& random);

/// One of the items.
template <class T>
[[nodiscard]] const T& choose(const std::vector<T>& items, Random& random) {
  return items[random.below(items.size())];
}

}  // namespace songmap::demo
