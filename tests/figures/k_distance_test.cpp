#include "songmap/figures/k_distance.h"

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

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// 1, 2 … n.
std::vector<double> up_to(std::size_t n) {
  std::vector<double> distances;
  for (std::size_t i = 1; i <= n; ++i) distances.push_back(static_cast<double>(i));
  return distances;
}

TEST(KDistance, TellsWhatEachRadiusGave) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "distances";
  draw_k_distance(name, up_to(200),
                  {.title = "A title",
                   .k = 4,
                   .chosen = 50,
                   .trials = {{20, 0, 0, kNaN}, {50, 3, 0.71, -0.125}, {150, 2, 0.98, 0.25}}});
  const std::string svg = read_picture(name).svg;
  for (const char* text : {">A title<", ">distance to the 4th nearest track<", ">10 %<", ">75 %<", ">71 %<", ">−0.12<",
                           ">0.25<", ">refused<", ">radius 50: 25 % of the tracks are cores<"}) {
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
}

TEST(KDistance, FarStraysDoNotPressTheCurveFlat) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "distances";
  std::vector<double> distances(500, 1.0);
  distances.push_back(1000);
  draw_k_distance(name, distances, {.k = 1});
  EXPECT_NE(read_picture(name).svg.find(">distance to the 1st nearest track (up to 1e+03: not all shown)<"),
            std::string::npos);
}

TEST(KDistance, OneTrackZerosManyTrialsAndHostileTextAreFine) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  KDistanceOptions many{.title = kHostile, .subtitle = kHostile, .k = 12, .chosen = 31};
  for (int i = 1; i <= 100; ++i) many.trials.push_back({double(i), 2, 0.5, i == 31 ? 0.777 : 0.1});
  draw_k_distance(folder / "one", {kNaN, 2}, many);
  const std::string svg = read_picture(folder / "one").svg;
  EXPECT_NE(svg.find(kHostileInSvg.substr(0, 15)), std::string::npos);
  EXPECT_LE(occurrences(svg, ">0.10<"), 25U);
  EXPECT_EQ(occurrences(svg, ">0.78<"), 1U);
  EXPECT_NE(svg.find("12th"), std::string::npos);
  draw_k_distance(folder / "zeros", {0, 0, 0}, {.k = 22});
  EXPECT_NE(read_picture(folder / "zeros").svg.find("22nd"), std::string::npos);
}

TEST(KDistance, RejectsWhatIsNoDistance) {
  EXPECT_THROW(draw_k_distance("x", {}, {}), InvalidArgument);
  EXPECT_THROW(draw_k_distance("x", {kNaN}, {}), InvalidArgument);
  EXPECT_THROW(draw_k_distance("x", {1, -1}, {}), InvalidArgument);
  EXPECT_THROW(draw_k_distance("x", {1}, {.trials = {{kNaN, 1, 1, 1}}}), InvalidArgument);
}

}  // namespace
}  // namespace songmap::figures
