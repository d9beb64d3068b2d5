#include "songmap/projection/turn.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/core/random.h"

namespace songmap::projection {
namespace {

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

Matrix cloud(std::size_t n, std::size_t d) {
  Random random(6);
  Matrix x(n, d);
  for (float& value : x.values()) value = static_cast<float>(random.normal());
  return x;
}

/// Turned by 2 in the plane of the first two axes, mirrored in the last, and moved.
Matrix elsewhere(const Matrix& x) {
  Matrix y(x.rows(), x.cols());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t c = 0; c < x.cols(); ++c) y(i, c) = x(i, c);
    y(i, 0) = static_cast<float>(std::cos(2.0) * x(i, 0) - std::sin(2.0) * x(i, 1));
    y(i, 1) = static_cast<float>(std::sin(2.0) * x(i, 0) + std::cos(2.0) * x(i, 1));
    y(i, x.cols() - 1) *= -1;
    for (std::size_t c = 0; c < x.cols(); ++c) y(i, c) += static_cast<float>(3 * (c + 1));
  }
  return y;
}

Pairs all(std::size_t n) {
  Pairs pairs;
  for (std::size_t i = 0; i < n; ++i) pairs.emplace_back(i, i);
  return pairs;
}

TEST(TurnedOnto, FindsAMapAgainThatWasTurnedMirroredAndMoved) {
  for (const std::size_t d : {2U, 3U}) {
    const Matrix x = cloud(50, d);
    const Matrix back = turned_onto(x, elsewhere(x), all(20));  // the others follow
    for (std::size_t i = 0; i < x.values().size(); ++i) EXPECT_NEAR(back.values()[i], x.values()[i], 1e-4);
  }
}

TEST(TurnedOnto, TheSameMapMadeAgainIsTheSame) {
  const Matrix raw = cloud(60, 3);
  const Matrix once = turned_onto(cloud(60, 3), elsewhere(raw), all(60));
  EXPECT_EQ(turned_onto(once, elsewhere(raw), all(60)), once);
}

TEST(TurnedOnto, DistancesStay) {
  const Matrix map = cloud(30, 2);
  const Matrix turned = turned_onto(elsewhere(cloud(40, 2)), map, {{{3, 1}, {7, 2}, {30, 29}}});
  EXPECT_NEAR(squared_distance(turned.row(4), turned.row(11)), squared_distance(map.row(4), map.row(11)), 1e-4);
}

TEST(TurnedOnto, WithNothingInCommonItStaysAsItIs) {
  const Matrix map = cloud(5, 2);
  EXPECT_EQ(turned_onto(cloud(5, 2), map, {}), map);
  EXPECT_EQ(turned_onto(Matrix(5, 2), map, all(5)), map);
  EXPECT_THROW((void)turned_onto(cloud(5, 3), map, all(5)), InvalidArgument);
}

}  // namespace
}  // namespace songmap::projection
