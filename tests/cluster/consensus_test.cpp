#include "songmap/cluster/consensus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/matrix.h"
#include "songmap/core/random.h"

namespace songmap::cluster {
namespace {

using Labels = std::vector<std::int32_t>;

/// Whether two labellings part the rows in the same way.
bool same_partition(const Labels& a, const Labels& b) {
  std::map<std::int32_t, std::int32_t> there;
  std::map<std::int32_t, std::int32_t> back;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (there.try_emplace(a[i], b[i]).first->second != b[i]) return false;
    if (back.try_emplace(b[i], a[i]).first->second != a[i]) return false;
  }
  return true;
}

TEST(Consensus, NumbersOfClustersDoNotMatter) {
  const Labels one{0, 0, 1, 1, 2, 2};
  const std::vector<Labels> labellings{one, {2, 2, 0, 0, 1, 1}, {7, 7, 5, 5, 6, 6}};
  EXPECT_TRUE(same_partition(consensus(labellings, 3), one));
}

TEST(Consensus, MistakesThatDifferAreOutvoted) {
  Random random(3);
  Labels truth(120);
  for (std::size_t i = 0; i < truth.size(); ++i) truth[i] = static_cast<std::int32_t>(i % 4);
  std::vector<Labels> labellings;
  for (int s = 0; s < 9; ++s) {
    Labels one = truth;
    for (std::int32_t& label : one) {
      if (random.uniform() < 0.25) label = static_cast<std::int32_t>(random.below(4));
      label = (label + s) % 4;
    }
    labellings.push_back(one);
  }
  EXPECT_TRUE(same_partition(consensus(labellings, 4), truth));
}

TEST(Consensus, NoiseHasNoSay) {
  const std::vector<Labels> labellings{{0, 0, kNoise, 1, 1, kNoise}, {1, 1, 0, 0, 0, kNoise}, {0, 0, 1, 1, 1, kNoise}};
  const Labels found = consensus(labellings, 2);
  EXPECT_TRUE(same_partition(found, {0, 0, 1, 1, 1, kNoise}));
  EXPECT_EQ(found.back(), kNoise);
}

TEST(Consensus, SaysWhatIsWrong) {
  EXPECT_THROW((void)consensus(std::vector<Labels>{{0, 1}}, 2), InvalidArgument);
  EXPECT_THROW((void)consensus(std::vector<Labels>{{0, 1}, {0, 1, 1}}, 2), InvalidArgument);
  EXPECT_THROW((void)consensus(std::vector<Labels>{{0, 1}, {0, 1}}, 3), InvalidArgument);
  EXPECT_THROW((void)consensus(std::vector<Labels>{{0, kNoise}, {0, kNoise}}, 2), InvalidArgument);
  EXPECT_THROW((void)consensus(std::vector<Labels>{{}, {}}, 1), InvalidArgument);
}

}  // namespace
}  // namespace songmap::cluster
