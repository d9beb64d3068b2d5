#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace songmap {

/// 128-bit content hash (XXH3), fed piece by piece. The digest is the same however the bytes are cut.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();
  ContentHash(ContentHash&&) noexcept;
  ContentHash& operator=(ContentHash&&) noexcept;

  void add(const void* data, std::size_t bytes);
  /// 32 lower-case hexadecimal digits.
  [[nodiscard]] std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// ContentHash of one piece.
[[nodiscard]] std::string content_hash(std::string_view bytes);

/// 64-bit hash (XXH3) for tables of features: the same on every machine and in every version.
[[nodiscard]] std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);

}  // namespace songmap
