#include "songmap/figures/axis.h"

#include <fmt/format.h>

#include <cmath>

namespace songmap::figures {
namespace {

/// "−0.25", with a true minus sign; -0 and 0.30000000000000004 are shown as what they mean.
Tick tick_at(double value, double resolution) {
  const double clean = std::abs(value) < resolution ? 0.0 : value;
  return {clean, fmt::format("{}{:.6g}", clean < 0 ? "−" : "", std::abs(clean))};
}

}  // namespace

std::vector<Tick> round_ticks(double low, double high, std::size_t most) {
  std::vector<Tick> ticks;
  if (!(high > low) || most == 0) return ticks;
  const double rough = (high - low) / static_cast<double>(most);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    step = power * factor;
    const double first = std::ceil(low / step - 1e-9);
    const double last = std::floor(high / step + 1e-9);
    if (last - first + 1 <= static_cast<double>(most)) break;
  }
  const double first = std::ceil(low / step - 1e-9);
  const double last = std::floor(high / step + 1e-9);
  for (double i = first; i <= last; ++i) {
    ticks.push_back(tick_at(i * step, step * 1e-6));
  }
  return ticks;
}

std::vector<Tick> log_ticks(double low, double high, std::size_t most) {
  std::vector<Tick> ticks;
  if (!(high > low) || !(low > 0) || most == 0) return ticks;
  const double first = std::ceil(std::log10(low) - 1e-9);
  const double last = std::floor(std::log10(high) + 1e-9);
  if (last - first + 1 >= 2) {
    const double step = std::ceil((last - first + 1) / static_cast<double>(most));
    for (double power = first; power <= last; power += step) ticks.push_back(tick_at(std::pow(10.0, power), 0));
    return ticks;
  }
  for (double power = first - 1; power <= last + 1; ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double value = factor * std::pow(10.0, power);
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) ticks.push_back(tick_at(value, 0));
    }
  }
  // Less than a factor of about two: there a linear axis and a logarithmic one have the same round numbers.
  return ticks.size() >= 2 ? ticks : round_ticks(low, high, most);
}

}  // namespace songmap::figures
