#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace songmap::model {

/// The rows that the windows of a track are to predict: other windows of the same track. What differs between windows
/// of one track cannot be told from another of them, so that a model of these pairs keeps what the track has in common.
class Partners {
 public:
  Partners() = default;
  /// `owner`: the track of each row, rising. `seed` belongs to these draws alone.
  Partners(std::span<const std::size_t> owner, std::uint64_t seed);

  /// For each of `rows` another row of its owner, all with the same chance; the row itself where it is alone. A
  /// function of seed, epoch and row.
  void draw(std::size_t epoch, std::span<const std::size_t> rows, std::vector<std::size_t>& partners) const;

 private:
  std::vector<std::size_t> begins_;  // the first row of each owner, and the number of rows
  std::uint64_t seed_ = 0;
};

}  // namespace songmap::model
