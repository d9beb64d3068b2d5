#include <algorithm>
#include <array>

#include "songmap/demo/styles.h"
#include "songmap/demo/theory.h"

namespace songmap::demo {
namespace {

using audio::Signal;
using audio::Wavetable;

/// Drawbars of a flue rank, counted from the 16-foot pitch: 16', 8', 5 1/3', 4', 2 2/3', 2', 1 3/5', 1'.
Wavetable organ(Random& random) {
  constexpr std::array<std::size_t, 8> kHarmonics = {1, 2, 3, 4, 6, 8, 10, 16};
  constexpr std::array<double, 8> kLevels = {0.25, 1, 0.25, 0.7, 0.3, 0.45, 0.12, 0.22};
  std::array<float, 16> partials{};
  for (std::size_t i = 0; i < kHarmonics.size(); ++i) {
    partials[kHarmonics[i] - 1] = static_cast<float>(kLevels[i] * random.uniform(0.6, 1.3));
  }
  return Wavetable(partials);
}

class Organ {
 public:
  explicit Organ(Studio& studio)
      : studio_(studio),
        left_(organ(studio.random())),
        right_(organ(studio.random())),
        detune_(studio.random().uniform(1.0008, 1.0022)),
        reed_(studio.random().uniform(0, 0.3)) {}

  void note(double midi, double start_s, double length_s, double gain, double pan) {
    const double frequency = pitch_hz(midi);
    const audio::Envelope swell{.attack_s = 0.06, .decay_s = 0.3, .sustain = 0.92, .release_s = 0.12};
    for (const bool right : {false, true}) {
      Signal tone = (right ? right_ : left_)
                        .play(studio_.pitch(frequency / 2 * (right ? detune_ : 1), length_s + 0.1), studio_.rate_hz(),
                              studio_.random().uniform());
      audio::shape(tone, swell, studio_.rate_hz());
      studio_.add(tone, start_s,
                  {.gain = gain * 0.5, .pan = std::clamp(pan + (right ? 0.5 : -0.5), -1.0, 1.0), .send = 0.5});
    }
    Signal reed = audio::oscillator(audio::Waveform::kSaw, studio_.pitch(frequency, length_s + 0.1), studio_.rate_hz());
    audio::filter(reed, audio::lowpass(4 * frequency, 0.8, studio_.rate_hz()));
    audio::shape(reed, swell, studio_.rate_hz());
    studio_.add(reed, start_s, {.gain = gain * reed_, .pan = pan, .send = 0.5});
  }

 private:
  Studio& studio_;
  Wavetable left_, right_;
  double detune_;
  double reed_;  ///< Share of a trumpet rank.
};

const std::vector<std::vector<int>> kProgressions = {{0, 3, 4, 0, 5, 1, 4, 0},
                                                     {0, 4, 5, 2, 3, 0, 3, 4},
                                                     {0, 5, 3, 4, 2, 5, 1, 4},
                                                     {0, 2, 3, 1, 4, 5, 3, 4},
                                                     {5, 3, 0, 4, 5, 1, 4, 0}};

}  // namespace

void play_chorale(Studio& studio) {
  Random& random = studio.random();
  const Scale scale(48 + static_cast<double>(random.below(8)) - 2, random.uniform() < 0.7 ? kMajor : kMinor);
  const double beat_s = 60 / (76 * random.uniform(0.92, 1.08));
  const std::vector<int>& progression = choose(kProgressions, random);
  const double passing = random.uniform(0.2, 0.7);
  Organ player(studio);

  int soprano = 14 + static_cast<int>(random.below(3));
  int moves_up = random.uniform() < 0.5 ? 1 : -1;
  const auto n_chords = static_cast<std::size_t>(studio.length_s() / (2 * beat_s)) + 1;
  for (std::size_t chord = 0; chord < n_chords; ++chord) {
    const int root = progression[chord % progression.size()];
    const double start_s = static_cast<double>(chord) * 2 * beat_s;
    const double length_s = 2 * beat_s;
    soprano = nearest_chord_tone(root, soprano + moves_up);
    if (soprano > 17) moves_up = -1;
    if (soprano < 12) moves_up = 1;
    const int alto = nearest_chord_tone(root, soprano - 2);
    const int tenor = nearest_chord_tone(root, alto - 3);
    player.note(scale.midi(root > 3 ? root - 7 : root), start_s, length_s, 0.5, 0);
    player.note(scale.midi(tenor), start_s, length_s, 0.32, 0.3);
    player.note(scale.midi(alto), start_s, length_s, 0.3, -0.3);
    if (random.uniform() < passing) {
      player.note(scale.midi(soprano), start_s, beat_s, 0.42, 0);
      player.note(scale.midi(soprano + moves_up), start_s + beat_s, beat_s, 0.4, 0);
    } else {
      player.note(scale.midi(soprano), start_s, length_s, 0.42, 0);
    }
  }
}

}  // namespace songmap::demo
