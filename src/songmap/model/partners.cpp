#include "songmap/model/partners.h"

#include <algorithm>

namespace songmap::model {
namespace {

/// One step of SplitMix64 (Steele, Lea & Flood 2014): neighbouring numbers give bits that have nothing in common.
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

/// In [0, n), n below 2^32; some numbers are more likely than others by less than n / 2^32.
std::size_t below(std::uint64_t bits, std::size_t n) { return (bits >> 32) * n >> 32; }

}  // namespace

Partners::Partners(std::span<const std::size_t> owner, std::uint64_t seed) : seed_(seed) {
  for (std::size_t row = 0; row < owner.size(); ++row) {
    if (row == 0 || owner[row] != owner[row - 1]) begins_.push_back(row);
  }
  begins_.push_back(owner.size());
}

void Partners::draw(std::size_t epoch, std::span<const std::size_t> rows, std::vector<std::size_t>& partners) const {
  const std::uint64_t stream = mixed(seed_ ^ mixed(epoch));
  partners.resize(rows.size());
  std::ranges::transform(rows, partners.begin(), [&](std::size_t row) {
    const auto next = std::ranges::upper_bound(begins_, row);
    const std::size_t first = *(next - 1);
    const std::size_t others = *next - first - 1;
    if (others == 0) return row;
    const std::size_t other = first + below(mixed(stream ^ row), others);
    return other < row ? other : other + 1;
  });
}

}  // namespace songmap::model
