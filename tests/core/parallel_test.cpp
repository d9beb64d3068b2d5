#include "songmap/core/parallel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/execution.h"
#include "songmap/core/random.h"

namespace songmap {
namespace {

TEST(ParallelFor, EveryItemOnceWhateverTheThreads) {
  for (const std::size_t threads : {0U, 1U, 3U, 16U}) {
    std::vector<std::atomic<int>> seen(1000);
    parallel_for(seen.size(), threads, [&](std::size_t i) { ++seen[i]; });
    for (const auto& count : seen) EXPECT_EQ(count, 1);
  }
}

TEST(ParallelFor, TheFirstExceptionReachesTheCallerAndStopsTheRest) {
  std::atomic<std::size_t> done{0};
  EXPECT_THROW(parallel_for(100000, 4,
                            [&](std::size_t i) {
                              if (i == 5) throw std::runtime_error("five");
                              ++done;
                            }),
               std::runtime_error);
  EXPECT_LT(done, 100000U);
}

TEST(ParallelChunks, ChunksDoNotDependOnTheThreads) {
  const auto cuts = [](std::size_t threads) {
    std::vector<std::pair<std::size_t, std::size_t>> ranges(chunk_count(103, 10));
    parallel_chunks(103, 10, threads, [&](std::size_t c, std::size_t first, std::size_t last) {
      ranges[c] = {first, last};
    });
    return ranges;
  };
  EXPECT_EQ(cuts(1), cuts(7));
  EXPECT_EQ(cuts(1).back(), std::make_pair(std::size_t{100}, std::size_t{103}));
  EXPECT_THROW(parallel_chunks(1, 0, 1, [](std::size_t, std::size_t, std::size_t) {}), InvalidArgument);
}

TEST(ExecutionReport, CancelsWhenTheReceiverSaysSo) {
  Execution run;
  run.report({"quiet"});
  run.progress = [](const Progress& at) { return at.done < 2; };
  run.report({"train", 1, 10, "epochs"});
  EXPECT_THROW(run.report({"train", 2, 10, "epochs"}), Cancelled);
}

TEST(RandomStream, DependsOnSeedAndItemAlone) {
  EXPECT_EQ(Random(1, 2).bits(), Random(1, 2).bits());
  EXPECT_NE(Random(1, 2).bits(), Random(1, 3).bits());
  EXPECT_NE(Random(1, 2).bits(), Random(2, 2).bits());
}

TEST(RandomStream, DrawsHaveTheMomentsTheyShould) {
  Random random(3);
  double sum = 0;
  double squares = 0;
  std::vector<int> counts(7);
  const int n = 70000;
  for (int i = 0; i < n; ++i) {
    const double draw = random.normal();
    sum += draw;
    squares += draw * draw;
    ++counts[random.below(7)];
  }
  EXPECT_NEAR(sum / n, 0, 0.02);
  EXPECT_NEAR(squares / n, 1, 0.03);
  for (const int count : counts) EXPECT_NEAR(count, n / 7, 500);
}

TEST(RandomStream, PermutationHoldsEachIndexOnce) {
  std::vector<std::size_t> order = Random(4).permutation(50);
  EXPECT_FALSE(std::ranges::is_sorted(order));
  std::ranges::sort(order);
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
}

}  // namespace
}  // namespace songmap
