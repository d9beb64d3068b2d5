#include "songmap/figures/scatter.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/figures/palette.h"
#include "tests/figures/pictures.h"

namespace songmap::figures {
namespace {

namespace fs = std::filesystem;
using songmap::testing::kHostile;
using songmap::testing::kHostileInSvg;
using songmap::testing::occurrences;
using songmap::testing::Picture;
using songmap::testing::picture_folder;
using songmap::testing::read_picture;

Matrix random_points(std::size_t n, std::size_t cols) {
  Random random(3);
  Matrix points(n, cols);
  for (float& v : points.values()) v = static_cast<float>(random.normal());
  return points;
}

std::vector<std::string> cycled(std::size_t n, const std::vector<std::string>& names) {
  std::vector<std::string> categories;
  for (std::size_t i = 0; i < n; ++i) categories.push_back(names[i % names.size()]);
  return categories;
}

/// Symbols of points in the drawing, without those that define the symbols.
std::size_t symbols(const std::string& svg) { return occurrences(svg, "<use xlink:href='#gpPt") - 7; }

TEST(Scatter, DrawsEveryPointWithItsLegend) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "map.2d";
  const Matrix points = random_points(40, 2);
  draw_scatter(name, points, cycled(40, {"folk", "jazz"}), {.title = "A title", .subtitle = "subtitle"});
  const Picture picture = read_picture(name);
  // Each point with its white edge, and one symbol for each of the two entries of the legend.
  EXPECT_EQ(symbols(picture.svg), 2 * 40 + 2U);
  for (const char* text : {">A title<", ">subtitle<", ">folk<", ">jazz<", ">20<", "<title>A title</title>"}) {
    EXPECT_NE(picture.svg.find(text), std::string::npos) << text;
  }
}

TEST(Scatter, SameInputSameBytes) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  const Matrix points = random_points(60, 3);
  for (const char* name : {"a", "b"}) draw_scatter(folder / name, points, cycled(60, {"x", "y", "z"}), {.title = "t"});
  EXPECT_EQ(read_picture(folder / "a").svg, read_picture(folder / "b").svg);
  EXPECT_EQ(read_picture(folder / "a").png, read_picture(folder / "b").png);
}

TEST(Scatter, LeavesOutRowsThatAreNotFinite) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "gaps";
  Matrix points = random_points(10, 2);
  points(3, 1) = std::numeric_limits<float>::quiet_NaN();
  points(4, 0) = std::numeric_limits<float>::infinity();
  draw_scatter(name, points, cycled(10, {"one"}), {});
  EXPECT_EQ(symbols(read_picture(name).svg), 2 * 8 + 1U);
}

TEST(Scatter, TextIsDataWhateverItHolds) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "hostile";
  draw_scatter(name, random_points(12, 2), cycled(12, {kHostile, "plain"}),
               {.title = kHostile, .subtitle = kHostile, .legend_title = "it's", .name_categories = true});
  const Picture picture = read_picture(name);
  EXPECT_NE(picture.svg.find(kHostileInSvg), std::string::npos);
  EXPECT_FALSE(fs::exists("hacked"));
}

TEST(Scatter, MoreThanTwentyCategoriesShareOneGreyStyle) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "many";
  std::vector<std::string> names;
  for (int i = 0; i < 35; ++i) names.push_back(fmt::format("genre {}", i));
  draw_scatter(name, random_points(80, 2), cycled(80, names), {});
  const Picture picture = read_picture(name);
  EXPECT_NE(picture.svg.find(">16 others<"), std::string::npos);
  EXPECT_NE(picture.svg.find(">genre 0<"), std::string::npos);
  EXPECT_EQ(picture.svg.find(">genre 34<"), std::string::npos);
}

TEST(Scatter, OnePointAndEqualPointsAreFine) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  for (const std::size_t cols : {2U, 3U}) {
    const fs::path name = folder / fmt::format("same{}", cols);
    draw_scatter(name, Matrix(3, cols), cycled(3, {"a"}), {.show_axes = true});
    EXPECT_EQ(symbols(read_picture(name).svg), 2 * 3 + 1U);
  }
}

TEST(Scatter, RejectsWhatItCannotDraw) {
  const std::vector<std::string> two{"a", "b"};
  EXPECT_THROW(draw_scatter("x", Matrix(2, 4), two, {}), InvalidArgument);
  EXPECT_THROW(draw_scatter("x", Matrix(3, 2), two, {}), InvalidArgument);
  EXPECT_THROW(draw_scatter("x", Matrix(0, 2), {}, {}), InvalidArgument);
  Matrix nothing(2, 2);
  for (float& v : nothing.values()) v = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(draw_scatter("x", nothing, two, {}), InvalidArgument);
}

TEST(Scatter, ManyTransparentPointsHaveTheColoursOfTheLegend) {
  SONGMAP_NEEDS_GNUPLOT();
  constexpr std::size_t kMany = 3000;
  Matrix points(kMany, 2);
  std::vector<std::string> categories;
  for (std::size_t i = 0; i < kMany; ++i) {
    points(i, 0) = float(i % 61);
    points(i, 1) = float(i / 61);
    categories.push_back(i % 2 == 0 ? "a" : "b");
  }
  const std::filesystem::path file = songmap::testing::picture_folder() / "many";
  draw_scatter(file, points, categories, {});
  const std::string svg = songmap::testing::read_picture(file).svg;
  for (std::size_t i = 0; i < 2; ++i) {
    const Colour colour = nth_style(i).colour;
    const std::string wanted = fmt::format("rgb({:3}, {:3}, {:3})", colour >> 16, colour >> 8 & 0xff, colour & 0xff);
    EXPECT_GE(songmap::testing::occurrences(svg, wanted), kMany / 2) << wanted;
  }
}

}  // namespace
}  // namespace songmap::figures
