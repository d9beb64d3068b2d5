#include "songmap/figures/k_distance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/error.h"
#include "songmap/figures/canvas.h"
#include "songmap/figures/text.h"

namespace songmap::figures {
namespace {

constexpr double kWidth = 940;
constexpr double kMargin = 28;
constexpr double kAxisWidth = 46;
constexpr double kMinHeight = 300;
constexpr double kLine = 18;
constexpr double kTable = 320;
constexpr std::size_t kMostTrials = 24;
constexpr std::size_t kMostPoints = 600;
constexpr Colour kChosen = 0xc2410c;

/// Every n-th trial where there are too many; the chosen one always.
std::vector<RadiusTrial> listed(const KDistanceOptions& options) {
  std::vector<RadiusTrial> few;
  const std::size_t every = (options.trials.size() + kMostTrials - 1) / kMostTrials;
  for (std::size_t i = 0; i < options.trials.size(); ++i) {
    if (i % every == 0 || options.trials[i].radius == options.chosen) few.push_back(options.trials[i]);
  }
  return few;
}

/// Share of the sorted distances that are at most `radius`, in per cent.
double percent_within(const std::vector<double>& sorted, double radius) {
  const auto n_within = std::ranges::upper_bound(sorted, radius) - sorted.begin();
  return 100 * static_cast<double>(n_within) / static_cast<double>(sorted.size());
}

std::string ordinal(std::size_t k) {
  const bool teen = k % 100 >= 11 && k % 100 <= 13;
  const char* ending = teen || k % 10 == 0 || k % 10 > 3 ? "th" : k % 10 == 1 ? "st" : k % 10 == 2 ? "nd" : "rd";
  return fmt::format("{}{}", k, ending);
}

void write_table(Canvas& canvas, const std::vector<RadiusTrial>& trials, const std::vector<double>& sorted,
                 const KDistanceOptions& options, Place place) {
  const double columns[] = {place.x + 56, place.x + 110, place.x + 172, place.x + 248, place.x + kTable};
  const char* headings[] = {"radius", "cores", "groups", "in groups", "validity"};
  for (std::size_t c = 0; c < 5; ++c) {
    canvas.text({columns[c], place.y}, headings[c],
                {.size = 11.5, .colour = kSoftInk, .bold = true, .align = Align::kRight});
  }
  double y = place.y + kLine + 2;
  for (const RadiusTrial& trial : trials) {
    const bool chosen = trial.radius == options.chosen;
    if (chosen) canvas.fill({place.x - 6, y - kLine / 2, kTable + 12, kLine}, blended(kChosen, 0xffffff, 0.86));
    const std::string cells[] = {
        fmt::format("{:.3g}", trial.radius), fmt::format("{:.0f} %", percent_within(sorted, trial.radius)),
        fmt::format("{}", trial.n_groups), fmt::format("{:.0f} %", 100 * trial.coverage),
        std::isfinite(trial.validity) ? fmt::format("{}{:.2f}", trial.validity < 0 ? "−" : "", std::abs(trial.validity))
                                      : "refused"};
    for (std::size_t c = 0; c < 5; ++c) {
      const bool quiet = !chosen && !std::isfinite(trial.validity);
      canvas.text({columns[c], y}, cells[c],
                  {.size = 11.5, .colour = quiet ? kSoftInk : kInk, .bold = chosen, .align = Align::kRight});
    }
    y += kLine;
  }
}

}  // namespace

void draw_k_distance(const std::filesystem::path& without_extension, std::vector<double> distances,
                     const KDistanceOptions& options) {
  std::erase_if(distances, [](double v) { return !std::isfinite(v); });
  require(!distances.empty() && std::ranges::min(distances) >= 0,
          "draw_k_distance: there must be a finite distance, and none below 0");
  require(std::ranges::all_of(options.trials, [](const RadiusTrial& t) { return std::isfinite(t.radius); }) &&
              std::isfinite(options.chosen),
          "draw_k_distance: radii must be finite");
  std::ranges::sort(distances);
  const std::vector<RadiusTrial> trials = listed(options);

  const std::size_t n = distances.size();
  std::vector<std::vector<double>> curve;
  const std::size_t n_points = std::min(n, kMostPoints);
  for (std::size_t i = 0; i < n_points; ++i) {
    const std::size_t at = n_points == 1 ? 0 : i * (n - 1) / (n_points - 1);
    curve.push_back({100 * static_cast<double>(at + 1) / static_cast<double>(n), distances[at]});
  }
  // A few far strays would press the rest of the curve flat.
  const double most = distances[(n - 1) * 99 / 100];
  const bool cut = distances.back() > 2 * most && most > 0;
  double high = std::max(cut ? 1.25 * most : distances.back(), 1.1 * options.chosen);
  for (const RadiusTrial& trial : trials) high = std::max(high, 1.05 * trial.radius);
  if (high <= 0) high = 1;

  const double top = Canvas::header_height(kWidth, options.subtitle) + 40;
  const double table = trials.empty() ? 0 : kTable + 34;
  const double height = std::max(kMinHeight, kLine * static_cast<double>(trials.size() + 1) - 20);
  const Box box{kMargin + kAxisWidth, top, kWidth - 2 * kMargin - kAxisWidth - table, height};
  Canvas canvas(kWidth, box.bottom() + 58, options.title, options.subtitle);

  std::string elements =
      fmt::format("{} using 1:2 with lines linewidth 2.2 linecolor rgb '{}'", canvas.data(curve), hex(kAccent));
  std::vector<std::vector<double>> dots;
  for (const RadiusTrial& trial : trials) dots.push_back({percent_within(distances, trial.radius), trial.radius});
  if (!dots.empty()) {
    elements += fmt::format(", {} using 1:2 with points pointtype 7 pointsize .55*marker_scale(7) linecolor rgb '{}'",
                            canvas.data(dots), hex(kAccent));
  }
  if (options.chosen > 0) {
    const double percent = percent_within(distances, options.chosen);
    elements += fmt::format(
        ", {0} using 1:2:3:4 with vectors nohead linewidth 1.6 dashtype (7,4) linecolor rgb '{1}', "
        "{2} using 1:2 with points pointtype 7 pointsize .95*marker_scale(7) linecolor rgb '{1}'",
        canvas.data({{0, options.chosen, 100, 0}}), hex(kChosen), canvas.data({{percent, options.chosen}}));
    const double y = box.bottom() - box.height * options.chosen / high;
    canvas.text({box.left + 8, y - 11},
                fmt::format("radius {:.3g}: {:.0f} % of the tracks are cores", options.chosen, percent),
                {.size = 12, .colour = kChosen, .bold = true, .halo = true});
  }
  Axis y{0, high, round_ticks(0, high, 6), true};
  canvas.panel(box, {0, 100, round_ticks(0, 100, 6), false}, y, elements, false);
  canvas.text({kMargin, top - 18},
              fmt::format("distance to the {} nearest track{}", ordinal(options.k),
                          cut ? fmt::format(" (up to {:.3g}: not all shown)", distances.back()) : ""),
              {.size = 11.5, .colour = kSoftInk});
  canvas.text({box.left + box.width / 2, box.bottom() + 36}, "per cent of the tracks, nearest first",
              {.size = 11.5, .colour = kSoftInk, .align = Align::kCentre});
  if (!trials.empty()) write_table(canvas, trials, distances, options, {kWidth - kMargin - kTable, top - 18});
  canvas.save(without_extension);
}

}  // namespace songmap::figures
