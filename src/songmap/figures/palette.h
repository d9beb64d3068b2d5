#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace songmap::figures {

/// 0xRRGGBB.
using Colour = std::uint32_t;

inline constexpr Colour kInk = 0x1f2933;       ///< Titles, numbers.
inline constexpr Colour kSoftInk = 0x5f6b7a;   ///< Subtitles, tick labels.
inline constexpr Colour kGridLine = 0xe6e9ed;  ///< Grid and frames.
inline constexpr Colour kAccent = 0x2f6fb3;    ///< The one thing to look at.
inline constexpr Colour kQuiet = 0xb4c3d4;     ///< What it is compared with.
inline constexpr Colour kOutside = 0xb3bac2;   ///< Noise, no label, "others".

/// `a` moved towards `b`: `share` 0 gives a, 1 gives b.
[[nodiscard]] Colour blended(Colour a, Colour b, double share);

/// From nearly white to deep blue, even to the eye; `share` in [0, 1].
[[nodiscard]] Colour sequential(double share);

/// From black over purple and orange to pale yellow: equal steps of `share` in [0, 1] are equal steps to the eye, in
/// print without colour and under colour blindness too ("magma" of van der Walt & Smith, 2015; public domain).
[[nodiscard]] Colour perceptual(double share);

/// Signed values: `share` 0 gives deep blue, .5 nearly white, 1 deep brown; equally far from the middle, equally dark.
/// Blue and orange keep apart under colour blindness.
[[nodiscard]] Colour diverging(double share);

/// Black or white ink, whichever reads better on `background` (by relative luminance).
[[nodiscard]] Colour ink_on(Colour background);

/// "#rrggbb".
[[nodiscard]] std::string hex(Colour colour);

/// How points of one category look.
struct CategoryStyle {
  std::string name;  ///< As in the data; of the last one: "n others".
  Colour colour = kInk;
  int marker = 7;         ///< gnuplot's point type, a filled shape.
  std::size_t count = 0;  ///< Rows.
  bool outside = false;   ///< Noise, no label, or the rest of too many: grey.
};

/// The i-th of ten strong colours that keep apart under the usual kinds of colour blindness, then
/// lighter ones of the same hues; markers differ as well, so colour is never the only sign.
[[nodiscard]] CategoryStyle nth_style(std::size_t i);

struct CategoryStyles {
  std::vector<CategoryStyle> styles;      ///< In natural order of names; grey ones last.
  std::vector<std::size_t> style_of_row;  ///< Index into styles.
};

/// Styles of the categories of some rows. Those named in `outside`, and the empty one ("no label"), are grey. Of more
/// than `max_named` the largest keep a colour and the rest share one grey style. The same categories always get the
/// same styles, whatever the order of rows. Where all are numbers, as groups are, each has the style of its number: a
/// group keeps it when others come and go.
[[nodiscard]] CategoryStyles style_categories(std::span<const std::string> categories,
                                              std::span<const std::string> outside, std::size_t max_named = 20);

}  // namespace songmap::figures
