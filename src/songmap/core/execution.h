#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace songmap {

/// Where a long job is. `done` and `total` are in `unit` (seconds of audio, epochs, rows …); total 0: not known yet.
struct Progress {
  std::string_view stage;
  double done = 0;
  double total = 0;
  std::string_view unit;
};

/// Called from time to time, never from two threads at once. Returning false cancels: the job throws `Cancelled`
/// after keeping what is finished.
using ProgressFunction = std::function<bool(const Progress&)>;

/// How to run a job: never changes what the library's own code computes.
struct Execution {
  std::size_t threads = 0;    ///< 0: one a core.
  ProgressFunction progress;  ///< May be empty.

  /// Threads to use: `threads`, or the cores this process may use.
  [[nodiscard]] std::size_t thread_count() const;

  /// Reports, and throws Cancelled when the receiver says so.
  void report(const Progress& at) const;
};

}  // namespace songmap
