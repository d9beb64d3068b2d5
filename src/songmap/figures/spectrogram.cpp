#include "songmap/figures/spectrogram.h"

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
constexpr double kAxisWidth = 40;
constexpr double kGap = 22;
constexpr double kPanelHeight = 118;
constexpr double kBars = 158;  // Room for the colour bars.
constexpr double kBarWidth = 12;

void check(const std::vector<SpectrogramPair>& pairs, const SpectrogramOptions& options) {
  require(!pairs.empty(), "draw_spectrogram_pairs: there must be at least one pair");
  for (const SpectrogramPair& pair : pairs) {
    const Matrix& a = pair.original;
    const Matrix& b = pair.reconstruction;
    require(!a.empty() && a.rows() == b.rows() && a.cols() == b.cols(),
            fmt::format("draw_spectrogram_pairs: '{}' has {} x {} values and {} x {} reconstructed", pair.title,
                        a.rows(), a.cols(), b.rows(), b.cols()));
    require(options.band_hz.empty() || options.band_hz.size() == a.rows(),
            fmt::format("draw_spectrogram_pairs: '{}' has {} bands, band_hz {}", pair.title, a.rows(),
                        options.band_hz.size()));
  }
}

Matrix difference_of(const SpectrogramPair& pair) {
  Matrix difference = pair.reconstruction;
  for (std::size_t i = 0; i < difference.values().size(); ++i) difference.values()[i] -= pair.original.values()[i];
  return difference;
}

/// Bands from 0 to n with their numbers, or the places of round frequencies between the bands' middles.
Axis band_axis(std::size_t n, const std::vector<double>& hz) {
  Axis axis{0, static_cast<double>(n), {}, false};
  if (hz.empty()) {
    axis.ticks = round_ticks(axis.low, axis.high, 5);
    return axis;
  }
  for (const double tick : {100.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0}) {
    const auto above = std::ranges::lower_bound(hz, tick);
    if (above == hz.begin() || above == hz.end()) continue;
    const auto i = static_cast<std::size_t>(above - hz.begin());
    const double at = static_cast<double>(i) - 0.5 + (tick - hz[i - 1]) / (hz[i] - hz[i - 1]);
    // Mel bands are dense at the bottom: labels must not run into each other.
    const bool clear = axis.ticks.empty() || at - axis.ticks.back().at > 0.12 * axis.high;
    if (clear) axis.ticks.push_back({at, tick < 1000 ? fmt::format("{:g}", tick) : fmt::format("{:g}k", tick / 1000)});
  }
  return axis;
}

}  // namespace

void draw_spectrogram_pairs(const std::filesystem::path& without_extension, const std::vector<SpectrogramPair>& pairs,
                            const SpectrogramOptions& options) {
  check(pairs, options);
  ScaledValues shown;
  ScaledValues missing;
  std::vector<Matrix> differences;
  for (const SpectrogramPair& pair : pairs) {
    shown.add(pair.original.values());
    shown.add(pair.reconstruction.values());
    differences.push_back(difference_of(pair));
    missing.add(differences.back().values());
  }
  const ColourScale values = shown.range_scale();
  const ColourScale signs = missing.signed_scale();

  const std::size_t n_columns = options.difference ? 3 : 2;
  const double all = kWidth - 2 * kMargin - kAxisWidth - kBars - kGap * static_cast<double>(n_columns - 1);
  const double width = all / static_cast<double>(n_columns);
  const double header = Canvas::header_height(kWidth, options.subtitle) + 34;
  const double step = kPanelHeight + 54;
  const double first_top = header + 18;
  const double bottom = first_top + step * static_cast<double>(pairs.size() - 1) + kPanelHeight;
  Canvas canvas(kWidth, bottom + 54, options.title, options.subtitle);

  const double left = kMargin + kAxisWidth;
  const char* headings[] = {"original", "reconstruction", "reconstruction − original"};
  for (std::size_t c = 0; c < n_columns; ++c) {
    const double x = left + (width + kGap) * static_cast<double>(c);
    canvas.text({x, header - 18}, headings[c], {.size = 12, .colour = kSoftInk, .bold = true});
    canvas.text({x + width / 2, bottom + 36}, options.frame_s > 0 ? "seconds" : "frame",
                {.size = 11.5, .colour = kSoftInk, .align = Align::kCentre});
  }
  canvas.text({kMargin, header - 18}, options.band_hz.empty() ? "band" : "Hz", {.size = 11.5, .colour = kSoftInk});

  for (std::size_t p = 0; p < pairs.size(); ++p) {
    const SpectrogramPair& pair = pairs[p];
    const double top = first_top + step * static_cast<double>(p);
    const double note = std::min(11.5 * text_width(pair.note), all / 2);
    canvas.text({left, top - 13}, shortened(pair.title, (all - note - 20) / 13.5), {.size = 12.5, .bold = true});
    canvas.text({left + all + kGap * static_cast<double>(n_columns - 1), top - 13},
                shortened(pair.note, all / 2 / 11.5), {.size = 11.5, .colour = kSoftInk, .align = Align::kRight});
    const auto n_frames = static_cast<double>(pair.original.cols());
    Axis time{0, options.frame_s > 0 ? n_frames * options.frame_s : n_frames, {}, false};
    time.ticks = round_ticks(time.low, time.high, 6);
    const Axis bands = band_axis(pair.original.rows(), options.band_hz);
    for (std::size_t c = 0; c < n_columns; ++c) {
      const Box box{left + (width + kGap) * static_cast<double>(c), top, width, kPanelHeight};
      const Axis y = c == 0 ? bands : Axis{bands.low, bands.high, {}, false};
      const Matrix& image = c == 0 ? pair.original : c == 1 ? pair.reconstruction : differences[p];
      canvas.image(box, image, c == 2 ? signs : values, time, y);
    }
  }
  const double bars = kWidth - kMargin - kBars + 20;
  canvas.colour_bar({bars, first_top + 4, kBarWidth, kPanelHeight - 4}, values, options.unit);
  if (options.difference)
    canvas.colour_bar({bars + 72, first_top + 4, kBarWidth, kPanelHeight - 4}, signs, "difference");
  canvas.save(without_extension);
}

}  // namespace songmap::figures
