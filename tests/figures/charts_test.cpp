#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "songmap/core/error.h"
#include "songmap/figures/bars.h"
#include "songmap/figures/curves.h"
#include "songmap/figures/heatmap.h"
#include "songmap/figures/profiles.h"
#include "tests/figures/pictures.h"

/// Bars, curves, heat maps and profiles: what must be on the picture, and hostile text in all of them.
namespace songmap::figures {
namespace {

namespace fs = std::filesystem;
using songmap::testing::big_endian;
using songmap::testing::kHostile;
using songmap::testing::kHostileInSvg;
using songmap::testing::occurrences;
using songmap::testing::Picture;
using songmap::testing::picture_folder;
using songmap::testing::read_picture;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The first run of letters of the hostile text as they stand in an SVG, short enough never to be cut.
const std::string kHostileStart = kHostileInSvg.substr(0, 15);

TEST(Bars, PrintsValuesAndSaysWhatIsNotDefined) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "bars";
  BarsOptions options{.title = "Agreement", .rows = {"k-means", "ward", "dbscan", "not run", kHostile}};
  options.groups = {"audio", "audio", "hybrid", "hybrid", kHostile};
  options.emphasised = {true, false, false, false, false};
  options.chance_meaning = "what chance gives";
  draw_bars(name,
            {{.title = "ARI",
              .bars = {{.value = 0.314, .low = 0.2, .high = 0.4, .chance = 0.1},
                       {.value = -0.05},
                       {.value = kNaN},
                       {.computed = false},
                       {.value = -0.001}}},
             {.title = kHostile, .bars = std::vector<Bar>(5, {.value = 171.37}), .decimals = 1}},
            options);
  const std::string svg = read_picture(name).svg;
  EXPECT_EQ(occurrences(svg, ">not defined<"), 1U);
  for (const char* text : {">0.31<", ">−0.05<", ">0.00<", ">171.4<", ">what chance gives<", ">not run<"}) {
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
  EXPECT_NE(svg.find(kHostileStart), std::string::npos);
}

TEST(Bars, LongNamesAreNotCut) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "bars";
  draw_bars(
      name, std::vector<BarPanel>(3, {.title = "Adjusted mutual information", .bars = {{.value = 1}, {}}}),
      {.rows = {"Beta-VAE Hybrid (audio+lyrics) + Agglomerative", "Conditional VAE (condition: language) + K-Means"}});
  const std::string svg = read_picture(name).svg;
  EXPECT_EQ(svg.find("…"), std::string::npos);
  for (const char* text : {">Beta-VAE Hybrid (audio+lyrics) +<", ">Agglomerative<", ">K-Means<", ">information<"}) {
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
}

double height_of(const fs::path& name) { return big_endian(read_picture(name).png, 20) / 2.0; }

TEST(Bars, PagesFitOnPaperAndLeaveNothingOut) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  BarsOptions options{.title = "t"};
  std::vector<BarPanel> panels(6);
  for (std::size_t i = 0; i < 90; ++i) {
    options.rows.push_back(fmt::format("method {}", i));
    options.groups.push_back(fmt::format("group {}", i / 9));
    options.emphasised.push_back(i == 50);
    for (BarPanel& panel : panels) panel.bars.push_back({.value = double(i)});
  }
  std::size_t n_bars = 0;
  const std::vector<BarsPage> many = bars_pages(panels, options);
  draw_bars(folder / "page", many.front().panels, many.front().options);
  EXPECT_LE(height_of(folder / "page"), 1340 + 2 * 26);  // Headings may fall unevenly.
  for (const BarsPage& page : many) {
    for (const BarPanel& panel : page.panels) {
      EXPECT_EQ(panel.reach, 89);
      n_bars += panel.bars.size();
    }
  }
  EXPECT_EQ(n_bars, 6 * 90U);

  options.rows.resize(21);
  options.groups.clear();
  options.emphasised.clear();
  for (BarPanel& panel : panels) panel.bars.resize(21);
  const std::vector<BarsPage> pages = bars_pages(panels, options);
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_EQ(pages[0].options.rows, options.rows);
}

TEST(Bars, AllUndefinedIsStillAPicture) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "bars";
  draw_bars(name, {{.title = "t", .bars = {{}, {}}}}, {.rows = {"a", "b"}});
  EXPECT_EQ(occurrences(read_picture(name).svg, ">not defined<"), 2U);
}

