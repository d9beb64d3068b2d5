#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "songmap/demo/styles.h"
#include "songmap/demo/theory.h"

namespace songmap::demo {
namespace {

using audio::Signal;
using audio::Waveform;

const std::vector<std::vector<int>> kProgressions = {
    {0, 5, 2, 6}, {0, 3, 5, 6}, {5, 6, 0, 0}, {0, 2, 6, 3}, {0, 6, 5, 6}};

/// The level of what the bass drum pushes away: low on the beat, back after two thirds of it.
void pump(std::span<float> sound, double start_s, double beat_s, int rate_hz) {
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const double beats = (start_s + static_cast<double>(i) / rate_hz) / beat_s;
    const double since = beats - std::floor(beats);
    sound[i] *= static_cast<float>(std::min(1.0, 0.12 + 1.3 * since));
  }
}

/// Detuned saw-tooth oscillators on one note, spread from left to right.
void add_supersaw(Studio& studio, double midi, double start_s, double length_s, double cutoff_hz, double beat_s) {
  constexpr std::array<double, 6> kDetunes = {-0.14, 0.07, -0.02, 0.02, -0.06, 0.13};
  const int rate = studio.rate_hz();
  for (const std::size_t side : {0U, 1U}) {
    Signal saws(audio::sample_count(length_s, rate));
    for (std::size_t i = 0; i < 3; ++i) {
      const Signal saw =
          audio::oscillator(Waveform::kSaw, studio.pitch(pitch_hz(midi + kDetunes[3 * side + i]), length_s), rate,
                            studio.random().uniform());
      for (std::size_t k = 0; k < saws.size(); ++k) saws[k] += saw[k];
    }
    audio::filter(saws, audio::lowpass(cutoff_hz, 0.9, rate));
    audio::shape(saws, {.attack_s = 0.01, .decay_s = 1, .sustain = 0.9, .release_s = 0.03}, rate);
    pump(saws, start_s, beat_s, rate);
    studio.add(saws, start_s, {.gain = 0.045, .pan = side == 0 ? -0.6 : 0.6, .send = 0.25});
  }
}

struct Kit {
  Signal kick, clap, closed_hat, open_hat;
};

Kit build_kit(Studio& studio) {
  Random& random = studio.random();
  const int rate = studio.rate_hz();
  Kit kit{.kick = audio::kick(random.uniform(160, 220), random.uniform(44, 54), 0.35, rate),
          .clap = audio::noise_hit(random.uniform(1400, 1900), 0.9, 0.28, rate, random),
          .closed_hat = audio::noise_hit(9500, 0.8, 0.07, rate, random),
          .open_hat = audio::noise_hit(8500, 0.7, 0.3, rate, random)};
  // A clap is several hands: the first few milliseconds are struck again and again.
  for (const double delay_s : {0.011, 0.023}) {
    const std::size_t delay = audio::sample_count(delay_s, rate);
    for (std::size_t i = kit.clap.size() - 1; i >= delay; --i) kit.clap[i] += 0.6F * kit.clap[i - delay];
  }
  return kit;
}

}  // namespace

void play_dance(Studio& studio) {
  Random& random = studio.random();
  const int rate = studio.rate_hz();
  const Scale scale(45 + static_cast<double>(random.below(8)) - 3, kMinor);
  const double beat_s = 60 / (126 * random.uniform(0.92, 1.08));
  const std::vector<int>& progression = choose(kProgressions, random);
  const Kit kit = build_kit(studio);
  const double cutoff = random.uniform(2600, 5000);
  const double sixteenths = random.uniform(0.3, 0.8);
  const std::vector<std::array<bool, 4>> bass_patterns = {
      {false, false, true, false}, {false, true, true, true}, {false, false, true, true}, {false, true, false, true}};
  const std::array<bool, 4> bass_pattern = choose(bass_patterns, random);
  const std::vector<std::array<int, 8>> riffs = {
      {0, 4, 7, 4, 9, 7, 4, 2}, {7, 0, 4, 7, 0, 4, 9, 7}, {0, 2, 4, 7, 4, 2, 0, 7}};
  const std::array<int, 8> riff = choose(riffs, random);
  const double lead_gain = random.uniform(0.08, 0.2);

  const auto n_beats = static_cast<std::size_t>(studio.length_s() / beat_s) + 1;
  for (std::size_t beat = 0; beat < n_beats; ++beat) {
    const double start_s = static_cast<double>(beat) * beat_s;
    const int root = progression[beat / 4 % progression.size()];
    studio.add(kit.kick, start_s, {.gain = 0.8});
    if (beat % 2 == 1) studio.add(kit.clap, start_s, {.gain = 0.55, .send = 0.3});
    studio.add(kit.open_hat, start_s + beat_s / 2, {.gain = 0.28, .pan = 0.2, .send = 0.05});
    if (beat % 4 == 0) {
      for (const int tone : {0, 2, 4}) {
        add_supersaw(studio, scale.midi(nearest_chord_tone(root, 8 + tone)), start_s, 4 * beat_s, cutoff, beat_s);
      }
    }
    for (std::size_t quarter = 0; quarter < 4; ++quarter) {
      const double at = start_s + static_cast<double>(quarter) * beat_s / 4;
      if (random.uniform() < sixteenths) {
        studio.add(kit.closed_hat, at, {.gain = random.uniform(0.12, 0.25), .pan = -0.25});
      }
      if (bass_pattern[quarter]) {
        Signal bass = audio::oscillator(Waveform::kSaw, studio.pitch(scale.hz(root - 7), beat_s / 4), rate);
        audio::sweep_lowpass(bass, 1400, 180, 0.06, 1.4, rate);
        audio::shape(bass, {.attack_s = 0.004, .decay_s = 0.2, .sustain = 0.7, .release_s = 0.02}, rate);
        studio.add(bass, at, {.gain = 0.5});
      }
      if (quarter % 2 == 0 && beat >= 4) {
        const int degree = root + 7 + riff[(2 * beat + quarter / 2) % riff.size()];
        Signal lead = audio::oscillator(Waveform::kPulse, studio.pitch(scale.hz(degree), beat_s / 2), rate, 0, 0.4);
        audio::sweep_lowpass(lead, 5000, 500, 0.08, 1.2, rate);
        audio::decay(lead, 0.4, rate);
        studio.add(lead, at, {.gain = lead_gain, .pan = -0.3, .send = 0.4});
        studio.add(lead, at + 0.75 * beat_s, {.gain = 0.4 * lead_gain, .pan = 0.5, .send = 0.4});
      }
    }
  }
}

}  // namespace songmap::demo
