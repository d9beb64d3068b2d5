#include "songmap/figures/traversal.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "songmap/core/error.h"
#include "tests/figures/pictures.h"

namespace songmap::figures {
namespace {

namespace fs = std::filesystem;
using songmap::testing::kHostile;
using songmap::testing::kHostileInSvg;
using songmap::testing::occurrences;
using songmap::testing::picture_folder;
using songmap::testing::read_picture;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
const std::vector<std::string> kSteps{"−3", "−2", "−1", "0", "1", "2", "3"};

/// Feature f moves by slope(f) a step.
template <class Slope>
TraversalPanel panel(const std::string& title, std::size_t n_features, const Slope& slope) {
  TraversalPanel result{.title = title, .note = "KL 1.24 nats", .values = Matrix(7, n_features)};
  for (std::size_t f = 0; f < n_features; ++f) {
    result.feature_names.push_back(fmt::format("mfcc {} mean", f));
    for (std::size_t s = 0; s < 7; ++s) {
      result.values(s, f) = static_cast<float>(5 + slope(f) * (double(s) - 3));
    }
  }
  return result;
}

TEST(Traversal, ShowsTheFeaturesThatMoveMostAndHowFar) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "traversal";
  std::vector<TraversalPanel> panels;
  for (int d = 0; d < 5; ++d) {
    panels.push_back(panel(fmt::format("Dimension {}", d), 40,
                           [&](std::size_t f) { return 0.6 * std::sin(0.7 * double(f) + d) / (1 + d); }));
  }
  panels.push_back(panel("Planted", 40, [](std::size_t f) { return f == 31 ? -0.5 : f == 17 ? 0.4 : 0.001; }));
  panels.back().feature_names[31] = "centroid";
  panels.back().feature_names[17] = "tempo";
  panels.back().feature_names[2] = "still";
  draw_traversals(
      name, panels,
      {.title = "What each dimension does", .subtitle = "s", .steps = kSteps, .unit = "std. dev.", .n_features = 4});
  const std::string svg = read_picture(name).svg;
  for (const char* text :
       {">Planted<", ">KL 1.24 nats<", ">centroid<", ">tempo<", ">+1.5<", ">−1.5<", ">−1.2<", ">−3<", ">std. dev.<"}) {
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
  // The one that moves most stands first, and the rest is left out.
  EXPECT_LT(svg.find(">centroid<"), svg.find(">tempo<"));
  EXPECT_EQ(svg.find(">still<"), std::string::npos);
  EXPECT_EQ(occurrences(svg, ">−3<"), 6U);
  EXPECT_EQ(svg.find(">−0.0<"), std::string::npos);
}

TEST(Traversal, OneStillPanelHolesAndHostileTextAreFine) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  TraversalPanel odd = panel(kHostile, 3, [](std::size_t) { return 0; });
  odd.note = odd.feature_names[1] = kHostile;
  odd.values(2, 1) = kNaN;
  for (std::size_t s = 0; s < 7; ++s) odd.values(s, 2) = kNaN;
  draw_traversals(folder / "odd", {odd}, {.title = kHostile, .subtitle = kHostile, .steps = kSteps, .unit = kHostile});
  EXPECT_NE(read_picture(folder / "odd").svg.find(kHostileInSvg.substr(0, 15)), std::string::npos);
}

TEST(Traversal, RejectsWhatDoesNotFit) {
  EXPECT_THROW(draw_traversals("x", {}, {.steps = kSteps}), InvalidArgument);
  const TraversalPanel good = panel("t", 2, [](std::size_t) { return 1; });
  EXPECT_THROW(draw_traversals("x", {good}, {.steps = {"0"}}), InvalidArgument);
  EXPECT_THROW(draw_traversals("x", {good}, {.steps = kSteps, .n_features = 0}), InvalidArgument);
  TraversalPanel nameless = good;
  nameless.feature_names.pop_back();
  EXPECT_THROW(draw_traversals("x", {nameless}, {.steps = kSteps}), InvalidArgument);
}

SpectrogramTraversal spectrograms(const std::string& title, double strength) {
  SpectrogramTraversal row{.title = title, .note = "KL 0.80 nats"};
  for (int s = -3; s <= 3; ++s) {
    Matrix x(64, 432);
    for (std::size_t b = 0; b < 64; ++b) {
      for (std::size_t f = 0; f < 432; ++f) {
        const double level = -60 + 40 * std::exp(-double(b) / 20) + 10 * std::cos(double(f) / 12);
        x(b, f) = static_cast<float>(level + s * strength * std::cos(double(b) / 10));
      }
    }
    row.steps.push_back(std::move(x));
  }
  return row;
}

TEST(SpectrogramTraversal, ARowADimensionAndTwoScales) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "traversal";
  std::vector<SpectrogramTraversal> rows;
  for (int d = 0; d < 4; ++d) rows.push_back(spectrograms(fmt::format("Dimension {}", d), 3.0 / (1 + d)));
  draw_spectrogram_traversals(name, rows, {.title = "What each dimension does", .steps = kSteps, .unit = "dB"});
  const auto picture = read_picture(name);
  EXPECT_EQ(occurrences(picture.svg, "<image "), 4 * 7 + 2U);
  for (const char* text : {">Dimension 3<", ">KL 0.80 nats<", ">dB<", ">change<", ">−3<"}) {
    EXPECT_NE(picture.svg.find(text), std::string::npos) << text;
  }
  EXPECT_LT(picture.svg.size(), 1'200'000U);
}

TEST(SpectrogramTraversal, OneRowIsFineAndShapesMustFit) {
  EXPECT_THROW(draw_spectrogram_traversals("x", {}, {.steps = kSteps}), InvalidArgument);
  SpectrogramTraversal row = spectrograms(kHostile, 0);
  EXPECT_THROW(draw_spectrogram_traversals("x", {row}, {.steps = {"0", "1"}}), InvalidArgument);
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "one";
  draw_spectrogram_traversals(name, {row}, {.steps = kSteps, .unit = "dB"});
  EXPECT_NE(read_picture(name).svg.find(">dB<"), std::string::npos);
  row.steps[2] = Matrix(2, 2);
  EXPECT_THROW(draw_spectrogram_traversals("x", {row}, {.steps = kSteps}), InvalidArgument);
}

}  // namespace
}  // namespace songmap::figures
