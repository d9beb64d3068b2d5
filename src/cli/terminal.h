#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "songmap/core/execution.h"
#include "songmap/core/folder_lock.h"

namespace songmap::cli {

/// stdout is data, stderr is for the person: progress, notes, warnings, errors. Catches Ctrl-C while it lives.
class Terminal {
 public:
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void set_quiet(bool quiet) { quiet_ = quiet; }
  /// The command line as typed, for manifests.
  void set_command_line(std::string line) { command_line_ = std::move(line); }
  [[nodiscard]] const std::string& command_line() const { return command_line_; }

  void data(const std::string& text);         ///< To stdout, as it is.
  void note(const std::string& sentence);     ///< Left out with --quiet.
  void warning(const std::string& sentence);  ///< Left out with --quiet.
  void error(const std::string& sentence);

  /// Threads and progress for a library call; cancels on Ctrl-C.
  [[nodiscard]] Execution execution(std::size_t threads);
  [[nodiscard]] bool interrupted() const;
  /// Keeps other songmaps from changing a folder while it lives; waits for one that does, until Ctrl-C. Of a folder
  /// that is not there yet, nothing.
  [[nodiscard]] std::optional<FolderLock> hold(const std::filesystem::path& folder);

 private:
  bool show(const Progress& at);
  void clear_line();
  [[nodiscard]] std::string marked(const std::string& mark, const std::string& colour) const;

  using Clock = std::chrono::steady_clock;
  bool quiet_ = false;
  bool is_terminal_ = false;
  bool colour_ = false;
  bool line_open_ = false;
  std::string command_line_;
  std::string stage_;
  double first_done_ = 0;
  Clock::time_point stage_start_{};
  Clock::time_point last_shown_{};
};

/// "3 h 05 min", "4 min 10 s", "12 s".
[[nodiscard]] std::string spoken_duration(double seconds);

}  // namespace songmap::cli
