#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace songmap::cluster {

/// Which of n items belong together, joined pair by pair. A set is named by its first item, so that the names do not
/// depend on the order of the joins.
class DisjointSets {
 public:
  explicit DisjointSets(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), std::uint32_t{0}); }

  [[nodiscard]] std::size_t size() const { return parent_.size(); }

  /// The first item of the set.
  [[nodiscard]] std::uint32_t find(std::uint32_t item) {
    while (parent_[item] != item) item = parent_[item] = parent_[parent_[item]];
    return item;
  }

  void join(std::uint32_t a, std::uint32_t b) {
    if (parent_[a] == parent_[b]) return;
    a = find(a);
    b = find(b);
    if (a < b) {
      parent_[b] = a;
    } else {
      parent_[a] = b;
    }
  }

 private:
  std::vector<std::uint32_t> parent_;
};

}  // namespace songmap::cluster
