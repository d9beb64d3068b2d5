#include <gtest/gtest.h>

#include <map>

#include "songmap/cluster/linkage.h"
#include "songmap/cluster/ward.h"
#include "songmap/features/scaler.h"
#include "songmap/metrics/external.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::cluster {
namespace {

std::map<std::string, MergeTree> trees(MatrixView x) {
  return {{"ward", ward_tree(x)},
          {"complete", linkage_tree(x, Linkage::kComplete)},
          {"average", linkage_tree(x, Linkage::kAverage)},
          {"single", linkage_tree(x, Linkage::kSingle)}};
}

TEST(LinkageParity, HeightsAndGroupsAreThoseOfSciPy) {
  const auto reference = testing::json_reference("linkage_mixtures.json")["linkage"];
  for (const auto& [name, tree] : trees(testing::json_matrix(reference["x"]))) {
    const auto expected = reference[name]["heights"].get<std::vector<double>>();
    ASSERT_EQ(tree.merges.size(), expected.size());
    for (std::size_t m = 0; m < expected.size(); ++m) {
      EXPECT_NEAR(tree.merges[m].height, expected[m], 1e-6 * expected[m]) << name << ", merge " << m;
    }
    const auto labels = reference[name]["labels_of_6"].get<std::vector<std::int32_t>>();
    EXPECT_EQ(metrics::adjusted_rand_index(metrics::contingency(labels, cut(tree, 6))), 1.0) << name;
  }
}

TEST(LinkageParity, GtzanIsThatOfSciPy) {
  SONGMAP_NEED_GTZAN(data);
  const auto reference = testing::json_reference("linkage_mixtures.json")["gtzan"];
  const Matrix x = features::transform(features::fit_scaler(data->features, {.kind = "z"}), data->features);
  for (const auto& [name, tree] : trees(x)) {
    double sum = 0;
    for (const Merge& merge : tree.merges) sum += merge.height;
    const double expected_sum = reference[name]["heights_sum"];
    EXPECT_NEAR(sum, expected_sum, 1e-5 * expected_sum) << name;
    const auto highest = reference[name]["highest"].get<std::vector<double>>();
    for (std::size_t i = 0; i < highest.size(); ++i) {
      EXPECT_NEAR(tree.merges[tree.merges.size() - highest.size() + i].height, highest[i], 1e-5 * highest[i]) << name;
    }
    const double ari = *metrics::adjusted_rand_index(metrics::contingency(data->genres.codes, cut(tree, 10)));
    EXPECT_NEAR(ari, reference[name]["ari_of_10"].get<double>(), 1e-6) << name;
  }
}

}  // namespace
}  // namespace songmap::cluster
