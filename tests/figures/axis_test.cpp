#include "songmap/figures/axis.h"

#include <gtest/gtest.h>

namespace songmap::figures {
namespace {

std::vector<std::string> labels(double low, double high, std::size_t most) {
  std::vector<std::string> texts;
  for (const Tick& tick : round_ticks(low, high, most)) texts.push_back(tick.label);
  return texts;
}

TEST(RoundTicks, StandAtRoundNumbers) {
  EXPECT_EQ(labels(0, 1, 6), (std::vector<std::string>{"0", "0.2", "0.4", "0.6", "0.8", "1"}));
  EXPECT_EQ(labels(-0.3, 0.3, 4), (std::vector<std::string>{"−0.2", "0", "0.2"}));
  EXPECT_EQ(labels(1, 50, 5), (std::vector<std::string>{"10", "20", "30", "40", "50"}));
  EXPECT_EQ(labels(0, 213.4, 4), (std::vector<std::string>{"0", "100", "200"}));
}

TEST(RoundTicks, NeverMoreThanAskedForAndInsideTheRange) {
  for (double high = 0.013; high < 5000; high *= 1.7) {
    const std::vector<Tick> ticks = round_ticks(-high / 3, high, 5);
    EXPECT_GE(ticks.size(), 2U);
    EXPECT_LE(ticks.size(), 5U);
    for (const Tick& tick : ticks) EXPECT_TRUE(tick.at >= -high / 3 - 1e-9 && tick.at <= high * (1 + 1e-9));
  }
}

TEST(RoundTicks, AnEmptyRangeHasNone) { EXPECT_TRUE(round_ticks(1, 1).empty()); }

std::vector<std::string> log_labels(double low, double high, std::size_t most) {
  std::vector<std::string> texts;
  for (const Tick& tick : log_ticks(low, high, most)) texts.push_back(tick.label);
  return texts;
}

TEST(LogTicks, StandAtPowersOfTenOrBetweenThemWhereThereAreTooFew) {
  EXPECT_EQ(log_labels(0.01, 100, 5), (std::vector<std::string>{"0.01", "0.1", "1", "10", "100"}));
  EXPECT_EQ(log_labels(2, 3e8, 5), (std::vector<std::string>{"10", "1000", "100000", "1e+07"}));
  EXPECT_EQ(log_labels(0.3, 8, 5), (std::vector<std::string>{"0.5", "1", "2", "5"}));
  EXPECT_EQ(log_labels(3, 4.2, 5), (std::vector<std::string>{"3", "3.5", "4"}));
  EXPECT_TRUE(log_labels(0, 1, 5).empty());
}

}  // namespace
}  // namespace songmap::figures
