#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "songmap/core/text_file.h"
#include "songmap/figures/gnuplot.h"
#include "tests/figures/markup.h"

/// Skips, loudly, where no picture can be drawn.
#define SONGMAP_NEEDS_GNUPLOT()                                                                       \
  if (!songmap::figures::available()) {                                                               \
    GTEST_SKIP() << "NOT TESTED: gnuplot is not in PATH, so no picture can be drawn on this machine"; \
  }

namespace songmap::testing {

/// An empty folder of this test's own.
inline std::filesystem::path picture_folder() {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / (std::string(test->test_suite_name()) + "-" + test->name());
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

struct Picture {
  std::string svg;
  std::string png;
};

inline std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// Reads NAME.svg and NAME.png and checks what holds for every picture of ours.
inline Picture read_picture(const std::filesystem::path& without_extension) {
  Picture picture{read_file(without_extension.string() + ".svg"), read_file(without_extension.string() + ".png")};
  EXPECT_EQ(markup_fault(picture.svg), "");
  EXPECT_EQ(picture.svg.find("Gnuplot"), std::string::npos);
  EXPECT_EQ(picture.png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  // The SVG's size in its viewBox; the PNG has twice as many pixels, give or take gnuplot's rounding.
  const std::size_t at = picture.svg.find("viewBox=\"0 0 ");
  EXPECT_NE(at, std::string::npos);
  char* end = nullptr;
  const double width = std::strtod(picture.svg.c_str() + at + 13, &end);
  const double height = std::strtod(end, nullptr);
  EXPECT_NEAR(big_endian(picture.png, 16), 2 * width, 2.0);
  EXPECT_NEAR(big_endian(picture.png, 20), 2 * height, 2.0);
  return picture;
}

/// Text that means something to gnuplot, to XML or to a shell, and bytes that are not UTF-8.
inline const std::string kHostile = "a'b\"c <x> & `touch hacked` $PATH {/Bold z}_1^2 \\n %s @m\nবাংলা \xff\x01#";
/// How the beginning of it must stand in an SVG.
inline const std::string kHostileInSvg =
    "a'b\"c &lt;x> &amp; `touch hacked` $PATH {/Bold z}_1^2 \\n %s @m বাংলা \xef\xbf\xbd #";

}  // namespace songmap::testing
