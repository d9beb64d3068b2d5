#include "songmap/library/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/text_file.h"
#include "songmap/core/utf8.h"
#include "songmap/library/ignore.h"
#include "songmap/library/scan.h"

namespace songmap::library {
namespace fs = std::filesystem;
namespace {

constexpr const char* kIgnoreFile = ".songmapignore";
constexpr std::size_t kMaxIgnoreBytes = std::size_t{1} << 20;

using FileId = std::pair<dev_t, ino_t>;
FileId id_of(const struct stat& status) { return {status.st_dev, status.st_ino}; }

/// The ignore files that apply in a folder: its own first, then those above it.
struct IgnoreChain {
  IgnoreRules rules;
  std::string folder;  ///< Relative to the root; "" or ending in '/'.
  std::shared_ptr<const IgnoreChain> above;
};

bool is_left_out(const IgnoreChain* chain, const std::string& relative, bool is_folder) {
  for (; chain != nullptr; chain = chain->above.get()) {
    const std::string_view below = std::string_view(relative).substr(chain->folder.size());
    if (const auto decision = chain->rules.decide(below, is_folder)) return *decision;
  }
  return false;
}

class Walker {
 public:
  explicit Walker(const fs::path& root) : root_(root), canonical_root_(fs::canonical(root)) {}

  WalkResult run() {
    struct stat status {};
    if (stat(root_.c_str(), &status) != 0) throw IoError(fmt::format("cannot read {}", quoted(root_)));
    folders_seen_.insert(id_of(status));
    descend("", nullptr);
    // Links come last, so that what can be reached without one keeps that name. Following one may find more.
    while (!links_.empty()) {
      const Link link = std::move(links_.front());
      links_.pop_front();
      follow(link);
    }
    std::ranges::sort(result_.files);
    std::ranges::sort(result_.failures, {}, &Failure::path);
    return std::move(result_);
  }

 private:
  struct Link {
    std::string relative;
    std::shared_ptr<const IgnoreChain> ignore;
  };
  struct Folder {
    std::string relative;  ///< "" or ending in '/'.
    std::shared_ptr<const IgnoreChain> ignore;
  };

  void fail(const std::string& relative, std::string reason) {
    result_.failures.push_back({"", utf8::repaired(relative), "scan", std::move(reason)});
  }

