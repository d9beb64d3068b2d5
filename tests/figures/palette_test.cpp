#include "songmap/figures/palette.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace songmap::figures {
namespace {

using Vector = std::array<double, 3>;

double linear(double component) {
  const double c = component / 255;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

Vector linear_rgb(Colour colour) {
  return {linear(colour >> 16 & 0xff), linear(colour >> 8 & 0xff), linear(colour & 0xff)};
}

/// CIE L*a*b* (D65) of linear RGB.
Vector lab(const Vector& rgb) {
  const Vector xyz{(0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.9505,
                   0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2],
                   (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.089};
  const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
  return {116 * f(xyz[1]) - 16, 500 * (f(xyz[0]) - f(xyz[1])), 200 * (f(xyz[1]) - f(xyz[2]))};
}

/// How a dichromat sees linear RGB: Machado, Oliveira & Fernandes (2009), severity 1.
Vector seen(const Vector& rgb, const std::array<Vector, 3>& deficiency) {
  Vector result{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) result[i] += deficiency[i][j] * rgb[j];
    result[i] = std::clamp(result[i], 0.0, 1.0);
  }
  return result;
}

/// The usual eye, and those of protanopes, deuteranopes and tritanopes.
const std::array<std::array<Vector, 3>, 4> kEyes{
    {{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
     {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
     {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
     {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}}}};

Vector lab_seen(Colour colour, std::size_t eye) { return lab(seen(linear_rgb(colour), kEyes[eye])); }

double distance(const Vector& x, const Vector& y) { return std::hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]); }

TEST(Palette, StrongColoursKeepApartUnderColourBlindness) {
  for (std::size_t eye = 0; eye < kEyes.size(); ++eye) {
    for (std::size_t a = 0; a < 10; ++a) {
      for (std::size_t b = a + 1; b < 10; ++b) {
        const double apart = distance(lab_seen(nth_style(a).colour, eye), lab_seen(nth_style(b).colour, eye));
        EXPECT_GT(apart, eye == 0 ? 24 : 16) << "eye " << eye << ", colours " << a << " and " << b;  // 2.3: just seen
      }
    }
  }
}

TEST(Palette, SequentialScalesChangeEvenlyForEveryEye) {
  for (const auto scale : {sequential, perceptual}) {
    const double direction = lab_seen(scale(1), 0)[0] > lab_seen(scale(0), 0)[0] ? 1 : -1;
    for (std::size_t eye = 0; eye < kEyes.size(); ++eye) {
      for (int i = 0; i < 16; ++i) {
        const double step = lab_seen(scale((i + 1) / 16.0), eye)[0] - lab_seen(scale(i / 16.0), eye)[0];
        EXPECT_GT(direction * step, 1.5) << "eye " << eye << ", step " << i;
        EXPECT_LT(direction * step, 11) << "eye " << eye << ", step " << i;
      }
    }
  }
}

TEST(Palette, DivergingIsEvenlyDarkOnBothSidesAndTheSidesKeepApart) {
  for (std::size_t eye = 0; eye < kEyes.size(); ++eye) {
    for (int i = 1; i <= 8; ++i) {
      const Vector below = lab_seen(diverging(0.5 - i / 16.0), eye);
      const Vector above = lab_seen(diverging(0.5 + i / 16.0), eye);
      EXPECT_LT(std::abs(below[0] - above[0]), eye == 0 ? 5 : 10) << "eye " << eye << ", step " << i;
      EXPECT_GT(distance(below, above), 5.0 + 3 * i) << "eye " << eye << ", step " << i;
      EXPECT_LT(above[0], lab_seen(diverging(0.5 + (i - 1) / 16.0), eye)[0]);
    }
  }
}

TEST(Palette, NoTwoOfTwentyStylesAreTheSame) {
  for (std::size_t a = 0; a < 20; ++a) {
    for (std::size_t b = a + 1; b < 20; ++b) {
      EXPECT_FALSE(nth_style(a).colour == nth_style(b).colour && nth_style(a).marker == nth_style(b).marker);
    }
  }
}

TEST(Palette, BlendingAndInk) {
  EXPECT_EQ(blended(0x000000, 0xffffff, 0), 0x000000U);
  EXPECT_EQ(blended(0x000000, 0xffffff, 1), 0xffffffU);
  EXPECT_EQ(blended(0x204060, 0x406080, 0.5), 0x305070U);
  EXPECT_EQ(hex(0x0a0b0c), "#0a0b0c");
  EXPECT_EQ(ink_on(0xffffff), kInk);
  EXPECT_EQ(ink_on(0x102030), 0xffffffU);
}

TEST(StyleCategories, OrderIsNaturalAndDoesNotDependOnTheRows) {
  const std::vector<std::string> rows{"10", "2", "noise", "", "2"};
  const std::vector<std::string> grey{"noise"};
  const CategoryStyles styles = style_categories(rows, grey);
  ASSERT_EQ(styles.styles.size(), 4U);
  EXPECT_EQ(styles.styles[0].name, "2");
  EXPECT_EQ(styles.styles[0].count, 2U);
  EXPECT_EQ(styles.styles[1].name, "10");
  EXPECT_EQ(styles.styles[2].name, "no label");
  EXPECT_EQ(styles.styles[3].name, "noise");
  EXPECT_TRUE(styles.styles[2].outside && styles.styles[3].outside);
  EXPECT_EQ(styles.style_of_row, (std::vector<std::size_t>{1, 0, 3, 2, 0}));

  const std::vector<std::string> turned(rows.rbegin(), rows.rend());
  const CategoryStyles again = style_categories(turned, grey);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(again.style_of_row[rows.size() - 1 - i], styles.style_of_row[i]);
  }
}

TEST(StyleCategories, OfTooManyTheLargestKeepAColour) {
  std::vector<std::string> rows;
  for (int c = 0; c < 30; ++c) rows.insert(rows.end(), static_cast<std::size_t>(c + 1), fmt::format("c{}", c));
  const CategoryStyles styles = style_categories(rows, {}, 20);
  ASSERT_EQ(styles.styles.size(), 20U);
  EXPECT_EQ(styles.styles.back().name, "11 others");
  EXPECT_TRUE(styles.styles.back().outside);
  EXPECT_EQ(styles.styles.back().count, 66U);  // 1 + 2 + … + 11
  EXPECT_EQ(styles.styles.front().name, "c11");
  std::size_t sum = 0;
  for (const CategoryStyle& style : styles.styles) sum += style.count;
  EXPECT_EQ(sum, rows.size());
}

TEST(StyleCategories, AGroupKeepsTheStyleOfItsNumber) {
  const std::vector<std::string> all{"0", "1", "2", "3", "21"};
  const std::vector<std::string> some{"1", "3", "21"};
  const CategoryStyles before = style_categories(all, {});
  const CategoryStyles after = style_categories(some, {});
  const auto colour_of = [](const CategoryStyles& styles, const std::string& name) {
    return std::ranges::find(styles.styles, name, &CategoryStyle::name)->colour;
  };
  EXPECT_EQ(colour_of(after, "3"), colour_of(before, "3"));
  EXPECT_EQ(colour_of(after, "1"), colour_of(before, "1"));
  EXPECT_EQ(colour_of(before, "2"), nth_style(2).colour);
  // 21 would look like 1: it takes the next that is free.
  EXPECT_NE(colour_of(after, "21"), colour_of(after, "1"));
}

}  // namespace
}  // namespace songmap::figures
