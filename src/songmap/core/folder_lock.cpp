#include "songmap/core/folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "songmap/core/error.h"

namespace songmap {

FolderLock::FolderLock(const std::filesystem::path& folder, const std::function<bool()>& waiting)
    : descriptor_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0)
    throw IoError(fmt::format("cannot open the folder {}: {}", quoted(folder), std::strerror(errno)));
  constexpr auto kPause = std::chrono::milliseconds(100);
  while (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const bool is_held = errno == EWOULDBLOCK || errno == EINTR;
    if (is_held && (!waiting || waiting())) {
      std::this_thread::sleep_for(kPause);
      continue;
    }
    close(std::exchange(descriptor_, -1));
    if (is_held) throw Cancelled();
    return;  // a file system without locks, as some of networks: two processes at once are the user's to avoid
  }
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

FolderLock::FolderLock(FolderLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

}  // namespace songmap
