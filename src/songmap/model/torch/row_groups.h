#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <functional>
#include <vector>

namespace songmap::model {

/// The rows of a batch in a few groups, which depend on nothing but their number, for several threads to share.
class RowGroups {
 public:
  explicit RowGroups(std::size_t rows);
  [[nodiscard]] std::size_t count() const { return count_; }
  /// Calls `work(group, row, first)` for all rows, those of a group in order; `first`: it is the group's first. Threads
  /// are settled for training (TorchThreadSettings).
  void for_each(std::size_t threads,
                const std::function<void(std::size_t group, std::size_t row, bool first)>& work) const;

 private:
  std::size_t rows_;
  std::size_t group_rows_;
  std::size_t count_;
};

/// The gradient of a part of a flat array, found in groups: the first one's lies there itself.
class GroupedGradient {
 public:
  /// The part [first, last) of `gradient`.
  GroupedGradient(const at::Tensor& gradient, std::size_t first, std::size_t last, std::size_t groups);
  /// Where the group keeps what belongs at `offset` of the flat array.
  [[nodiscard]] float* at(std::size_t group, std::size_t offset);
  /// Adds the groups' up, in their order.
  void add_up(std::size_t threads);

 private:
  at::Tensor gradient_;
  std::size_t first_;
  std::size_t last_;
  std::vector<std::vector<float>> others_;
};

}  // namespace songmap::model
