#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// Labels as indices of table rows and columns.
namespace songmap::metrics {

struct GroupNumbers {
  std::vector<std::int32_t> numbers;  ///< One a label, in [0, n_groups), or kUnlabelled.
  std::size_t n_groups = 0;           ///< Distinct labels.
};

/// What a label below 0 means.
enum class Negative { kNoLabel, kGroup };

/// Numbers the labels that occur, by rising label.
[[nodiscard]] GroupNumbers number_groups(std::span<const std::int32_t> labels, Negative negative);

/// @throws InvalidArgument  there are not `rows` clusters, or one is below kNoise.
void check_clusters(std::span<const std::int32_t> clusters, std::size_t rows, std::string_view caller);

}  // namespace songmap::metrics
