#include <algorithm>
#include <array>
#include <cmath>

#include "songmap/demo/styles.h"
#include "songmap/demo/theory.h"

namespace songmap::demo {
namespace {

using audio::Signal;
using audio::Waveform;

const std::vector<std::vector<int>> kProgressions = {
    {0, 3, 4, 0}, {0, 5, 3, 4}, {5, 3, 0, 4}, {0, 6, 5, 4}, {0, 2, 3, 4}};

/// The sound chip's volume has sixteen steps.
void quantise_volume(Signal& tone, double decay_s, int rate_hz) {
  for (std::size_t i = 0; i < tone.size(); ++i) {
    const double t = static_cast<double>(i) / rate_hz;
    tone[i] *= static_cast<float>(std::ceil(15 * std::exp(-t / decay_s)) / 15);
  }
}

/// White noise whose value is drawn `clock_hz` times a second and held.
Signal clocked_noise(double clock_hz, double length_s, int rate_hz, Random& random) {
  Signal out(audio::sample_count(length_s, rate_hz));
  double phase = 1;
  float held = 0;
  for (float& value : out) {
    if (phase >= 1) {
      phase -= 1;
      held = random.uniform() < 0.5 ? -1.0F : 1.0F;
    }
    value = held;
    phase += clock_hz / rate_hz;
  }
  return out;
}

}  // namespace

void play_chiptune(Studio& studio) {
  Random& random = studio.random();
  const int rate = studio.rate_hz();
  const Scale scale(57 + static_cast<double>(random.below(8)) - 3, random.uniform() < 0.5 ? kMajor : kDorian);
  const double beat_s = 60 / (150 * random.uniform(0.92, 1.08));
  const std::vector<int>& progression = choose(kProgressions, random);
  const double arpeggio_duty = random.uniform() < 0.5 ? 0.25 : 0.125;
  const double lead_duty = random.uniform() < 0.5 ? 0.5 : 0.25;
  const std::vector<std::array<int, 4>> shapes = {{0, 2, 4, 7}, {0, 4, 2, 7}, {7, 4, 2, 0}, {0, 7, 4, 2}};
  const std::array<int, 4> arpeggio = choose(shapes, random);
  const double snare_clock = random.uniform(6500, 9000);

  const auto n_bars = static_cast<std::size_t>(studio.length_s() / (4 * beat_s)) + 1;
  MelodyOptions tune{
      .roots = {},
      .rhythms = {{1, 0.5, 0.5, 1, 1}, {0.5, 0.5, 0.5, 0.5, 1, -1}, {1.5, 0.5, 1, 1}, {0.75, 0.75, 0.5, 2}},
      .beats_per_bar = 4,
      .low = 7,
      .high = 16};
  for (std::size_t bar = 0; bar < n_bars; ++bar) tune.roots.push_back(progression[bar % progression.size()]);

  for (std::size_t bar = 0; bar < n_bars; ++bar) {
    for (int sixteenth = 0; sixteenth < 16; ++sixteenth) {
      const double start_s = (static_cast<double>(bar) * 4 + sixteenth / 4.0) * beat_s;
      const int root = tune.roots[bar];
      Signal blip = audio::oscillator(
          Waveform::kPulse,
          studio.pitch(scale.hz(root + arpeggio[static_cast<std::size_t>(sixteenth) % 4]), 0.9 * beat_s / 4), rate, 0,
          arpeggio_duty);
      quantise_volume(blip, 0.12, rate);
      studio.add(blip, start_s, {.gain = 0.16, .pan = sixteenth % 2 == 0 ? -0.4 : 0.4, .send = 0.08});
      if (sixteenth % 2 == 0) {
        const int octave = sixteenth % 4 == 0 ? -14 : -7;
        Signal bass =
            audio::oscillator(Waveform::kTriangle, studio.pitch(scale.hz(root + octave), 0.85 * beat_s / 2), rate);
        audio::shape(bass, {.attack_s = 0.002, .decay_s = 1, .sustain = 1, .release_s = 0.01}, rate);
        studio.add(bass, start_s, {.gain = 0.3});
        Signal tick = clocked_noise(16'000, 0.03, rate, random);
        quantise_volume(tick, 0.012, rate);
        studio.add(tick, start_s, {.gain = 0.09});
      }
      if (sixteenth % 8 == 4) {
        Signal snare = clocked_noise(snare_clock, 0.14, rate, random);
        quantise_volume(snare, 0.05, rate);
        studio.add(snare, start_s, {.gain = 0.2});
      }
      if (sixteenth % 8 == 0) studio.add(audio::kick(260, 70, 0.12, rate), start_s, {.gain = 0.35});
    }
  }
  for (const Note& note : compose_melody(tune, random)) {
    const double length_s = 0.92 * note.length_beats * beat_s;
    Signal frequency = studio.pitch(scale.hz(note.degree), length_s);
    for (std::size_t i = 0; i < frequency.size(); ++i) {
      const double t = static_cast<double>(i) / rate;
      const double depth = t > 0.15 ? 0.012 : 0;
      frequency[i] *= static_cast<float>(1 + depth * std::sin(kTurn * 7 * t));
    }
    Signal lead = audio::oscillator(Waveform::kPulse, frequency, rate, 0, lead_duty);
    quantise_volume(lead, 0.6, rate);
    studio.add(lead, note.start_beats * beat_s, {.gain = 0.24, .send = 0.1});
    studio.add(lead, note.start_beats * beat_s + 0.75 * beat_s, {.gain = 0.07, .pan = 0.6});
  }
}

}  // namespace songmap::demo
