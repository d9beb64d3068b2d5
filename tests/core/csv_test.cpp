#include "songmap/core/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "songmap/core/error.h"
#include "songmap/core/random.h"
#include "songmap/core/text_file.h"

namespace songmap {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string failure_of(std::string_view text) {
  try {
    static_cast<void>(parse_csv(text, "t.csv"));
  } catch (const FormatError& error) {
    return error.what();
  }
  return {};
}

TEST(Csv, ReadsBomCrlfQuotesAndBlankLines) {
  const CsvTable table =
      parse_csv("\xef\xbb\xbfpath,title\r\n\r\na.mp3,\"say \"\"hi\"\",\r\nthere\"\r\nb.mp3,\n", "t.csv");
  EXPECT_THAT(table.columns, ElementsAre("path", "title"));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_THAT(table.rows[0], ElementsAre("a.mp3", "say \"hi\",\r\nthere"));
  EXPECT_THAT(table.rows[1], ElementsAre("b.mp3", ""));
  EXPECT_THAT(table.lines, ElementsAre(3U, 5U));
  EXPECT_EQ(table.find("TITLE"), 1U);
}

TEST(Csv, ErrorsNameFileLineAndRule) {
  EXPECT_THAT(failure_of("a,b\n1,2\n1,2,3\n"), HasSubstr("t.csv, line 3: 3 cells, but the header has 2 columns"));
  EXPECT_THAT(failure_of("a,b\n1,\"open\n\n"), HasSubstr("line 2: a quoted cell is never closed"));
  EXPECT_THAT(failure_of("a,A\n"), HasSubstr("two columns are named"));
  EXPECT_THAT(failure_of("\n\n"), HasSubstr("empty"));
  EXPECT_THAT(failure_of("a\n\"x\"y\n"), HasSubstr("text follows a closing quote"));
}

TEST(Csv, WhatIsWrittenReadsBackWhateverTheCells) {
  Random random(7);
  const std::string alphabet = "a,\"\r\n ;é\t";
  for (int trial = 0; trial < 200; ++trial) {
    CsvWriter writer({"x", "y"});
    std::vector<std::vector<std::string>> rows;
    for (int i = 0; i < 5; ++i) {
      std::vector<std::string> row(2);
      for (std::string& cell : row) {
        for (std::size_t n = random.below(6); n > 0; --n) cell += alphabet[random.below(alphabet.size())];
      }
      writer.add_row(row);
      rows.push_back(row);
    }
    EXPECT_EQ(parse_csv(writer.text(), "round trip").rows, rows);
  }
}

TEST(CsvNumber, ReadsBackAsTheSameNumberAndUndefinedIsEmpty) {
  for (const double value : {0.1, 1e-300, -3.0, 12345678901234567.0, 1.0 / 3}) {
    EXPECT_EQ(parse_number(csv_number(value)), value);
  }
  EXPECT_EQ(csv_number(std::nan("")), "");
  EXPECT_EQ(csv_number(std::numeric_limits<float>::infinity()), "");
  EXPECT_EQ(parse_number(" +2.5 "), 2.5);
  EXPECT_EQ(parse_number("2.5x"), std::nullopt);
  EXPECT_EQ(parse_number(""), std::nullopt);
}

TEST(Csv, TheHeadIsAllThatIsLookedAt) {
  const std::string file = ::testing::TempDir() + "songmap_head.csv";
  write_file(file, "kind,n\na,1\na,2\nb,3\nbroken\n");
  const CsvTable head = read_csv_head(file, [](const CsvTable& before, const std::vector<std::string>& row) {
    return before.rows.empty() || row[0] == before.rows[0][0];
  });
  EXPECT_EQ(head.rows.size(), 2U);
  EXPECT_THROW((void)read_csv(file), FormatError);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace songmap
