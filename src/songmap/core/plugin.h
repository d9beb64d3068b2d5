#pragma once

#include <string>

namespace songmap {

/// Address of `symbol` in the module `lib<name>.so`, loaded on first use and never unloaded. Heavy libraries (FFmpeg,
/// libtorch) live in such modules so that commands which do not need them start without them. Looked for beside the
/// running program, then in ../lib/songmap.
/// @throws IoError  the module or the symbol is missing: says where it was looked for and what the loader said.
[[nodiscard]] void* plugin_symbol(const std::string& name, const std::string& symbol);

}  // namespace songmap
