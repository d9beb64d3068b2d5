#include "songmap/report/html.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>

#include "songmap/core/text_file.h"
#include "songmap/figures/text.h"

namespace songmap::report {
namespace {

namespace fs = std::filesystem;

/// Above this, a picture of many points is taken as pixels if that is smaller.
constexpr std::size_t kLargeSvg = 350'000;

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += i + j <= bytes.size() ? kDigits[group >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

std::optional<std::string> read_if_there(const fs::path& path) {
  if (!fs::is_regular_file(path)) return std::nullopt;
  return read_file(path);
}

/// Width and height in CSS pixels from an SVG's viewBox, so that the page does not jump while it loads.
std::string size_attributes(const std::string& svg) {
  const std::size_t at = svg.find("viewBox=\"0 0 ");
  if (at == std::string::npos) return "";
  char* end = nullptr;
  const double width = std::strtod(svg.c_str() + at + 13, &end);
  const double height = std::strtod(end, nullptr);
  if (!(width > 0 && height > 0)) return "";
  return fmt::format(" width=\"{:.0f}\" height=\"{:.0f}\"", width, height);
}

}  // namespace

std::string escaped(std::string_view text) { return figures::xml_escaped(text); }

std::string spelled_number(double value, int decimals) {
  if (!std::isfinite(value)) return "not defined";
  std::string digits = fmt::format("{:.{}f}", std::abs(value), decimals);
  const bool zero = digits.find_first_not_of("0.") == std::string::npos;
  return fmt::format("{}{}", value < 0 && !zero ? "−" : "", digits);
}

std::string spelled_count(std::size_t n) {
  const std::string digits = fmt::format("{}", n);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string counted(std::size_t n, std::string_view noun) {
  return fmt::format("{} {}{}", spelled_count(n), noun, n == 1 ? "" : "s");
}

std::string spelled_duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "unknown length";
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole >= 3600) return fmt::format("{} h {} min", spelled_count(whole / 3600), whole % 3600 / 60);
  if (whole >= 60)
    return whole % 60 == 0 ? fmt::format("{} min", whole / 60) : fmt::format("{} min {} s", whole / 60, whole % 60);
  return seconds < 10 ? fmt::format("{:.1f} s", seconds) : fmt::format("{} s", whole);
}

std::string spelled_p(double p) {
  if (!std::isfinite(p)) return "p not computed";
  if (p < 0.001) return "p < 0.001";
  return fmt::format("p = {:.{}f}", p, p < 0.01 ? 3 : 2);
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? " and " : ", ";
    text += items[i];
  }
  return text;
}

std::string table_html(std::string_view caption, const std::vector<HtmlColumn>& columns,
                       const std::vector<std::vector<std::string>>& rows) {
  std::string html = fmt::format("<div class=\"scroll\"><table>\n<caption>{}</caption>\n<thead><tr>", escaped(caption));
  for (const HtmlColumn& column : columns) {
    html += fmt::format("<th scope=\"col\"{}>{}</th>", column.numeric ? " class=\"n\"" : "", escaped(column.title));
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const std::vector<std::string>& row : rows) {
    if (row.size() == 1 && columns.size() > 1) {
      html += fmt::format("<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{}\">{}</th></tr>\n", columns.size(),
                          row.front());
      continue;
    }
    html += "<tr>";
    for (std::size_t c = 0; c < row.size(); ++c) {
      const bool numeric = c < columns.size() && columns[c].numeric;
      html += c == 0 ? fmt::format("<th scope=\"row\">{}</th>", row[c])
                     : fmt::format("<td{}>{}</td>", numeric ? " class=\"n\"" : "", row[c]);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string folded_html(std::string_view summary, std::string_view body) {
  if (body.empty()) return "";
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n", escaped(summary), body);
}

std::string paragraph_html(std::string_view text) { return fmt::format("<p>{}</p>\n", escaped(text)); }

std::string section_html(std::string_view id, std::string_view title, std::string_view body) {
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-heading\">\n<h2 id=\"{0}-heading\">{1}</h2>\n{2}</section>\n", id,
      escaped(title), body);
}

std::optional<std::string> figure_html(const fs::path& folder, const std::string& name, std::string_view alternative,
                                       std::string_view caption) {
  const std::optional<std::string> svg = read_if_there(folder / (name + ".svg"));
  std::optional<std::string> png;
  if (!svg || svg->size() > kLargeSvg) png = read_if_there(folder / (name + ".png"));
  if (!svg && !png) return std::nullopt;
  const bool as_pixels = png && (!svg || png->size() < svg->size());
  const std::string source =
      as_pixels ? "data:image/png;base64," + base64(*png) : "data:image/svg+xml;base64," + base64(*svg);
  return fmt::format("<figure><img src=\"{}\"{} alt=\"{}\"><figcaption>{}</figcaption></figure>\n", source,
                     svg ? size_attributes(*svg) : "", escaped(alternative), escaped(caption));
}

}  // namespace songmap::report
