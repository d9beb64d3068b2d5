#include "songmap/demo/styles.h"

#include <array>
#include <cmath>

namespace songmap::demo {

std::span<const Style> styles() {
  static constexpr std::array<Style, 6> kStyles = {{
      {"Chorale", play_chorale, {.t60_s = 3.2, .damping = 0.45, .size = 1.5}},
      {"Raga", play_raga, {.t60_s = 2.2, .damping = 0.35, .size = 1.2}},
      {"Waltz", play_waltz, {.t60_s = 0.9, .damping = 0.4, .size = 0.8}},
      {"Chiptune", play_chiptune, {.t60_s = 0.35, .damping = 0.2, .size = 0.5}},
      {"Dance", play_dance, {.t60_s = 1.3, .damping = 0.3, .size = 1}},
      {"Swing", play_swing, {.t60_s = 0.6, .damping = 0.5, .size = 0.6}},
  }};
  return kStyles;
}

Matrix play(const Style& style, double length_s, int rate_hz, Random random) {
  Studio studio(length_s, rate_hz, random);
  // Drawn before the style plays, so that a change of its notes does not move them.
  const double peak = 0.95 * std::pow(10, -studio.random().uniform(0, 8) / 20);
  audio::ReverbOptions room = style.room;
  room.t60_s *= studio.random().uniform(0.8, 1.25);
  room.size *= studio.random().uniform(0.9, 1.1);
  const double hiss = studio.random().uniform(0.0001, 0.0006);
  style.play(studio);
  for (const double side : {-1.0, 1.0}) {
    studio.add(audio::white_noise(length_s, rate_hz, studio.random()), 0, {.gain = hiss, .pan = side});
  }
  return studio.master(room, std::min(0.8, length_s / 4), peak);
}

}  // namespace songmap::demo
