#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace songmap::cli {

/// What a command declares of its arguments. The only unit that knows the command-line library is arguments.cpp.
class Arguments {
 public:
  virtual ~Arguments() = default;
  virtual void positional(const std::string& name, std::string& target, const std::string& help, bool required) = 0;
  /// One or more, at the end.
  virtual void positionals(const std::string& name, std::vector<std::string>& target, const std::string& help) = 0;
  virtual void option(const std::string& names, std::string& target, const std::string& help) = 0;
  virtual void option(const std::string& names, std::uint64_t& target, const std::string& help) = 0;
  virtual void options(const std::string& names, std::vector<std::string>& target, const std::string& help) = 0;
  virtual void flag(const std::string& names, bool& target, const std::string& help) = 0;
  /// Text shown below the options in --help.
  virtual void footer(const std::string& text) = 0;
};

class Command;
class Terminal;

/// Parses the command line, runs the command it names, and turns every outcome into the exit code of the program:
/// 0 done, 1 failed, 2 wrong usage, 3 done with failed items, 130 interrupted.
[[nodiscard]] int run_command_line(int argc, const char* const* argv,
                                   const std::vector<std::unique_ptr<Command>>& commands);

}  // namespace songmap::cli
