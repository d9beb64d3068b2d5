#include <gtest/gtest.h>

#include "songmap/features/scaler.h"
#include "songmap/projection/quality.h"
#include "songmap/projection/tsne.h"
#include "songmap/projection/umap.h"
#include "tests/reference/numerics_reference.h"

namespace songmap::projection {
namespace {

TEST(ProjectionParity, TrustworthinessEqualsScikitLearn) {
  const auto reference = testing::numerics_reference()["projection"];
  const Matrix high = testing::json_matrix(reference["high"]);
  const Matrix low = testing::json_matrix(reference["low"]);
  for (const std::size_t k : {1, 5, 15, 19}) {
    EXPECT_NEAR(*trustworthiness(high, low, k), reference["trustworthiness"][std::to_string(k)].get<double>(), 1e-12);
  }
}

}  // namespace
}  // namespace songmap::projection
