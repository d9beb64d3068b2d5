#include "songmap/figures/dendrogram.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "tests/figures/pictures.h"

namespace songmap::figures {
namespace {

namespace fs = std::filesystem;
using songmap::testing::kHostile;
using songmap::testing::kHostileInSvg;
using songmap::testing::occurrences;
using songmap::testing::picture_folder;
using songmap::testing::read_picture;

/// Rows merged at random, each merge higher than the one before.
std::vector<DendrogramMerge> random_tree(std::size_t n) {
  Random random(5);
  std::vector<std::size_t> tops(n);
  std::iota(tops.begin(), tops.end(), std::size_t{0});
  std::vector<DendrogramMerge> merges;
  while (tops.size() > 1) {
    random.shuffle(std::span(tops));
    const double share = static_cast<double>(merges.size() + 1) / static_cast<double>(n);
    merges.push_back({tops[tops.size() - 1], tops[tops.size() - 2], 1 + 30 * share * share * share});
    tops.pop_back();
  }
  return merges;
}

/// 0-1 and 2-3 first, 4 to 2-3, then all: groups {0, 1} and {2, 3, 4}.
const std::vector<DendrogramMerge> kSmall{{1, 0, 1}, {3, 2, 2}, {4, 3, 3}, {1, 4, 9}};

TEST(Dendrogram, ShowsTheTopOfTheTreeWithSizesAndGroups) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "tree";
  DendrogramOptions options{.title = "A title", .height_label = "Ward distance", .n_groups = 8};
  for (int i = 0; i < 1000; ++i) options.categories.push_back(i % 3 == 0 ? "rock" : i % 3 == 1 ? "jazz" : "");
  draw_dendrogram(name, random_tree(1000), options);
  const std::string svg = read_picture(name).svg;
  for (const char* text : {">A title<", ">Ward distance<", ">cut into 8 groups<", ">tracks<", ">mostly<", ">group<"}) {
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
  for (int g = 0; g < 8; ++g) EXPECT_NE(svg.find(fmt::format(">{}<", g)), std::string::npos) << g;
  EXPECT_EQ(occurrences(svg, " tracks<"), 8U);
  const std::size_t labelled = occurrences(svg, ">rock") + occurrences(svg, ">jazz") + occurrences(svg, ">no label");
  EXPECT_EQ(labelled, 30U);
}

TEST(Dendrogram, CountsNamesAndNumbersByHand) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "tree";
  draw_dendrogram(name, kSmall,
                  {.n_groups = 2,
                   .n_leaves = 3,
                   .row_names = {"a", "b", "c", "d", "lonely"},
                   .categories = {"folk", "folk", "soul", "soul", "soul"}});
  const std::string svg = read_picture(name).svg;
  // Branches {2, 3}, {4} and {0, 1}; the larger group stands above, but its number is the second.
  for (const char* text : {">soul (2)<", ">lonely<", ">folk (2)<", ">3 tracks<", ">2 tracks<", ">cut into 2 groups<"}) {
    EXPECT_EQ(occurrences(svg, text), 1U) << text;
  }
  EXPECT_LT(svg.find(">soul (2)<"), svg.find(">lonely<"));
  EXPECT_LT(svg.find(">lonely<"), svg.find(">folk (2)<"));
  EXPECT_LT(svg.find(">3 tracks<"), svg.find(">2 tracks<"));
  const std::size_t one = svg.find(">1<", svg.find(">folk (2)<"));
  const std::size_t zero = svg.find(">0<", svg.find(">folk (2)<"));
  EXPECT_LT(one, svg.find(">3 tracks<"));
  EXPECT_GT(zero, svg.find(">3 tracks<"));
}

TEST(Dendrogram, WithoutACutThereAreNoGroups) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "tree";
  draw_dendrogram(name, kSmall, {});
  const std::string svg = read_picture(name).svg;
  EXPECT_EQ(svg.find(">group<"), std::string::npos);
  EXPECT_EQ(svg.find("cut into"), std::string::npos);
}

TEST(Dendrogram, TiesTwoRowsEveryRowAGroupAndHostileTextAreFine) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  draw_dendrogram(folder / "flat", {{0, 1, 0}, {2, 0, 0}}, {.n_groups = 2});
  draw_dendrogram(folder / "two", {{0, 1, 2}}, {.title = kHostile, .n_groups = 2, .row_names = {kHostile, "b"}});
  draw_dendrogram(folder / "all", kSmall, {.n_groups = 5, .n_leaves = 2});
  EXPECT_EQ(occurrences(read_picture(folder / "flat").svg, ">1 track<"), 1U);
  EXPECT_NE(read_picture(folder / "two").svg.find(kHostileInSvg.substr(0, 15)), std::string::npos);
  EXPECT_EQ(occurrences(read_picture(folder / "all").svg, ">1 track<"), 5U);
}

TEST(Dendrogram, RejectsWhatIsNoTree) {
  EXPECT_THROW(draw_dendrogram("x", {}, {}), InvalidArgument);
  EXPECT_THROW(draw_dendrogram("x", {{0, 2, 1}}, {}), InvalidArgument);
  EXPECT_THROW(draw_dendrogram("x", {{0, 1, 1}, {1, 0, 2}}, {}), InvalidArgument);
  EXPECT_THROW(draw_dendrogram("x", {{0, 1, std::numeric_limits<double>::quiet_NaN()}}, {}), InvalidArgument);
  EXPECT_THROW(draw_dendrogram("x", kSmall, {.n_groups = 6}), InvalidArgument);
  EXPECT_THROW(draw_dendrogram("x", kSmall, {.categories = {"one"}}), InvalidArgument);
}

}  // namespace
}  // namespace songmap::figures
