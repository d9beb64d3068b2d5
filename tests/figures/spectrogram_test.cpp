#include "songmap/figures/spectrogram.h"

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
using songmap::testing::Picture;
using songmap::testing::picture_folder;
using songmap::testing::read_picture;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// A harmonic tone with a beat, in decibels: loud is near 0, silence near -80.
Matrix sound(std::size_t bands, std::size_t frames, double sharpness) {
  Matrix x(bands, frames);
  for (std::size_t b = 0; b < bands; ++b) {
    for (std::size_t f = 0; f < frames; ++f) {
      const double line = std::pow(std::abs(std::sin(0.35 * double(b) + 0.01 * double(f))), sharpness);
      const double beat = std::pow(std::abs(std::cos(3.14159 * double(f) / 27)), sharpness);
      x(b, f) = static_cast<float>(-80 + 60 * line * (1 - double(b) / 90) + 20 * beat);
    }
  }
  return x;
}

TEST(Spectrogram, DrawsEachPairWithItsDifferenceOnTwoScales) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "pairs";
  std::vector<SpectrogramPair> pairs;
  for (const char* title : {"first", "second"})
    pairs.push_back({title, "error 0.31", sound(64, 432, 9), sound(64, 432, 2)});
  draw_spectrogram_pairs(name, pairs, {.title = "Reconstructions", .frame_s = 0.023, .unit = "dB"});
  const Picture picture = read_picture(name);
  // Two times three bitmaps, and the two colour bars.
  EXPECT_EQ(occurrences(picture.svg, "<image "), 8U);
  EXPECT_EQ(occurrences(picture.svg, "image-rendering='pixelated'"), 8U);
  for (const char* text : {">first<", ">second<", ">error 0.31<", ">original<", ">reconstruction<", ">seconds<", ">dB<",
                           ">band<", ">−20<", ">difference<"}) {
    EXPECT_NE(picture.svg.find(text), std::string::npos) << text;
  }
  EXPECT_LT(picture.svg.size(), 600'000U);
  EXPECT_LT(picture.png.size(), 900'000U);
}

TEST(Spectrogram, WithoutDifferencesThereAreTwoColumnsAndOneScale) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "pairs";
  draw_spectrogram_pairs(name, {{"a", "", sound(20, 40, 9), sound(20, 40, 2)}}, {.difference = false});
  const std::string svg = read_picture(name).svg;
  EXPECT_EQ(occurrences(svg, "<image "), 3U);
  EXPECT_EQ(svg.find("difference"), std::string::npos);
  EXPECT_NE(svg.find(">frame<"), std::string::npos);
}

TEST(Spectrogram, NamesBandsByTheirFrequencyWhereItIsKnown) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "hz";
  SpectrogramOptions options;
  for (int b = 0; b < 32; ++b) options.band_hz.push_back(60 * std::pow(1.18, b));
  draw_spectrogram_pairs(name, {{"a", "", sound(32, 50, 9), sound(32, 50, 2)}}, options);
  const std::string svg = read_picture(name).svg;
  for (const char* text : {">Hz<", ">1k<", ">250<"}) EXPECT_NE(svg.find(text), std::string::npos) << text;
}

TEST(Spectrogram, OneBandAndOneFrameAreDrawnToo) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "thin";
  std::vector<SpectrogramPair> pairs;
  for (const auto& [bands, frames] : {std::pair{1U, 1U}, {1U, 5U}, {5U, 1U}}) {
    pairs.push_back({"thin", "", sound(bands, frames, 9), sound(bands, frames, 2)});
  }
  draw_spectrogram_pairs(name, pairs, {});
  EXPECT_EQ(occurrences(read_picture(name).svg, "<image "), 3 * 3 + 2U);
}

TEST(Spectrogram, HolesSilenceLongOnesAndHostileTextAreFine) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path name = picture_folder() / "odd";
  Matrix holes(4, 5);
  holes(1, 1) = kNaN;
  Matrix nothing(2, 2, std::vector<float>(4, kNaN));
  draw_spectrogram_pairs(name,
                         {{kHostile, kHostile, holes, Matrix(4, 5)},
                          {"one value", "", Matrix(1, 1), Matrix(1, 1)},
                          {"nothing", "", nothing, nothing},
                          {"long", "", sound(8, 9000, 9), sound(8, 9000, 2)}},
                         {.title = kHostile, .subtitle = kHostile, .unit = kHostile});
  const std::string svg = read_picture(name).svg;
  EXPECT_NE(svg.find(kHostileInSvg.substr(0, 15)), std::string::npos);
  EXPECT_LT(svg.size(), 300'000U);
}

TEST(Spectrogram, RejectsPairsThatDoNotFit) {
  EXPECT_THROW(draw_spectrogram_pairs("x", {}, {}), InvalidArgument);
  EXPECT_THROW(draw_spectrogram_pairs("x", {{"t", "", Matrix(2, 3), Matrix(2, 4)}}, {}), InvalidArgument);
  EXPECT_THROW(draw_spectrogram_pairs("x", {{"t", "", Matrix(), Matrix()}}, {}), InvalidArgument);
  EXPECT_THROW(draw_spectrogram_pairs("x", {{"t", "", Matrix(2, 3), Matrix(2, 3)}}, {.band_hz = {100}}),
               InvalidArgument);
}

}  // namespace
}  // namespace songmap::figures
