#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/core/npy.h"
#include "songmap/core/text_file.h"

namespace songmap {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  Files() { fs::create_directories(folder_); }
  ~Files() override { fs::remove_all(folder_); }
  std::size_t entries() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {})); }
  fs::path folder_ = fs::path(testing::TempDir()) / fs::path("files_test_" + std::to_string(getpid()));
};

TEST_F(Files, AFailedWriteLeavesTheOldContentAndNoTemporary) {
  const fs::path file = folder_ / "a.txt";
  write_file(file, "old");
  EXPECT_THROW(write_file_with(file,
                               [](const fs::path& temporary) {
                                 write_file(temporary, "half");
                                 throw IoError("disk full");
                               }),
               IoError);
  EXPECT_EQ(read_file(file), "old");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(Files, WritingIntoAFileAsIfItWereAFolderNamesThePath) {
  write_file(folder_ / "plain", "x");
  try {
    write_file(folder_ / "plain" / "b.txt", "y");
    FAIL() << "no error";
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), HasSubstr("b.txt"));
  }
}

TEST_F(Files, AFileLargerThanExpectedIsRefused) {
  write_file(folder_ / "big", std::string(1000, 'x'));
  EXPECT_THROW(static_cast<void>(read_file(folder_ / "big", 999)), IoError);
  EXPECT_EQ(read_file(folder_ / "big", 1000).size(), 1000U);
}

TEST_F(Files, NpyReadsBackBitForBit) {
  const Matrix x(2, 3, {1.5F, -2, 3e-30F, 4, 5e30F, 0});
  write_npy(folder_ / "x.npy", x);
  EXPECT_EQ(read_npy(folder_ / "x.npy"), x);
  write_npy(folder_ / "none.npy", Matrix(0, 4));
  EXPECT_EQ(read_npy(folder_ / "none.npy").cols(), 4U);
}

TEST_F(Files, NpyHeaderIsWhatNumpyDemands) {
  write_npy(folder_ / "x.npy", Matrix(1, 2));
  const std::string bytes = read_file(folder_ / "x.npy");
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  const std::size_t header = static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]);
  EXPECT_EQ((10 + header) % 64, 0U);
  EXPECT_EQ(bytes[10 + header - 1], '\n');
  EXPECT_EQ(bytes.size(), 10 + header + 2 * sizeof(float));
}

TEST_F(Files, DamagedNpyIsNamed) {
  write_npy(folder_ / "x.npy", Matrix(100, 3));
  const std::string bytes = read_file(folder_ / "x.npy");
  for (const std::size_t size : {std::size_t{3}, std::size_t{11}, std::size_t{40}, bytes.size() - 1}) {
    write_file(folder_ / "cut.npy", bytes.substr(0, size));
    try {
      static_cast<void>(read_npy(folder_ / "cut.npy"));
      FAIL() << "accepted " << size << " bytes";
    } catch (const FormatError& error) {
      EXPECT_THAT(error.what(), HasSubstr("cut.npy"));
    }
  }
}

TEST(ContentHashTest, DoesNotDependOnHowTheBytesAreCut) {
  ContentHash pieces;
  pieces.add("son", 3);
  pieces.add("gmap", 4);
  EXPECT_EQ(pieces.hex(), content_hash("songmap"));
  EXPECT_NE(content_hash("songmap"), content_hash("songmaq"));
  EXPECT_EQ(content_hash("").size(), 32U);
}

TEST(Quoted, ShowsAnyNameOnOneShortLine) {
  EXPECT_EQ(songmap::quoted("a\nb\xff.mp3"), "'a\\x0ab\\xff.mp3'");
  EXPECT_EQ(songmap::quoted("গান.mp3"), "'গান.mp3'");
  EXPECT_LT(songmap::quoted(std::string(4000, 'x')).size(), 400U);
}

}  // namespace
}  // namespace songmap
