#include "songmap/cluster/method.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "songmap/core/error.h"
#include "songmap/core/random.h"

namespace songmap::cluster {
namespace {

TEST(Method, EveryNamedOneFindsGroupsThatAreFarApart) {
  Random random(3);
  Matrix x(60, 4);
  for (std::size_t i = 0; i < 60; ++i) {
    for (std::size_t j = 0; j < 4; ++j) x(i, j) = static_cast<float>(random.normal() + (j == i % 3 ? 20 : 0));
  }
  for (const std::string& name : method_names()) {
    const std::vector<std::int32_t> labels = fit_labels(x, method(name, 3, 1));
    std::set<std::int32_t> distinct(labels.begin(), labels.end());
    EXPECT_EQ(distinct.size(), 3U) << name;
    for (std::size_t i = 3; i < 60; ++i) EXPECT_EQ(labels[i], labels[i % 3]) << name;
  }
}

TEST(Method, AMistypedNameOffersTheNearest) {
  try {
    static_cast<void>(method("kmeans", 2, 0));
    FAIL() << "accepted";
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'k-means'?"));
  }
}

}  // namespace
}  // namespace songmap::cluster
