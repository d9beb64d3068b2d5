#include "arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "command.h"
#include "songmap/core/error.h"
#include "songmap/core/options.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

/// Arguments of one command, on CLI11.
class CliArguments final : public Arguments {
 public:
  explicit CliArguments(CLI::App& app) : app_(app) {}

  void positional(const std::string& name, std::string& target, const std::string& help, bool required) override {
    app_.add_option(name, target, help)->required(required);
  }
  void positionals(const std::string& name, std::vector<std::string>& target, const std::string& help) override {
    app_.add_option(name, target, help)->required()->expected(1, CLI::detail::expected_max_vector_size);
  }
  void option(const std::string& names, std::string& target, const std::string& help) override {
    app_.add_option(names, target, help);
  }
  void option(const std::string& names, std::uint64_t& target, const std::string& help) override {
    app_.add_option(names, target, help);
  }
  void options(const std::string& names, std::vector<std::string>& target, const std::string& help) override {
    app_.add_option(names, target, help)->expected(1)->take_all();
  }
  void flag(const std::string& names, bool& target, const std::string& help) override {
    app_.add_flag(names, target, help);
  }
  void footer(const std::string& text) override { app_.footer(text); }

 private:
  CLI::App& app_;
};

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// The sentence for a command line that does not parse, with the nearest known word where there is one.
std::string usage_sentence(const CLI::ParseError& error, const CLI::App& app, int argc, const char* const* argv,
                           const std::vector<std::string>& command_names) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  if (chosen.empty()) {
    for (int i = 1; i < argc; ++i) {
      const std::string word = argv[i];
      if (word.starts_with("-")) continue;
      const std::string near = nearest_name(word, command_names);
      return fmt::format("there is no command '{}'{}", word,
                         near.empty() ? "; see songmap --help" : fmt::format("; did you mean '{}'?", near));
    }
  } else {
    const std::vector<std::string> known = option_names(*chosen.front());
    for (int i = 1; i < argc; ++i) {
      const std::string word = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
      if (!word.starts_with("--") || std::ranges::find(known, word) != known.end()) continue;
      const std::string near = nearest_name(word, known);
      return fmt::format("'{}' has no option '{}'{}", chosen.front()->get_name(), word,
                         near.empty() ? fmt::format("; see songmap {} --help", chosen.front()->get_name())
                                      : fmt::format("; did you mean '{}'?", near));
    }
  }
  return error.what();
}

std::string joined(int argc, const char* const* argv) {
  std::string line = "songmap";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool plain = !word.empty() && word.find_first_of(" \t\n'\"\\$&|;<>()*?[]#~`!{}") == std::string::npos;
    if (plain) {
      line += " " + word;
      continue;
    }
    line += " '";
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += "'";
  }
  return line;
}

int run_guarded(Command& command, Terminal& terminal) {
  try {
    return command.run(terminal);
  } catch (const Cancelled&) {
    terminal.error("interrupted; what was finished is kept, and the same command goes on from there");
    return kInterrupted;
  } catch (const InvalidArgument& error) {
    terminal.error(error.what());
    return kWrongUsage;
  } catch (const std::exception& error) {
    terminal.error(error.what());
    return kFailed;
  }
}

}  // namespace

int run_command_line(int argc, const char* const* argv, const std::vector<std::unique_ptr<Command>>& commands) {
  CLI::App app("songmap turns a collection of music into a map.", "songmap");
  app.set_version_flag("--version", SONGMAP_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with failed items, 130 interrupted.\n"
      "songmap COMMAND --help tells all about one command.");
  std::map<CLI::App*, Command*> by_app;
  std::vector<std::string> names;
  for (const std::unique_ptr<Command>& command : commands) {
    CLI::App* sub = app.add_subcommand(command->name(), command->summary());
    CliArguments arguments(*sub);
    command->declare(arguments);
    by_app[sub] = command.get();
    names.push_back(command->name());
  }
  Terminal terminal;
  terminal.set_command_line(joined(argc, argv));
  if (argc == 1) {
    terminal.data(app.help());
    return kWrongUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help and --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    terminal.error(usage_sentence(error, app, argc, argv, names));
    return kWrongUsage;
  }
  return run_guarded(*by_app.at(app.get_subcommands().front()), terminal);
}

}  // namespace songmap::cli
