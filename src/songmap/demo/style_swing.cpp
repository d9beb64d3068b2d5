#include <algorithm>
#include <array>
#include <cmath>

#include "songmap/demo/styles.h"
#include "songmap/demo/theory.h"

namespace songmap::demo {
namespace {

using audio::Signal;

/// Roots of a bar each: two-five-ones and turnarounds.
const std::vector<std::vector<int>> kProgressions = {
    {1, 4, 0, 5}, {0, 5, 1, 4}, {0, 3, 2, 5, 1, 4, 0, 4}, {2, 5, 1, 4}};

/// The off-beat of a triplet feel lies at two thirds of the beat.
constexpr double kSwung = 2.0 / 3.0;

void add_bass(Studio& studio, double midi, double start_s, double length_s) {
  Random& random = studio.random();
  Signal string =
      audio::pluck({.frequency_hz = pitch_hz(midi), .t60_s = 1.6, .brightness = 0.22, .pick_position = 0.35},
                   length_s + 0.05, studio.rate_hz(), random);
  audio::filter(string, audio::lowpass(900, 0.7, studio.rate_hz()));
  audio::shape(string, {.attack_s = 0.004, .decay_s = 1, .sustain = 0.9, .release_s = 0.05}, studio.rate_hz());
  studio.add(string, start_s, {.gain = 0.85 * random.uniform(0.9, 1.1), .pan = -0.1, .send = 0.1});
}

class Vibraphone {
 public:
  explicit Vibraphone(Studio& studio)
      : studio_(studio),
        wave_(std::array<float, 4>{1, 0.02F, 0, 0.22F}),
        motor_hz_(studio.random().uniform(4.5, 6.5)) {}

  void note(double midi, double start_s, double length_s, double gain) {
    const int rate = studio_.rate_hz();
    Signal bar = wave_.play(studio_.pitch(pitch_hz(midi), length_s + 0.4), rate);
    audio::decay(bar, 2.2, rate);
    audio::shape(bar, {.attack_s = 0.002, .decay_s = 0.1, .sustain = 1, .release_s = 0.3}, rate);
    for (std::size_t i = 0; i < bar.size(); ++i) {
      const double t = start_s + static_cast<double>(i) / rate;
      bar[i] *= static_cast<float>(1 + 0.25 * std::sin(kTurn * motor_hz_ * t));
    }
    studio_.add(bar, start_s, {.gain = gain, .pan = 0.35, .send = 0.35});
  }

 private:
  Studio& studio_;
  audio::Wavetable wave_;
  double motor_hz_;
};

/// Ride: one, two-and, three, four-and, with small accents; foot hat on two and four; a brush stirs the snare.
void play_drums(Studio& studio, double beat_s) {
  Random& random = studio.random();
  const int rate = studio.rate_hz();
  const Signal ride = audio::cymbal(random.uniform(4500, 6500), random.uniform(0.5, 0.8), rate, random);
  const Signal foot = audio::noise_hit(7000, 1.2, 0.06, rate, random);
  const Signal tap = audio::noise_hit(random.uniform(2200, 3200), 0.6, 0.12, rate, random);
  const double ghost = random.uniform(0.1, 0.4);
  const auto n_beats = static_cast<std::size_t>(studio.length_s() / beat_s) + 1;
  for (std::size_t beat = 0; beat < n_beats; ++beat) {
    const double start_s = static_cast<double>(beat) * beat_s + random.uniform(-0.004, 0.004);
    const bool back = beat % 2 == 1;
    studio.add(ride, start_s, {.gain = back ? 0.17 : 0.13, .pan = 0.4, .send = 0.1});
    if (back) {
      studio.add(ride, start_s + kSwung * beat_s, {.gain = 0.1, .pan = 0.4, .send = 0.1});
      studio.add(foot, start_s, {.gain = 0.22, .pan = -0.4});
    }
    if (random.uniform() < ghost) studio.add(tap, start_s + kSwung * beat_s, {.gain = 0.14, .send = 0.2});
    Signal stir = audio::white_noise(beat_s, rate, random);
    audio::filter(stir, audio::bandpass(3500, 0.5, rate));
    audio::shape(stir, {.attack_s = 0.35 * beat_s, .decay_s = 0.3, .sustain = 0.6, .release_s = 0.5 * beat_s}, rate);
    studio.add(stir, start_s, {.gain = back ? 0.07 : 0.04, .pan = -0.2, .send = 0.1});
  }
}

void play_bass(Studio& studio, const Scale& scale, const std::vector<int>& roots, double beat_s) {
  Random& random = studio.random();
  for (std::size_t bar = 0; bar < roots.size(); ++bar) {
    const int root = roots[bar] > 2 ? roots[bar] - 7 : roots[bar];
    const int next = roots[(bar + 1) % roots.size()];
    const double next_midi = scale.midi(next > 2 ? next - 7 : next);
    const bool down = random.uniform() < 0.5;
    // Root, third, fifth (or octave and fifth), then a semitone beside the next root.
    const std::array<double, 4> line = {scale.midi(root), scale.midi(down ? root + 7 : root + 2), scale.midi(root + 4),
                                        next_midi + (random.uniform() < 0.5 ? 1 : -1)};
    for (std::size_t beat = 0; beat < 4; ++beat) {
      add_bass(studio, line[beat], (static_cast<double>(bar) * 4 + static_cast<double>(beat)) * beat_s, beat_s);
    }
  }
}

}  // namespace

void play_swing(Studio& studio) {
  Random& random = studio.random();
  const double tonic = 36 + static_cast<double>(random.below(8));
  const double beat_s = 60 / (152 * random.uniform(0.92, 1.08));
  const std::vector<int>& progression = choose(kProgressions, random);
  const auto n_bars = static_cast<std::size_t>(studio.length_s() / (4 * beat_s)) + 1;
  std::vector<int> roots;
  for (std::size_t bar = 0; bar < n_bars; ++bar) roots.push_back(progression[bar % progression.size()]);
  play_drums(studio, beat_s);
  play_bass(studio, Scale(tonic, kMajor), roots, beat_s);

  const Scale upper(tonic + 24, kMajor);
  Vibraphone vibraphone(studio);
  const double comping = random.uniform(0.3, 0.7);
  for (std::size_t bar = 0; bar < n_bars; ++bar) {
    for (const double beat : {kSwung, 1 + kSwung, 3.0}) {
      if (random.uniform() >= comping) continue;
      for (const int tone : {2, 6, 8}) {  // third, seventh, ninth
        const int degree = roots[bar] + tone;
        vibraphone.note(upper.midi(degree > 9 ? degree - 7 : degree), (static_cast<double>(bar) * 4 + beat) * beat_s,
                        0.25, 0.09);
      }
    }
  }
  const double long_part = kSwung;
  const double short_part = 1 - kSwung;
  const MelodyOptions tune{.roots = roots,
                           .rhythms = {{long_part, short_part, long_part, short_part, 1, -1},
                                       {-long_part, short_part, 1, long_part, short_part, 1},
                                       {1, long_part, short_part, -1, long_part, short_part},
                                       {-1, long_part, short_part, 2}},
                           .beats_per_bar = 4,
                           .low = 3,
                           .high = 12};
  for (const Note& note : compose_melody(tune, random)) {
    vibraphone.note(upper.midi(note.degree), note.start_beats * beat_s, note.length_beats * beat_s, 0.3);
  }
}

}  // namespace songmap::demo
