#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "songmap/core/random.h"

/// Pieces of a small synthesizer: test signals, oscillators, envelopes, filters, a plucked string, drums and a reverb.
/// Signals are mono floats at `rate_hz`; a length that is not a whole number of samples is rounded.
namespace songmap::audio {

using Signal = std::vector<float>;

/// Samples in `length_s`.
[[nodiscard]] std::size_t sample_count(double length_s, int rate_hz);

// --- Exact test signals --------------------------------------------------------------------------------------------

/// amplitude * sin(2 pi (frequency t + phase)), evaluated in double.
[[nodiscard]] Signal sine(double frequency_hz, double length_s, int rate_hz, double amplitude = 1,
                          double phase_turns = 0);

/// A sine whose frequency moves from one to the other exponentially: equal times, equal intervals. Both above 0.
[[nodiscard]] Signal chirp(double from_hz, double to_hz, double length_s, int rate_hz, double amplitude = 1);

/// Independent values, uniform in [-amplitude, amplitude).
[[nodiscard]] Signal white_noise(double length_s, int rate_hz, Random& random, double amplitude = 1);

// --- Oscillators ---------------------------------------------------------------------------------------------------

enum class Waveform { kTriangle, kSaw, kPulse };

/// One of the classic waveforms in [-1, 1], its jumps rounded by polynomial band-limited steps (Välimäki & Huovilainen
/// 2007) so that it hardly aliases. `frequency_hz` has one value a sample. `duty` is the share of a pulse's period
/// that is high, in (0, 1).
[[nodiscard]] Signal oscillator(Waveform waveform, std::span<const float> frequency_hz, int rate_hz,
                                double phase_turns = 0, double duty = 0.5);

/// One period of a sum of harmonics: `partials[k]` is the amplitude of harmonic k + 1.
class Wavetable {
 public:
  explicit Wavetable(std::span<const float> partials);

  /// The wave at a pitch that may move. Harmonics above half the rate fold: give no more of them than fit.
  [[nodiscard]] Signal play(std::span<const float> frequency_hz, int rate_hz, double phase_turns = 0) const;

 private:
  static constexpr std::size_t kSize = 2048;
  std::array<float, kSize + 1>
      table_;  ///< The last value repeats the first, so that reading between them needs no wrap.
};

// --- Envelopes -----------------------------------------------------------------------------------------------------

/// Times in seconds; `sustain` in [0, 1]. The release lies at the end of the signal, inside its length.
struct Envelope {
  double attack_s = 0.005;
  double decay_s = 0.1;
  double sustain = 0.8;
  double release_s = 0.05;
};

/// Multiplies by a linear attack, an exponential decay towards `sustain`, and a linear release.
void shape(std::span<float> signal, const Envelope& envelope, int rate_hz);

/// Multiplies by an exponential that falls by 60 dB in `t60_s`.
void decay(std::span<float> signal, double t60_s, int rate_hz);

// --- Filters -------------------------------------------------------------------------------------------------------

/// Coefficients of a second-order section, a0 = 1.
struct Biquad {
  double b0, b1, b2, a1, a2;
};

/// R. Bristow-Johnson's designs; frequencies are kept below half the rate. `q` .707 is maximally flat; larger rings.
[[nodiscard]] Biquad lowpass(double cutoff_hz, double q, int rate_hz);
[[nodiscard]] Biquad highpass(double cutoff_hz, double q, int rate_hz);
/// Gain 1 at the centre.
[[nodiscard]] Biquad bandpass(double center_hz, double q, int rate_hz);

void filter(std::span<float> signal, const Biquad& section);

/// A resonant low-pass whose cutoff falls (or rises) from one frequency towards the other, with time constant `time_s`
/// (state-variable filter, Zavalishin 2012).
void sweep_lowpass(std::span<float> signal, double from_hz, double to_hz, double time_s, double q, int rate_hz);

// --- Instruments ---------------------------------------------------------------------------------------------------

struct PluckOptions {
  double frequency_hz = 220;
  double t60_s = 2;            ///< Time to fall by 60 dB; treble falls faster.
  double brightness = 0.5;     ///< In [0, 1]: how much treble the pick gives and the string keeps.
  double pick_position = 0.2;  ///< Along the string, in (0, 0.5]: harmonics with a node there are missing.
};

/// A plucked string: Karplus & Strong (1983) with the tuning and loss filters of Jaffe & Smith (1983). Peak about 1.
[[nodiscard]] Signal pluck(const PluckOptions& options, double length_s, int rate_hz, Random& random);

/// A bass drum: a sine that falls from `from_hz` to `to_hz` within some 30 ms, and a click.
[[nodiscard]] Signal kick(double from_hz, double to_hz, double t60_s, int rate_hz);

/// Noise through a band-pass, decaying: hats (8 kHz, short), snares and shakers (2 kHz), cymbals (5 kHz, long).
[[nodiscard]] Signal noise_hit(double center_hz, double q, double t60_s, int rate_hz, Random& random);

/// A cymbal: six inharmonic pulses and noise above `cutoff_hz`, decaying.
[[nodiscard]] Signal cymbal(double cutoff_hz, double t60_s, int rate_hz, Random& random);

// --- Space ---------------------------------------------------------------------------------------------------------

struct ReverbOptions {
  double t60_s = 1.5;    ///< Time to fall by 60 dB: .4 a room, 1.5 a hall, 4 a cathedral.
  double damping = 0.4;  ///< In [0, 1): how much sooner the treble dies.
  double size = 1;       ///< Scales the delays (26 … 62 ms): larger is a wider, grainier room.
};

/// Replaces a stereo pair by its late reverberation alone: eight delay lines fed back through a Householder matrix
/// (Jot & Chaigne 1991). The spans must be equally long.
void reverberate(std::span<float> left, std::span<float> right, const ReverbOptions& options, int rate_hz);

}  // namespace songmap::audio
