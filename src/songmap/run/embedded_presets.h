#pragma once

#include <span>
#include <string_view>

namespace songmap::run {

/// A file of presets/, compiled into the program (src/songmap/CMakeLists.txt).
struct EmbeddedPreset {
  std::string_view name;  ///< Without ".toml".
  std::string_view text;
};

[[nodiscard]] std::span<const EmbeddedPreset> embedded_presets();

}  // namespace songmap::run
