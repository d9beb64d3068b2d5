#include "songmap/demo/theory.h"

#include <algorithm>
#include <cstdlib>

namespace songmap::demo {
namespace {

int floor_div(int a, int b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

/// Rhythm and contour of a bar.
struct Motif {
  std::vector<double> rhythm;
  std::vector<int> steps;  ///< Degrees to move before each note.
};

Motif make_motif(const MelodyOptions& options, Random& random) {
  static const std::vector<int> kSteps = {-2, -1, -1, 1, 1, 1, 2, -3, 3};
  Motif motif{choose(options.rhythms, random), {}};
  for (std::size_t i = 0; i < motif.rhythm.size(); ++i) motif.steps.push_back(choose(kSteps, random));
  return motif;
}

}  // namespace

double Scale::midi(int degree) const {
  const int size = static_cast<int>(steps_.size());
  const int octave = floor_div(degree, size);
  return tonic_midi_ + 12 * octave + steps_[static_cast<std::size_t>(degree - octave * size)];
}

int nearest_chord_tone(int root, int degree) {
  int best = root;
  for (int octave = -3; octave <= 4; ++octave) {
    for (const int tone : {0, 2, 4}) {
      const int candidate = root + 7 * octave + tone;
      if (std::abs(candidate - degree) < std::abs(best - degree)) best = candidate;
    }
  }
  return best;
}

std::vector<Note> compose_melody(const MelodyOptions& options, Random& random) {
  const std::array<Motif, 3> motifs = {make_motif(options, random), make_motif(options, random),
                                       make_motif(options, random)};
  static constexpr std::array<std::size_t, 8> kForm = {0, 0, 1, 0, 0, 2, 1, 0};
  std::vector<Note> notes;
  int degree = (options.low + options.high) / 2;
  for (std::size_t bar = 0; bar < options.roots.size(); ++bar) {
    const Motif& motif = motifs[kForm[bar % kForm.size()]];
    double beat = 0;
    for (std::size_t i = 0; i < motif.rhythm.size(); ++i) {
      const double length = std::abs(motif.rhythm[i]);
      degree += motif.steps[i];
      const bool stressed = i == 0 || length >= 1;
      if (stressed) degree = nearest_chord_tone(options.roots[bar], degree);
      if (degree < options.low) degree = nearest_chord_tone(options.roots[bar], options.low + 2);
      if (degree > options.high) degree = nearest_chord_tone(options.roots[bar], options.high - 2);
      if (motif.rhythm[i] > 0) {
        notes.push_back({static_cast<double>(bar) * options.beats_per_bar + beat, length, degree});
      }
      beat += length;
    }
  }
  return notes;
}

}  // namespace songmap::demo