  /// Names in a folder, sorted, so that nothing depends on the file system's order.
  bool list(const Folder& folder, std::vector<std::string>& names) {
    const std::unique_ptr<DIR, int (*)(DIR*)> handle(opendir((root_ / folder.relative).c_str()), closedir);
    if (!handle) {
      const std::string reason = std::strerror(errno);
      if (folder.relative.empty()) throw IoError(fmt::format("cannot list {}: {}", quoted(root_), reason));
      fail(folder.relative, fmt::format("the folder cannot be listed: {}", reason));
      return false;
    }
    while (const dirent* entry = readdir(handle.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    std::ranges::sort(names);
    return true;
  }

  std::shared_ptr<const IgnoreChain> with_own_rules(const Folder& folder) {
    const fs::path path = root_ / folder.relative / kIgnoreFile;
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return folder.ignore;
    try {
      IgnoreRules rules = IgnoreRules::parse(read_file(path, kMaxIgnoreBytes));
      if (rules.empty()) return folder.ignore;
      return std::make_shared<IgnoreChain>(IgnoreChain{std::move(rules), folder.relative, folder.ignore});
    } catch (const IoError& failure) {
      fail(folder.relative + kIgnoreFile, failure.what());
      return folder.ignore;
    }
  }

  /// Everything below a folder but what lies behind links. A list instead of recursion: folders may nest deeply.
  void descend(std::string relative, std::shared_ptr<const IgnoreChain> ignore) {
    std::vector<Folder> open;
    open.push_back({std::move(relative), std::move(ignore)});
    while (!open.empty()) {
      Folder folder = std::move(open.back());
      open.pop_back();
      std::vector<std::string> names;
      if (!list(folder, names)) continue;
      folder.ignore = with_own_rules(folder);
      for (const std::string& name : names) visit(folder, name, open);
    }
  }

  void visit(const Folder& folder, const std::string& name, std::vector<Folder>& open) {
    std::string relative = folder.relative + name;
    struct stat status {};
    if (lstat((root_ / relative).c_str(), &status) != 0) {
      // A path can be too long to be looked at; what vanished meanwhile is nobody's concern.
      if (errno != ENOENT) fail(relative, std::strerror(errno));
      return;
    }
    const bool is_folder = S_ISDIR(status.st_mode);
    const bool is_link = S_ISLNK(status.st_mode);
    if (!is_folder && !is_link && !is_audio_name(name)) return;
    if (is_link) {
      // Whether rules for folders apply depends on what the link leads to.
      struct stat target {};
      const bool leads_to_folder = stat((root_ / relative).c_str(), &target) == 0 && S_ISDIR(target.st_mode);
      if (!leads_to_folder && !is_audio_name(name)) return;
      if (skipped(folder, name, relative, leads_to_folder)) return;
      links_.push_back({std::move(relative), folder.ignore});
      return;
    }
    if (skipped(folder, name, relative, is_folder)) return;
    if (is_folder) {
      take_folder(relative, status, folder.ignore, open);
    } else {
      take_file(relative);
    }
  }

  bool skipped(const Folder& folder, const std::string& name, const std::string& relative, bool is_folder) {
    if (name.front() != '.' && !is_left_out(folder.ignore.get(), relative, is_folder)) return false;
    ++result_.n_skipped;
    return true;
  }

  void take_folder(const std::string& relative, const struct stat& status,
                   const std::shared_ptr<const IgnoreChain>& ignore, std::vector<Folder>& open) {
    if (folders_seen_.insert(id_of(status)).second) {
      open.push_back({relative + "/", ignore});
    } else {
      ++result_.n_skipped;
    }
  }

  void take_file(const std::string& relative) {
    const fs::path path = root_ / relative;
    if (std::string reason = unreadable_reason(path); !reason.empty()) {
      fail(relative, std::move(reason));
      return;
    }
    struct stat status {};
    if (stat(path.c_str(), &status) == 0 && !files_seen_.insert(id_of(status)).second) {
      ++result_.n_skipped;
      return;
    }
    result_.files.push_back(relative);
  }

  void follow(const Link& link) {
    const fs::path path = root_ / link.relative;
    struct stat status {};
    if (stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
      take_file(link.relative);
      return;
    }
    std::error_code error;
    const fs::path target = fs::canonical(path, error);
    const auto [rest_of_target, rest_of_root] = std::ranges::mismatch(target, canonical_root_);
    if (!error && rest_of_target == target.end() && rest_of_root != canonical_root_.end()) {
      result_.links_upward.push_back(link.relative);
      ++result_.n_skipped;
      return;
    }
    std::vector<Folder> open;
    take_folder(link.relative, status, link.ignore, open);
    for (Folder& folder : open) descend(std::move(folder.relative), std::move(folder.ignore));
  }

  fs::path root_;
  fs::path canonical_root_;
  std::set<FileId> folders_seen_;
  std::set<FileId> files_seen_;
  std::deque<Link> links_;
  WalkResult result_;
};

}  // namespace

WalkResult walk(const fs::path& root) {
  try {
    return Walker(root).run();
  } catch (const fs::filesystem_error& failure) {
    throw IoError(fmt::format("cannot read {}: {}", quoted(root), failure.code().message()));
  }
}

std::string unreadable_reason(const fs::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    const int error = errno;
    if (error == ENOENT || error == ELOOP) {
      if (lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) return "is a broken symbolic link";
      return "is missing";
    }
    return std::strerror(error);
  }
  // Opening a pipe or a device would wait for somebody at its other end.
  if (!S_ISREG(status.st_mode)) return "is not a regular file";
  if (faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) return std::strerror(errno);
  return {};
}

}  // namespace songmap::library
