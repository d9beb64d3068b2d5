#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace songmap {

/// The whole file as bytes. @throws IoError it cannot be read, or is larger than `max_bytes`.
[[nodiscard]] std::string read_file(const std::filesystem::path& path, std::size_t max_bytes = std::size_t{1} << 32);

/// Writes `content` to a temporary name beside `path`, then renames: readers see the old file or the whole new one.
/// Missing parent folders are made. @throws IoError nothing is left behind.
void write_file(const std::filesystem::path& path, std::string_view content);

/// As write_file, for writers that need a path: `write(temporary)` makes the file, which is then renamed. The temporary
/// name keeps the extension.
void write_file_with(const std::filesystem::path& path, const std::function<void(const std::filesystem::path&)>& write);

}  // namespace songmap
