#include "songmap/figures/traversal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/figures/canvas.h"
#include "songmap/figures/text.h"

namespace songmap::figures {
namespace {

constexpr double kWidth = 940;
constexpr double kMargin = 28;
constexpr double kBars = 92;  // Room for the colour bar.
constexpr double kBarWidth = 12;
constexpr double kGap = 30;
constexpr double kRowHeight = 22;
constexpr double kStepsHeight = 18;

/// The features that change most along a dimension, as rows of their change from the middle step.
struct Movers {
  std::vector<std::size_t> features;
  Matrix change;  ///< [features, steps]
};

double reach(MatrixView values, std::size_t feature) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (std::size_t s = 0; s < values.rows(); ++s) {
    if (!std::isfinite(values(s, feature))) continue;
    low = std::min<double>(low, values(s, feature));
    high = std::max<double>(high, values(s, feature));
  }
  return high - low;
}

Movers movers_of(const TraversalPanel& panel, std::size_t n_features) {
  const MatrixView values = panel.values;
  std::vector<double> reaches(values.cols());
  for (std::size_t f = 0; f < values.cols(); ++f) reaches[f] = reach(values, f);
  Movers movers;
  movers.features.resize(values.cols());
  std::iota(movers.features.begin(), movers.features.end(), std::size_t{0});
  std::ranges::stable_sort(movers.features, std::greater<>{}, [&](std::size_t f) { return reaches[f]; });
  movers.features.resize(std::min(n_features, values.cols()));
  movers.change = Matrix(movers.features.size(), values.rows());
  const std::size_t middle = values.rows() / 2;
  for (std::size_t i = 0; i < movers.features.size(); ++i) {
    const std::size_t f = movers.features[i];
    for (std::size_t s = 0; s < values.rows(); ++s) movers.change(i, s) = values(s, f) - values(middle, f);
  }
  return movers;
}

void check(const std::vector<TraversalPanel>& panels, const TraversalOptions& options) {
  require(!panels.empty() && options.steps.size() >= 2, "draw_traversals: there must be a panel and two steps");
  require(options.n_features > 0, "draw_traversals: n_features must be positive");
  for (const TraversalPanel& panel : panels) {
    require(panel.values.rows() == options.steps.size() && panel.values.cols() > 0 &&
                panel.values.cols() == panel.feature_names.size(),
            fmt::format("draw_traversals: '{}' has {} x {} values for {} steps and {} features", panel.title,
                        panel.values.rows(), panel.values.cols(), options.steps.size(), panel.feature_names.size()));
  }
}

void write_head(Canvas& canvas, Place place, double width, const std::string& title, const std::string& note) {
  const double note_width = std::min(11 * text_width(note), width / 2);
  canvas.text(place, shortened(title, (width - note_width - 12) / 13.5), {.size = 12.5, .bold = true});
  canvas.text({place.x + width, place.y}, shortened(note, width / 2 / 11),
              {.size = 11, .colour = kSoftInk, .align = Align::kRight});
}

/// "+1.5", "−0.3", "0.0".
std::string signed_number(float value) {
  const std::string size = fmt::format("{:.1f}", std::abs(value));
  return size == "0.0" ? size : (value < 0 ? "−" : "+") + size;
}

void write_movers(Canvas& canvas, const Box& cells, const Movers& movers, const ColourScale& scale) {
  const std::size_t n_steps = movers.change.cols();
  const double cell = cells.width / static_cast<double>(n_steps);
  for (std::size_t i = 0; i < movers.features.size(); ++i) {
    const double y = cells.top + kRowHeight * (static_cast<double>(i) + 0.5);
    for (std::size_t s = 0; s < n_steps; ++s) {
      const float change = movers.change(i, s);
      if (!std::isfinite(change)) continue;
      const Colour colour = scale(change);
      const double x = cells.left + cell * static_cast<double>(s);
      canvas.fill({x, y - kRowHeight / 2 + 1, cell, kRowHeight - 2}, colour);
      const std::string printed = signed_number(change);
      const bool end = s == 0 || s + 1 == n_steps;
      if (end && 10.5 * text_width(printed) < cell) {
        canvas.text({x + cell / 2, y}, printed, {.size = 10.5, .colour = ink_on(colour), .align = Align::kCentre});
      }
    }
  }
}

}  // namespace

