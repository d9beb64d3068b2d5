#include "songmap/core/text_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

#include "songmap/core/error.h"

namespace songmap {
namespace fs = std::filesystem;

std::string read_file(const fs::path& path, std::size_t max_bytes) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw IoError(fmt::format("cannot read {}: {}", quoted(path), std::strerror(errno)));
  std::string content;
  char buffer[1 << 16];
  while (const std::size_t count = std::fread(buffer, 1, sizeof(buffer), file.get())) {
    content.append(buffer, count);
    if (content.size() > max_bytes) {
      throw IoError(fmt::format("{} is larger than {} bytes, which is not expected of it", quoted(path), max_bytes));
    }
  }
  if (std::ferror(file.get())) throw IoError(fmt::format("cannot read {}: {}", quoted(path), std::strerror(errno)));
  return content;
}

void write_file_with(const fs::path& path, const std::function<void(const fs::path&)>& write) {
  static std::atomic<unsigned> counter{0};
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) throw IoError(fmt::format("cannot make the folder of {}: {}", quoted(path), error.message()));
  const fs::path temporary = path.parent_path() / fmt::format(".{}.{}.{}{}", path.stem().string(), getpid(), counter++,
                                                              path.extension().string());
  try {
    write(temporary);
    fs::rename(temporary, path);
  } catch (const fs::filesystem_error& failure) {
    fs::remove(temporary, error);
    throw IoError(fmt::format("cannot write {}: {}", quoted(path), failure.code().message()));
  } catch (...) {
    fs::remove(temporary, error);
    throw;
  }
}

void write_file(const fs::path& path, std::string_view content) {
  write_file_with(path, [&](const fs::path& temporary) {
    std::FILE* file = std::fopen(temporary.c_str(), "wb");
    bool good = file != nullptr;
    good = good && std::fwrite(content.data(), 1, content.size(), file) == content.size();
    const int write_error = errno;
    // A full disk may only show when the buffer is flushed at the close.
    if (file != nullptr && std::fclose(file) != 0) good = false;
    if (!good)
      throw IoError(fmt::format("cannot write {}: {}", quoted(path), std::strerror(write_error ? write_error : errno)));
  });
}

}  // namespace songmap
