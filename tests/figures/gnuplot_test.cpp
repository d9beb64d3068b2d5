#include "songmap/figures/gnuplot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "songmap/core/error.h"
#include "songmap/figures/bars.h"
#include "tests/figures/pictures.h"

namespace songmap::figures {
namespace {

/// PATH set to something else for the length of a test.
class OtherPath {
 public:
  explicit OtherPath(const std::string& path) : before_(std::getenv("PATH")) { ::setenv("PATH", path.c_str(), 1); }
  ~OtherPath() { ::setenv("PATH", before_.c_str(), 1); }
  OtherPath(const OtherPath&) = delete;
  OtherPath& operator=(const OtherPath&) = delete;

 private:
  std::string before_;
};

TEST(Gnuplot, AFailureCarriesItsMessage) {
  SONGMAP_NEEDS_GNUPLOT();
  try {
    static_cast<void>(run_gnuplot("set terminal svg\nplot [1:2] nonsense(x)\n"));
    FAIL() << "no exception";
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("undefined function: nonsense"));
    EXPECT_THAT(error.what(), ::testing::Not(::testing::HasSubstr("\n")));
  }
}

TEST(Gnuplot, WhenItIsAbsentOneClearLineSaysSo) {
  const std::filesystem::path folder = songmap::testing::picture_folder();
  const OtherPath nothing_there(folder.string());
  EXPECT_FALSE(available());
  BarsOptions options;
  options.rows = {"a"};
  try {
    draw_bars(folder / "bars", {{.title = "t", .bars = {{.value = 1}}}}, options);
    FAIL() << "no exception";
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("gnuplot is not in PATH"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(Gnuplot, AFileThatCannotRunIsNotTakenForIt) {
  const std::filesystem::path folder = songmap::testing::picture_folder();
  write_file(folder / "gnuplot", "not a program");
  std::filesystem::permissions(folder / "gnuplot", std::filesystem::perms::owner_read);
  const OtherPath only_this(folder.string());
  EXPECT_FALSE(available());
}

}  // namespace
}  // namespace songmap::figures
