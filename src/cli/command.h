#pragma once

#include <memory>
#include <string>
#include <vector>

namespace songmap::cli {

class Arguments;
class Terminal;

enum ExitCode : int { kDone = 0, kFailed = 1, kWrongUsage = 2, kDoneWithFailures = 3, kInterrupted = 130 };

/// One command of the program. `declare` binds arguments to members, `run` does the work.
class Command {
 public:
  virtual ~Command() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::string summary() const = 0;
  virtual void declare(Arguments& arguments) = 0;
  [[nodiscard]] virtual ExitCode run(Terminal& terminal) = 0;
};

/// Every command, in the order of `songmap --help`.
[[nodiscard]] std::vector<std::unique_ptr<Command>> all_commands();

}  // namespace songmap::cli