void draw_traversals(const std::filesystem::path& without_extension, const std::vector<TraversalPanel>& panels,
                     const TraversalOptions& options) {
  check(panels, options);
  std::vector<Movers> movers;
  ScaledValues changes;
  double widest = 0;
  std::size_t most_rows = 0;
  for (const TraversalPanel& panel : panels) {
    movers.push_back(movers_of(panel, options.n_features));
    changes.add(movers.back().change.values());
    most_rows = std::max(most_rows, movers.back().features.size());
    for (const std::size_t f : movers.back().features) widest = std::max(widest, text_width(panel.feature_names[f]));
  }
  const ColourScale scale = changes.signed_scale();

  const std::size_t per_line = std::min<std::size_t>(panels.size(), 2);
  const double width =
      (kWidth - 2 * kMargin - kBars - kGap * static_cast<double>(per_line - 1)) / static_cast<double>(per_line);
  const double names = std::clamp(11.5 * widest + 12, 40.0, 0.48 * width);
  const double cells_width = std::min(width - names, 52.0 * static_cast<double>(options.steps.size()));
  const double header = Canvas::header_height(kWidth, options.subtitle) + 18;
  const double panel_height = 26 + kRowHeight * static_cast<double>(most_rows) + kStepsHeight;
  const double step = panel_height + 22;
  const std::size_t n_lines = (panels.size() + per_line - 1) / per_line;
  Canvas canvas(kWidth, header + step * static_cast<double>(n_lines) + 8, options.title, options.subtitle);

  for (std::size_t p = 0; p < panels.size(); ++p) {
    const double left = kMargin + (width + kGap) * static_cast<double>(p % per_line);
    const double top = header + step * static_cast<double>(p / per_line);
    const Box cells{left + names, top + 20, cells_width, kRowHeight * static_cast<double>(movers[p].features.size())};
    write_head(canvas, {left, top + 4}, names + cells_width, panels[p].title, panels[p].note);
    for (std::size_t i = 0; i < movers[p].features.size(); ++i) {
      canvas.text({cells.left - 8, cells.top + kRowHeight * (static_cast<double>(i) + 0.5)},
                  shortened(panels[p].feature_names[movers[p].features[i]], (names - 8) / 11.5),
                  {.size = 11.5, .align = Align::kRight});
    }
    write_movers(canvas, cells, movers[p], scale);
    for (std::size_t s = 0; s < options.steps.size(); ++s) {
      const double cell = cells.width / static_cast<double>(options.steps.size());
      canvas.text({cells.left + cell * (static_cast<double>(s) + 0.5), cells.bottom() + 10},
                  shortened(options.steps[s], cell / 11), {.size = 11, .colour = kSoftInk, .align = Align::kCentre});
    }
  }
  canvas.colour_bar({kWidth - kMargin - kBars + 24, header + 24, kBarWidth, std::min(150.0, panel_height - 30)}, scale,
                    options.unit);
  canvas.save(without_extension);
}

void draw_spectrogram_traversals(const std::filesystem::path& without_extension,
                                 const std::vector<SpectrogramTraversal>& rows, const TraversalOptions& options) {
  const std::size_t n_steps = options.steps.size();
  require(!rows.empty() && n_steps >= 2, "draw_spectrogram_traversals: there must be a row and two steps");
  for (const SpectrogramTraversal& row : rows) {
    require(
        row.steps.size() == n_steps && !row.steps.front().empty() &&
            std::ranges::all_of(row.steps,
                                [&](const Matrix& step) {
                                  return step.rows() == row.steps.front().rows() &&
                                         step.cols() == row.steps.front().cols();
                                }),
        fmt::format("draw_spectrogram_traversals: '{}' must have {} spectrograms of one shape", row.title, n_steps));
  }
  const std::size_t middle = n_steps / 2;
  std::vector<std::vector<Matrix>> shown;
  ScaledValues levels;
  ScaledValues changes;
  for (const SpectrogramTraversal& row : rows) {
    shown.push_back(row.steps);
    levels.add(row.steps[middle].values());
    for (std::size_t s = 0; s < n_steps; ++s) {
      if (s == middle) continue;
      auto values = shown.back()[s].values();
      std::ranges::transform(values, row.steps[middle].values(), values.begin(), std::minus<>{});
      changes.add(values);
    }
  }
  const ColourScale level_scale = levels.range_scale();
  const ColourScale change_scale = changes.signed_scale();

  constexpr double kImageHeight = 62;
  constexpr double kImageGap = 6;
  constexpr double kTwoBars = 158;
  const double all = kWidth - 2 * kMargin - kTwoBars - kImageGap * static_cast<double>(n_steps - 1);
  const double width = all / static_cast<double>(n_steps);
  const double header = Canvas::header_height(kWidth, options.subtitle) + 30;
  const double step = kImageHeight + 32;
  Canvas canvas(kWidth, header + step * static_cast<double>(rows.size()) + 16, options.title, options.subtitle);
  const auto left_of = [&](std::size_t s) { return kMargin + (width + kImageGap) * static_cast<double>(s); };
  for (std::size_t s = 0; s < n_steps; ++s) {
    canvas.text({left_of(s) + width / 2, header - 16}, shortened(options.steps[s], width / 12),
                {.size = 12, .colour = kSoftInk, .bold = s == middle, .align = Align::kCentre});
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const double top = header + 20 + step * static_cast<double>(r);
    write_head(canvas, {kMargin, top - 11}, left_of(n_steps - 1) + width - kMargin, rows[r].title, rows[r].note);
    for (std::size_t s = 0; s < n_steps; ++s) {
      canvas.image({left_of(s), top, width, kImageHeight}, shown[r][s], s == middle ? level_scale : change_scale, {},
                   {});
    }
  }
  const double bars = kWidth - kMargin - kTwoBars + 20;
  canvas.colour_bar({bars, header + 24, kBarWidth, kImageHeight - 4}, level_scale, options.unit);
  canvas.colour_bar({bars + 72, header + 24, kBarWidth, kImageHeight - 4}, change_scale, "change");
  canvas.save(without_extension);
}

}  // namespace songmap::figures
