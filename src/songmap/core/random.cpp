#include "songmap/core/random.h"

#include <cmath>
#include <numbers>
#include <numeric>

namespace songmap {
namespace {

std::mt19937_64 seeded(std::uint64_t seed, std::uint64_t item) {
  std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                         static_cast<std::uint32_t>(item), static_cast<std::uint32_t>(item >> 32)};
  return std::mt19937_64(sequence);
}

}  // namespace

Random::Random(std::uint64_t seed, std::uint64_t item) : engine_(seeded(seed, item)) {}

std::size_t Random::below(std::size_t n) {
  const std::uint64_t limit = ~std::uint64_t{0} - ~std::uint64_t{0} % n;
  std::uint64_t draw = engine_();
  while (draw >= limit) draw = engine_();
  return draw % n;
}

double Random::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_normal_;
  }
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  const double angle = 2 * std::numbers::pi * uniform();
  spare_normal_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

std::vector<std::size_t> Random::permutation(std::size_t n) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  shuffle(std::span(order));
  return order;
}

}  // namespace songmap
