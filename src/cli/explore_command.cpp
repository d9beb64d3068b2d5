#include <fmt/format.h>

#include <chrono>
#include <random>
#include <string>
#include <thread>

#include "arguments.h"
#include "commands.h"
#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/explorer/library.h"
#include "songmap/explorer/page.h"
#include "songmap/explorer/server.h"
#include "songmap/run/run_folder.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

/// Shows a library as a page.
class ExploreCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "explore"; }
  [[nodiscard]] std::string summary() const override { return "Open a library as a page: see the map, hear it"; }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.option("--port", port_, "Port to listen on; 0: any that is free");
    arguments.option("--host", host_,
                     "Address to listen on. Other than this machine's own: whoever has the printed address, with the "
                     "token in it, can see and hear the library");
    arguments.flag("-q,--quiet", quiet_, "No notes on stderr");
    arguments.footer(
        "The page is served to this machine alone unless --host says otherwise, until Ctrl-C. The page asks nobody "
        "else.");
  }

  ExitCode run(Terminal& terminal) override {
    terminal.set_quiet(quiet_);
    constexpr std::uint64_t kLargestPort = 65535;
    require(port_ <= kLargestPort, fmt::format("--port {} is above {}", port_, kLargestPort));
    const explorer::Library library(run::RunFolder::existing(folder_));
    explorer::ServerOptions options;
    options.port = static_cast<int>(port_);
    options.host = host_;
    if (!explorer::is_loopback(host_)) options.token = new_token();
    explorer::Server server(library, explorer::page_files(), options);
    terminal.data(server.url() + "\n");
    terminal.note("open this address in a browser; Ctrl-C ends it");
    constexpr std::chrono::milliseconds kPause{100};
    parallel_for(2, 2, [&](std::size_t part) {
      if (part == 0) return server.run();
      while (!terminal.interrupted()) std::this_thread::sleep_for(kPause);
      server.stop();
    });
    return kDone;
  }

 private:
  /// 128 random bits, in hexadecimal digits.
  static std::string new_token() {
    std::random_device random;
    std::string token;
    for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", random());
    return token;
  }

  std::string folder_;
  std::string host_ = "127.0.0.1";
  std::uint64_t port_ = 0;
  bool quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> explore_command() { return std::make_unique<ExploreCommand>(); }

}  // namespace songmap::cli
