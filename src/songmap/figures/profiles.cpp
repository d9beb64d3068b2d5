#include "songmap/figures/profiles.h"

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
constexpr double kPanelHeight = 96;
constexpr double kAxisWidth = 34;

/// Magnitude that 96 % of all values stay below, and a little more: one odd item does not flatten the rest.
double common_limit(const std::vector<ProfilePanel>& panels) {
  std::vector<double> sizes;
  for (const ProfilePanel& panel : panels) {
    for (const auto* values : {&panel.original, &panel.reconstruction}) {
      for (const float v : *values) {
        if (std::isfinite(v)) sizes.push_back(std::abs(v));
      }
    }
  }
  if (sizes.empty()) return 1;
  const auto at = sizes.begin() + static_cast<std::ptrdiff_t>(0.96 * static_cast<double>(sizes.size() - 1));
  std::ranges::nth_element(sizes, at);
  return *at > 0 ? 1.12 * *at : 1;
}

}  // namespace

void draw_profiles(const std::filesystem::path& without_extension, const std::vector<ProfilePanel>& panels,
                   const ProfilesOptions& options) {
  require(!panels.empty(), "draw_profiles: there must be at least one panel");
  for (const ProfilePanel& panel : panels) {
    require(!panel.original.empty() && panel.original.size() == panel.reconstruction.size(),
            fmt::format("draw_profiles: '{}' has {} values and {} reconstructed", panel.title, panel.original.size(),
                        panel.reconstruction.size()));
  }
  const double limit = common_limit(panels);
  const double header = Canvas::header_height(kWidth, options.subtitle) + 26;
  const double step = kPanelHeight + 34;
  Canvas canvas(kWidth, header + step * static_cast<double>(panels.size()) + 44, options.title, options.subtitle);

  const double legend_y = header - 12;
  canvas.fill({kMargin, legend_y - 5, 24, 10}, kQuiet);
  canvas.text({kMargin + 31, legend_y}, "original", {.size = 12});
  canvas.line({kMargin + 112, legend_y}, {kMargin + 136, legend_y}, 0xbd1f01, 2);
  canvas.text({kMargin + 143, legend_y}, "reconstruction", {.size = 12});

  const double width = kWidth - 2 * kMargin - kAxisWidth;
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const ProfilePanel& panel = panels[p];
    const Box box{kMargin + kAxisWidth, header + 28 + step * static_cast<double>(p), width, kPanelHeight};
    const double note_width = 11.5 * text_width(panel.note);
    canvas.text({box.left, box.top - 12}, shortened(panel.title, (width - note_width - 20) / 13.5),
                {.size = 12.5, .bold = true});
    canvas.text({box.right(), box.top - 12}, panel.note, {.size = 11.5, .colour = kSoftInk, .align = Align::kRight});
    std::vector<std::vector<double>> rows;
    for (std::size_t i = 0; i < panel.original.size(); ++i) {
      rows.push_back({double(i + 1), panel.original[i], panel.reconstruction[i]});
    }
    const std::string data = canvas.data(rows);
    const auto n = static_cast<double>(rows.size());
    std::vector<Tick> ticks = round_ticks(1, n, 8);
    canvas.panel(box, {0.4, n + 0.6, p + 1 == panels.size() ? ticks : std::vector<Tick>{}, false},
                 {-limit, limit, round_ticks(-limit, limit, 4), true},
                 fmt::format("{0} using 1:2:(0.86) with boxes fillstyle solid noborder linecolor rgb '{1}', "
                             "{0} using 1:3 with lines linewidth 1.8 linecolor rgb '#bd1f01'",
                             data, hex(kQuiet)),
                 false);
  }
  canvas.text({kMargin + kAxisWidth + width / 2, header + step * static_cast<double>(panels.size()) + 26},
              options.x_label, {.size = 11.5, .colour = kSoftInk, .align = Align::kCentre});
  canvas.save(without_extension);
}

}  // namespace songmap::figures
