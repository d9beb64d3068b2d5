#pragma once

#include <filesystem>
#include <functional>

namespace songmap {

/// Keeps other processes from working in a folder, while it lives; it ends with the process, however that ends. No file
/// is made for it (flock(2) on the folder itself).
class FolderLock {
 public:
  /// Waits until nobody else holds the folder. While somebody does, `waiting` is called ten times a second; where it
  /// says no, that is the end of it. @throws IoError  it is no folder. @throws Cancelled
  explicit FolderLock(const std::filesystem::path& folder, const std::function<bool()>& waiting = {});
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;

 private:
  int descriptor_ = -1;
};

}  // namespace songmap