TEST(Bars, RejectsPanelsThatDoNotFit) {
  EXPECT_THROW(draw_bars("x", {}, {.rows = {"a"}}), InvalidArgument);
  EXPECT_THROW(draw_bars("x", {{.title = "t"}}, {}), InvalidArgument);
  EXPECT_THROW(draw_bars("x", {{.title = "t", .bars = {{}, {}}}}, {.rows = {"a"}}), InvalidArgument);
}

Curve falling(const std::string& name, double start) {
  Curve curve{.name = name};
  for (int i = 1; i <= 40; ++i) {
    curve.x.push_back(i);
    curve.y.push_back(1 + start * std::exp(-double(i)) - 0.001 * i);
  }
  return curve;
}

TEST(Curves, NamesLinesAndSaysWhenTheStartIsCutOff) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  draw_curves(folder / "steep", {{.title = "Total", .curves = {falling("training", 1e3), falling("held out", 1e3)}}},
              {.title = "Training", .x_label = "epoch"});
  const std::string steep = read_picture(folder / "steep").svg;
  for (const char* text : {">training<", ">held out<", ">epoch<", ">start not shown<"}) {
    EXPECT_NE(steep.find(text), std::string::npos) << text;
  }
  draw_curves(folder / "steeper", {{.title = "Total", .curves = {falling("training", 1e6)}}}, {});
  EXPECT_NE(read_picture(folder / "steeper").svg.find(">logarithmic<"), std::string::npos);
  draw_curves(folder / "gentle", {{.title = "Total", .curves = {falling("training", 0)}}}, {});
  EXPECT_EQ(read_picture(folder / "gentle").svg.find("start not shown"), std::string::npos);
}

/// One line a beta, each at its own height.
CurvePanel betas(const std::string& title, double factor) {
  CurvePanel panel{.title = title, .note = "nats"};
  for (const double beta : {0.1, 0.5, 1.0, 2.0, 4.0, 8.0}) {
    Curve curve{.name = fmt::format("Beta-VAE hybrid, beta {}", beta)};
    for (int i = 1; i <= 60; ++i) {
      curve.x.push_back(i);
      curve.y.push_back(std::pow(factor, -beta) * (4 + 3 * std::exp(-i / 9.0)));
      curve.low.push_back(curve.y.back() * 0.85);
      curve.high.push_back(curve.y.back() * 1.2);
    }
    panel.curves.push_back(std::move(curve));
  }
  return panel;
}

TEST(Curves, ManyLinesHaveALegendEachAndALogarithmicAxisWhereTheyDiffer) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "betas";
  draw_curves(name, {betas("Total", 1.05), betas("Reconstruction", 0.97), betas("KL", 2.6)},
              {.title = "Training", .subtitle = "Mean of 10 seeds; band: lowest to highest.", .x_label = "epoch"});
  const std::string svg = read_picture(name).svg;
  for (const char* beta : {"0.1", "0.5", "1", "2", "4", "8"}) {
    EXPECT_EQ(occurrences(svg, fmt::format(">Beta-VAE hybrid, beta {}<", beta)), 1U) << beta;
  }
  EXPECT_EQ(occurrences(svg, "nats; logarithmic<"), 1U);
  EXPECT_NE(svg.find(">0.01<"), std::string::npos);
}

TEST(Curves, OneQuantityAPanelNeedsNoLegendButItsMark) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  std::vector<CurvePanel> panels;
  for (const char* title : {"Gap statistic", "Stability", "BIC", "Eigengap"}) {
    Curve curve;
    for (int k = 2; k <= 16; ++k) {
      curve.x.push_back(k);
      curve.y.push_back(-std::abs(k - 8) + 0.1 * double(panels.size()));
      curve.low.push_back(curve.y.back() - 1);
      curve.high.push_back(curve.y.back() + 1);
    }
    panels.push_back({.title = title, .curves = {curve}});
  }
  CurvesOptions options{.title = "How many groups?", .x_label = "groups", .marked_x = 8, .mark = "chosen: 8 groups"};
  draw_curves(folder / "marked", panels, options);
  const std::string marked = read_picture(folder / "marked").svg;
  EXPECT_EQ(occurrences(marked, ">chosen: 8 groups<"), 1U);
  // A dashed line in each of four panels and one in the legend.
  EXPECT_EQ(occurrences(marked, "stroke-dasharray"), 5U);
  options = {.title = "How many groups?"};
  draw_curves(folder / "bare", panels, options);
  EXPECT_EQ(occurrences(read_picture(folder / "bare").svg, "stroke-dasharray"), 0U);
}

