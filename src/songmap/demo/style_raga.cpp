#include <algorithm>
#include <cmath>

#include "songmap/demo/styles.h"
#include "songmap/demo/theory.h"

namespace songmap::demo {
namespace {

using audio::Signal;

/// Kafi, Yaman, Bhairav, Bhairavi, Bhupali, Malkauns.
const std::vector<std::vector<int>> kRagas = {{0, 2, 3, 5, 7, 9, 10}, {0, 2, 4, 6, 7, 9, 11}, {0, 1, 4, 5, 7, 8, 11},
                                              {0, 1, 3, 5, 7, 8, 10}, {0, 2, 4, 7, 9},        {0, 3, 5, 8, 10}};

/// Four strings, one after the other, on and on: fifth (or fourth), tonic, tonic, low tonic.
void play_tanpura(Studio& studio, double tonic_midi, bool has_fifth) {
  Random& random = studio.random();
  const double stroke_s = random.uniform(0.75, 0.95);
  const double brightness = random.uniform(0.75, 0.9);
  const std::array<double, 4> strings = {tonic_midi - (has_fifth ? 5.0 : 7.0), tonic_midi, tonic_midi, tonic_midi - 12};
  std::size_t string = random.below(4);
  for (double at = -4 * stroke_s; at < studio.length_s(); at += stroke_s * random.uniform(0.97, 1.03)) {
    const Signal sound = audio::pluck({.frequency_hz = pitch_hz(strings[string]) * random.uniform(0.9995, 1.0005),
                                       .t60_s = 7,
                                       .brightness = brightness,
                                       .pick_position = 0.09},
                                      5, studio.rate_hz(), random);
    const double pan = 0.5 * (static_cast<double>(string) / 1.5 - 1);
    studio.add(sound, at, {.gain = 0.24, .pan = pan, .send = 0.4});
    string = (string + 1) % strings.size();
  }
}

/// A phrase as curves over time: where the pitch wants to be, and how strongly the player blows.
struct Phrase {
  Signal target_midi;
  Signal breath;
};

class Flute {
 public:
  explicit Flute(Studio& studio)
      : studio_(studio),
        wave_(partials(studio.random())),
        vibrato_hz_(studio.random().uniform(4.6, 5.6)),
        glide_s_(studio.random().uniform(0.035, 0.07)),
        air_(studio.random().uniform(0.05, 0.11)) {}

  void play(const Phrase& phrase, double start_s) {
    const int rate = studio_.rate_hz();
    const std::size_t n = phrase.target_midi.size();
    const double glide = 1 - std::exp(-1 / (glide_s_ * rate));
    Signal frequency(n);
    double midi = phrase.target_midi[0] - 0.7;  // the first note is reached from below
    double settled_s = 0;
    double turns = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double distance = phrase.target_midi[i] - midi;
      midi += glide * distance;
      settled_s = std::abs(distance) > 0.3 ? 0 : settled_s + 1.0 / rate;
      // Vibrato sets in once a note is held.
      const double depth = 0.22 * std::clamp((settled_s - 0.35) / 0.5, 0.0, 1.0);
      turns += vibrato_hz_ / rate;
      frequency[i] = static_cast<float>(pitch_hz(midi + depth * std::sin(kTurn * turns)));
    }
    Signal tone = wave_.play(frequency, rate, studio_.random().uniform());
    Signal air = audio::white_noise(static_cast<double>(n) / rate, rate, studio_.random());
    air.resize(n);
    audio::filter(air, audio::bandpass(2.2 * frequency[n / 2], 1.2, rate));
    for (std::size_t i = 0; i < n; ++i) {
      tone[i] = phrase.breath[i] * (tone[i] + static_cast<float>(air_) * air[i]);
    }
    studio_.add(tone, start_s, {.gain = 0.4, .pan = 0.1, .send = 0.55});
  }

 private:
  static audio::Wavetable partials(Random& random) {
    const std::array<float, 6> levels = {1,
                                         static_cast<float>(random.uniform(0.3, 0.55)),
                                         static_cast<float>(random.uniform(0.1, 0.22)),
                                         static_cast<float>(random.uniform(0.04, 0.1)),
                                         0.03F,
                                         0.015F};
    return audio::Wavetable(levels);
  }

  Studio& studio_;
  audio::Wavetable wave_;
  double vibrato_hz_, glide_s_, air_;
};

/// Steps up or down the raga, and a long last note; sometimes a fast turn before it.
Phrase write_phrase(const Scale& raga, int& degree, int size, double pace, int rate, Random& random) {
  Phrase phrase;
  const std::size_t n_notes = 3 + random.below(4);
  const int direction = degree > size ? -1 : degree < 2 ? 1 : random.uniform() < 0.5 ? 1 : -1;
  for (std::size_t i = 0; i < n_notes; ++i) {
    const bool last = i + 1 == n_notes;
    const double length_s = pace * (last ? random.uniform(1.5, 2.4) : random.uniform(0.22, 0.7));
    if (i > 0) degree += random.uniform() < 0.75 ? direction : -direction;
    degree = std::clamp(degree, -2, size + 3);
    if (last && random.uniform() < 0.5) degree = random.uniform() < 0.6 ? 0 : size;
    phrase.target_midi.resize(phrase.target_midi.size() + audio::sample_count(length_s, rate),
                              static_cast<float>(raga.midi(degree)));
  }
  phrase.breath.assign(phrase.target_midi.size(), 1.0F);
  audio::shape(phrase.breath, {.attack_s = 0.12, .decay_s = 1.5, .sustain = 0.75, .release_s = 0.35}, rate);
  return phrase;
}

}  // namespace

void play_raga(Studio& studio) {
  Random& random = studio.random();
  const double tonic = 48 + static_cast<double>(random.below(6)) + random.uniform(-0.3, 0.3);
  const std::vector<int>& steps = choose(kRagas, random);
  play_tanpura(studio, tonic, std::ranges::find(steps, 7) != steps.end());

  const Scale raga(tonic + 12, steps);
  const double pace = random.uniform(0.92, 1.08);
  Flute flute(studio);
  int degree = static_cast<int>(random.below(3));
  double at = random.uniform(0.2, 1.0);
  while (at < studio.length_s() - 0.5) {
    const Phrase phrase = write_phrase(raga, degree, static_cast<int>(steps.size()), pace, studio.rate_hz(), random);
    flute.play(phrase, at);
    at += static_cast<double>(phrase.breath.size()) / studio.rate_hz() + random.uniform(0.25, 0.7);
  }
}

}  // namespace songmap::demo
