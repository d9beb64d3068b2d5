#include "songmap/figures/palette.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "songmap/figures/text.h"

namespace songmap::figures {
namespace {

// After Petroff (2021), "Accessible color sequences for data visualization": five of his colours, and five of ours for
// his greys and pale ones, so that grey stays free for what belongs nowhere. Chosen for the largest smallest distance
// under protanopia, deuteranopia and tritanopia (16 in CIE Lab; his ten reach 17).
constexpr std::array<Colour, 10> kStrong = {0x3f90da, 0xe76300, 0x832db6, 0x117a5f, 0xa81800,
                                            0xffa90e, 0x7a4332, 0x5cc0c8, 0xb9ac70, 0x444c5a};
constexpr std::array<int, 6> kMarkers = {7, 5, 9, 13, 11, 15};

constexpr std::array<Colour, 6> kBlues = {0xf7fafd, 0xd6e5f3, 0xa3c7e4, 0x619fd0, 0x2f6fb3, 0x153f75};
constexpr std::array<Colour, 17> kMagma = {0x000004, 0x0a0822, 0x1d1147, 0x36106b, 0x51127c, 0x6a1c81,
                                           0x832681, 0x9c2e7f, 0xb73779, 0xd0416f, 0xe75263, 0xf56b5c,
                                           0xfc8961, 0xfea772, 0xfec488, 0xfde2a3, 0xfcfdbf};
constexpr std::array<Colour, 9> kBlueToBrown = {0x0e3a70, 0x2c6bb0, 0x7fb0dc, 0xcfe1f1, 0xf6f6f6,
                                                0xf8dcbe, 0xe6a35c, 0xa55a10, 0x6b3300};

struct Components {
  double red, green, blue;
};

Components components(Colour colour) {
  return {double(colour >> 16 & 0xff), double(colour >> 8 & 0xff), double(colour & 0xff)};
}

double linear(double component) {
  const double c = component / 255;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

/// The colour at `share` of the way along `stops`.
Colour along(std::span<const Colour> stops, double share) {
  const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
  const auto low = std::min(static_cast<std::size_t>(at), stops.size() - 2);
  return blended(stops[low], stops[low + 1], at - static_cast<double>(low));
}

struct NaturalOrder {
  bool operator()(const std::string& a, const std::string& b) const { return natural_less(a, b); }
};

}  // namespace

Colour blended(Colour a, Colour b, double share) {
  const Components x = components(a);
  const Components y = components(b);
  const double t = std::clamp(share, 0.0, 1.0);
  const auto mix = [t](double from, double to) { return static_cast<Colour>(std::lround(from + t * (to - from))); };
  return mix(x.red, y.red) << 16 | mix(x.green, y.green) << 8 | mix(x.blue, y.blue);
}

Colour sequential(double share) { return along(kBlues, share); }

Colour perceptual(double share) { return along(kMagma, share); }

Colour diverging(double share) { return along(kBlueToBrown, share); }

Colour ink_on(Colour background) {
  const Components c = components(background);
  const double luminance = 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
  return luminance > 0.36 ? kInk : 0xffffff;
}

std::string hex(Colour colour) { return fmt::format("#{:06x}", colour); }

CategoryStyle nth_style(std::size_t i) {
  CategoryStyle style;
  style.colour = kStrong[i % kStrong.size()];
  // The second round pairs each hue with another marker, since 6 and 10 are not in step.
  const std::size_t round = i / kStrong.size();
  if (round > 0) style.colour = blended(style.colour, 0xffffff, 0.45);
  style.marker = kMarkers[i % kMarkers.size()];
  return style;
}

namespace {

constexpr std::size_t kStyles = 20;  // that all differ

/// The style of each name, in their order: by number where all are numbers, of equal ones (mod kStyles) the next free.
std::vector<std::size_t> style_numbers(const std::vector<std::pair<std::string, std::size_t>>& names) {
  const auto is_number = [](const auto& entry) {
    constexpr std::size_t kMostDigits = 9;
    return entry.first.size() <= kMostDigits && entry.first.find_first_not_of("0123456789") == std::string::npos;
  };
  std::vector<std::size_t> numbers(names.size());
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  if (!std::ranges::all_of(names, is_number)) return numbers;
  std::set<std::size_t> taken;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::size_t number = std::stoul(names[i].first) % kStyles;
    for (std::size_t step = 0; step < kStyles && taken.contains(number); ++step) number = (number + 1) % kStyles;
    taken.insert(number);
    numbers[i] = number;
  }
  return numbers;
}

}  // namespace

CategoryStyles style_categories(std::span<const std::string> categories, std::span<const std::string> outside,
                                std::size_t max_named) {
  std::map<std::string, std::size_t, NaturalOrder> counts;
  for (const std::string& category : categories) ++counts[category];

  std::vector<std::pair<std::string, std::size_t>> inside;
  std::vector<std::pair<std::string, std::size_t>> grey;
  for (const auto& entry : counts) {
    const bool is_outside = entry.first.empty() || std::ranges::find(outside, entry.first) != outside.end();
    (is_outside ? grey : inside).push_back(entry);
  }

  std::vector<std::string> rest;
  if (inside.size() > max_named) {
    std::vector<std::pair<std::string, std::size_t>> by_size = inside;
    std::ranges::stable_sort(by_size, std::greater<>{}, [](const auto& entry) { return entry.second; });
    for (std::size_t i = max_named - 1; i < by_size.size(); ++i) rest.push_back(by_size[i].first);
    std::erase_if(inside, [&](const auto& entry) { return std::ranges::find(rest, entry.first) != rest.end(); });
  }

  CategoryStyles result;
  std::map<std::string, std::size_t> style_of;
  const std::vector<std::size_t> numbers = style_numbers(inside);
  for (const auto& [name, count] : inside) {
    CategoryStyle style = nth_style(numbers[result.styles.size()]);
    style.name = name;
    style.count = count;
    style_of[name] = result.styles.size();
    result.styles.push_back(std::move(style));
  }
  const auto add_grey = [&](std::string name, std::size_t count) {
    result.styles.push_back(
        {.name = std::move(name), .colour = kOutside, .marker = 6, .count = count, .outside = true});
  };
  if (!rest.empty()) {
    std::size_t count = 0;
    for (const std::string& name : rest) {
      style_of[name] = result.styles.size();
      count += counts[name];
    }
    add_grey(fmt::format("{} others", rest.size()), count);
  }
  for (const auto& [name, count] : grey) {
    style_of[name] = result.styles.size();
    add_grey(name.empty() ? "no label" : name, count);
  }
  result.style_of_row.reserve(categories.size());
  for (const std::string& category : categories) result.style_of_row.push_back(style_of[category]);
  return result;
}

}  // namespace songmap::figures
