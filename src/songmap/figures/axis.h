#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace songmap::figures {

/// A tick of an axis: where, and what it says (empty: a grid line only).
struct Tick {
  double at = 0;
  std::string label;
};

struct Axis {
  double low = 0;
  double high = 1;
  std::vector<Tick> ticks;
  bool grid = false;
  bool log = false;  ///< Decimal logarithm; low must be positive.
};

/// Ticks at round numbers within [low, high]: at most `most`, at least two where the range allows.
[[nodiscard]] std::vector<Tick> round_ticks(double low, double high, std::size_t most = 5);

/// Ticks of a logarithmic axis within [low, high], both positive: at powers of ten, or every second, third … of them
/// where there would be more than `most`; at 1, 2 and 5 times powers of ten where there would be fewer than two.
[[nodiscard]] std::vector<Tick> log_ticks(double low, double high, std::size_t most = 5);

}  // namespace songmap::figures
