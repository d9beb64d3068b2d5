#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace songmap {

/// Random stream that is a function of (seed, item) alone: give each track, start or chunk its own item number and
/// results do not depend on who computes it. Draws are the same on every machine (unlike the std distributions).
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t item = 0);

  [[nodiscard]] std::uint64_t bits() { return engine_(); }
  /// In [0, 1), with 53 random bits.
  [[nodiscard]] double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  [[nodiscard]] double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// In [0, n), without modulo bias. n > 0.
  [[nodiscard]] std::size_t below(std::size_t n);
  /// Standard normal (Box and Muller 1958).
  [[nodiscard]] double normal();

  template <class T>
  void shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }
  /// 0 … n-1 in random order.
  [[nodiscard]] std::vector<std::size_t> permutation(std::size_t n);

 private:
  std::mt19937_64 engine_;
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

}  // namespace songmap
