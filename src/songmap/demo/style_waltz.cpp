#include <algorithm>
#include <array>

#include "songmap/demo/styles.h"
#include "songmap/demo/theory.h"

namespace songmap::demo {
namespace {

const std::vector<std::vector<int>> kProgressions = {{0, 4, 5, 2, 3, 0, 3, 4},
                                                     {0, 0, 3, 3, 4, 4, 0, 0},
                                                     {0, 5, 1, 4, 0, 5, 3, 4},
                                                     {0, 2, 5, 3, 1, 4, 0, 4},
                                                     {5, 3, 0, 4, 5, 3, 4, 0}};

class Strings {
 public:
  explicit Strings(Studio& studio)
      : studio_(studio), brightness_(studio.random().uniform(0.45, 0.6)), pick_(studio.random().uniform(0.15, 0.25)) {}

  void pluck(double midi, double start_s, double t60_s, double gain, double pan) {
    Random& random = studio_.random();
    const double length_s = std::min(t60_s, studio_.length_s() - start_s);
    if (length_s <= 0.01) return;
    const audio::Signal sound = audio::pluck({.frequency_hz = pitch_hz(midi) * random.uniform(0.9993, 1.0007),
                                              .t60_s = t60_s,
                                              .brightness = brightness_ + random.uniform(-0.05, 0.05),
                                              .pick_position = pick_},
                                             length_s, studio_.rate_hz(), random);
    studio_.add(sound, start_s, {.gain = gain * random.uniform(0.85, 1.1), .pan = pan, .send = 0.25});
  }

 private:
  Studio& studio_;
  double brightness_, pick_;
};

}  // namespace

void play_waltz(Studio& studio) {
  Random& random = studio.random();
  const Scale scale(48 + static_cast<double>(random.below(10)) - 3, random.uniform() < 0.6 ? kMajor : kMinor);
  const double beat_s = 60 / (138 * random.uniform(0.92, 1.08));
  const std::vector<int>& progression = choose(kProgressions, random);
  const bool tremolo = random.uniform() < 0.4;
  const double human_s = 0.008;
  Strings strings(studio);

  const auto n_bars = static_cast<std::size_t>(studio.length_s() / (3 * beat_s)) + 1;
  MelodyOptions tune{.roots = {},
                     .rhythms = {{1, 1, 1}, {2, 1}, {1.5, 0.5, 1}, {1, 0.5, 0.5, 1}, {0.5, 0.5, 0.5, 0.5, 1}, {3}},
                     .beats_per_bar = 3,
                     .low = 12,
                     .high = 21};
  for (std::size_t bar = 0; bar < n_bars; ++bar) tune.roots.push_back(progression[bar % progression.size()]);

  for (std::size_t bar = 0; bar < n_bars; ++bar) {
    const int root = tune.roots[bar];
    const double start_s = static_cast<double>(bar) * 3 * beat_s;
    const int bass = (bar % 2 == 1 ? root + 4 : root) - 7;
    strings.pluck(scale.midi(bass > -3 ? bass : bass + 7), start_s, 1.6, 0.55, -0.1);
    for (const int beat : {1, 2}) {
      double strum_s = 0;
      for (const int tone : {0, 2, 4}) {
        const int degree = nearest_chord_tone(root, 7 + tone);
        strings.pluck(scale.midi(degree), start_s + beat * beat_s + strum_s, 0.7, 0.24, 0.35);
        strum_s += random.uniform(0.008, 0.018);
      }
    }
  }
  for (const Note& note : compose_melody(tune, random)) {
    const double start_s = note.start_beats * beat_s + random.uniform(-human_s, human_s);
    const double midi = scale.midi(note.degree);
    if (tremolo && note.length_beats >= 1.5) {
      for (double at = 0; at < note.length_beats * beat_s - 0.05; at += beat_s / 4) {
        strings.pluck(midi, start_s + at, 0.8, 0.3, -0.35);
      }
    } else {
      strings.pluck(midi, start_s, 1.5, 0.45, -0.35);
    }
  }
}

}  // namespace songmap::demo
