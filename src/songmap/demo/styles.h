#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "songmap/core/matrix.h"
#include "songmap/demo/studio.h"

/// Six kinds of music. Key, tempo (within 8 %), chords, tune, density, sound and room differ from track to track; what
/// the instruments are and how time is beaten stays.
namespace songmap::demo {

struct Style {
  std::string_view genre;
  void (*play)(Studio& studio);
  audio::ReverbOptions room;
};

[[nodiscard]] std::span<const Style> styles();

/// One track `[frames, 2]`, a function of its arguments alone.
[[nodiscard]] Matrix play(const Style& style, double length_s, int rate_hz, Random random);

/// Pipe organ, four voices moving together, slowly, in a large church.
void play_chorale(Studio& studio);
/// A flute without a beat over the drone of a tanpura.
void play_raga(Studio& studio);
/// Plucked strings in three-four time.
void play_waltz(Studio& studio);
/// Pulse waves and noise of an old game machine: fast arpeggios, dry.
void play_chiptune(Studio& studio);
/// Bass drum on every beat, saw-tooth chords that breathe with it, claps and hats.
void play_dance(Studio& studio);
/// Walking bass, ride cymbal and brushes, vibraphone, in triplets.
void play_swing(Studio& studio);

}  // namespace songmap::demo
