#include "songmap/atlas/descriptors.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string_view>

namespace songmap::atlas {
namespace {

/// A side of the sound: the mean of all columns whose names begin with one of these.
struct Side {
  std::string_view more;
  std::string_view less;
  std::string_view means;
  std::vector<std::string_view> beginnings;
};

const std::vector<Side>& sides() {
  static const std::vector<Side> all{
      {"bright", "dark", "mean spectral centroid", {"shape_centroid_mean"}},
      {"noisy", "tonal", "mean spectral flatness", {"shape_flatness_mean"}},
      {"varying loudness", "steady loudness", "deviation of the level", {"shape_level_std"}},
      {"busy", "calm", "mean onset flux", {"shape_flux_logmean"}},
      {"changing colour", "steady colour", "deviation of the spectral centroid", {"shape_centroid_std"}},
      {"clear low end", "unclear low end", "contrast of peaks and valleys below 200 Hz", {"contrast_mean_1"}},
      {"clear tones",
       "blurred tones",
       "contrast of peaks and valleys from 400 Hz to 6.4 kHz",
       {"contrast_mean_3", "contrast_mean_4", "contrast_mean_5", "contrast_mean_6"}},
      {"strong rhythm", "weak rhythm", "fluctuation of loudness from .4 to 12.5 Hz", {"fluctuation_"}}};
  return all;
}

/// The rate of 16 bands and 10 ranges of rates at which loudness fluctuates most, from 1 (slow) to 10 (fast).
std::optional<Descriptor> pulse(MatrixView raw, const std::vector<std::string>& columns) {
  constexpr std::size_t kRates = 10;
  const auto first = static_cast<std::size_t>(std::ranges::find(columns, "fluctuation_1_1") - columns.begin());
  if (first == columns.size() || (columns.size() - first) % kRates != 0) return std::nullopt;
  Descriptor result{"fast pulse", "slow pulse", "centre of the rates at which loudness fluctuates", {}};
  for (std::size_t i = 0; i < raw.rows(); ++i) {
    double sum = 0;
    double weighted = 0;
    for (std::size_t c = first; c < columns.size(); ++c) {
      const double strength = std::expm1(static_cast<double>(raw(i, c)));
      sum += strength;
      weighted += strength * static_cast<double>((c - first) % kRates + 1);
    }
    result.values.push_back(sum > 0 ? weighted / sum : 0);
  }
  return result;
}

struct Moments {
  double mean = 0;
  double deviation = 0;
};

Moments moments(const std::vector<double>& values) {
  Moments result;
  const auto n = static_cast<double>(values.size());
  for (const double value : values) result.mean += value / n;
  double squares = 0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  result.deviation = std::sqrt(squares / n);
  return result;
}

std::vector<Difference> largest(std::vector<Difference> found, std::size_t most) {
  std::ranges::stable_sort(found, std::greater<>(), [](const Difference& one) { return std::abs(one.size); });
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace

std::vector<Descriptor> descriptors(MatrixView raw, const std::vector<std::string>& columns) {
  std::vector<Descriptor> result;
  if (columns.size() != raw.cols()) return result;
  for (const Side& side : sides()) {
    std::vector<std::size_t> chosen;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const auto begins = [&](std::string_view beginning) { return columns[c].starts_with(beginning); };
      if (std::ranges::any_of(side.beginnings, begins)) chosen.push_back(c);
    }
    if (chosen.empty()) continue;
    Descriptor one{std::string(side.more), std::string(side.less), std::string(side.means), {}};
    for (std::size_t i = 0; i < raw.rows(); ++i) {
      double sum = 0;
      for (const std::size_t c : chosen) sum += raw(i, c);
      one.values.push_back(sum / static_cast<double>(chosen.size()));
    }
    result.push_back(std::move(one));
  }
  if (!result.empty()) {
    if (auto one = pulse(raw, columns)) result.push_back(std::move(*one));
    return result;
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    Descriptor one{"high " + columns[c], "low " + columns[c], columns[c], {}};
    for (std::size_t i = 0; i < raw.rows(); ++i) one.values.push_back(raw(i, c));
    result.push_back(std::move(one));
  }
  return result;
}

std::vector<Difference> differences(const std::vector<Descriptor>& all, std::span<const std::size_t> members,
                                    std::size_t most) {
  constexpr double kLeast = 0.5;
  constexpr double kStandardErrors = 2;
  std::vector<Difference> found;
  for (const Descriptor& one : all) {
    const std::size_t n = one.values.size();
    if (members.size() < 2 || members.size() >= n) continue;
    const Moments whole = moments(one.values);
    if (!(whole.deviation > 0)) continue;
    double inside = 0;
    for (const std::size_t member : members) inside += one.values[member];
    const auto n_inside = static_cast<double>(members.size());
    const auto n_outside = static_cast<double>(n) - n_inside;
    const double outside = (whole.mean * static_cast<double>(n) - inside) / n_outside;
    const double size = (inside / n_inside - outside) / whole.deviation;
    const double error = std::sqrt(1 / n_inside + 1 / n_outside);
    if (std::abs(size) < kLeast || std::abs(size) < kStandardErrors * error) continue;
    found.push_back({size > 0 ? one.more : one.less, one.means, size});
  }
  return largest(std::move(found), most);
}

std::vector<Difference> unusual(const std::vector<Descriptor>& all, std::size_t track, std::size_t most, double least) {
  std::vector<Difference> found;
  for (const Descriptor& one : all) {
    const Moments whole = moments(one.values);
    if (!(whole.deviation > 0)) continue;
    const double size = (one.values.at(track) - whole.mean) / whole.deviation;
    if (std::abs(size) >= least) found.push_back({size > 0 ? one.more : one.less, one.means, size});
  }
  return largest(std::move(found), most);
}

}  // namespace songmap::atlas