TEST(Curves, ZerosAndBandsBelowZeroNeverMeetALogarithm) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  const Curve high{.name = "high", .x = {1, 2, 3}, .y = {500, 400, 450}, .low = {-1, 0, 300}, .high = {900, 800, 700}};
  draw_curves(folder / "zero", {{.curves = {high, {.name = "none", .x = {1, 2, 3}, .y = {0, 0, 0}}}}}, {});
  EXPECT_EQ(read_picture(folder / "zero").svg.find("logarithmic"), std::string::npos);
  draw_curves(folder / "band", {{.curves = {high, {.name = "low", .x = {1, 2, 3}, .y = {1, 1, 2}}}}}, {});
  EXPECT_NE(read_picture(folder / "band").svg.find(">logarithmic<"), std::string::npos);
}

TEST(Curves, GapsSinglePointsAndEmptyPanelsAreFine) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "curves";
  draw_curves(name,
              {{.title = kHostile, .curves = {{.name = kHostile, .x = {1}, .y = {2}, .low = {1}, .high = {3}}}},
               {.title = "gap", .curves = {{.name = "g", .x = {1, 2, 3}, .y = {1, kNaN, 2}}}},
               {.title = "nothing"},
               {.title = "all gaps", .curves = {{.name = "g", .x = {1, 2}, .y = {kNaN, kNaN}}}}},
              {.title = kHostile});
  EXPECT_NE(read_picture(name).svg.find(kHostileStart), std::string::npos);
}

TEST(Curves, RejectsColumnsOfDifferentLengths) {
  EXPECT_THROW(draw_curves("x", {}, {}), InvalidArgument);
  EXPECT_THROW(draw_curves("x", {{.title = "t", .curves = {{.name = "c", .x = {1, 2}, .y = {1}}}}}, {}),
               InvalidArgument);
}

TEST(Heatmap, PrintsEveryCountAndTheRowSums) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "heat";
  draw_heatmap(name, Matrix(2, 3, {11, 0, 22, 33, 44, 0}),
               {.title = "t",
                .rows_title = "genre",
                .columns_title = "group",
                .row_names = {"folk", kHostile},
                .column_names = {"0", "1", "noise"}});
  const std::string svg = read_picture(name).svg;
  for (const char* text : {">11<", ">22<", ">33<", ">44<", ">77<", ">folk<", ">noise<", ">genre<", ">group<"}) {
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(occurrences(svg, ">33<"), 2U);  // A cell, and the sum of the first row.
  EXPECT_NE(svg.find(kHostileStart), std::string::npos);
}

TEST(Heatmap, ManyColumnsAndEmptyRowsAreFine) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "heat";
  draw_heatmap(name, Matrix(2, 100),
               {.row_names = {"a", "b"}, .column_names = std::vector<std::string>(100, "long name")});
  static_cast<void>(read_picture(name));
}

TEST(Heatmap, RejectsCountsThatAreNone) {
  EXPECT_THROW(draw_heatmap("x", Matrix(), {}), InvalidArgument);
  EXPECT_THROW(draw_heatmap("x", Matrix(1, 1, {-1}), {.row_names = {"a"}, .column_names = {"b"}}), InvalidArgument);
  EXPECT_THROW(draw_heatmap("x", Matrix(1, 1), {.row_names = {"a", "b"}, .column_names = {"c"}}), InvalidArgument);
}

TEST(Profiles, ShowsEachItemWithItsNote) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "profiles";
  const std::vector<float> original{1, -2, std::numeric_limits<float>::quiet_NaN(), 0.5F};
  draw_profiles(name,
                {{.title = kHostile, .note = "error 0.31", .original = original, .reconstruction = {0.9F, -1, 0, 0.4F}},
                 {.title = "second", .original = {0}, .reconstruction = {0}}},
                {.title = "Reconstructions", .x_label = "feature"});
  const std::string svg = read_picture(name).svg;
  for (const char* text : {">error 0.31<", ">second<", ">original<", ">reconstruction<", ">feature<"}) {
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
  EXPECT_NE(svg.find(kHostileStart), std::string::npos);
}

TEST(Profiles, RejectsRowsOfDifferentLengths) {
  EXPECT_THROW(draw_profiles("x", {}, {}), InvalidArgument);
  EXPECT_THROW(draw_profiles("x", {{.title = "t", .original = {1, 2}, .reconstruction = {1}}}, {}), InvalidArgument);
}

}  // namespace
}  // namespace songmap::figures
