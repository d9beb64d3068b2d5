#include "terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace songmap::cli {
namespace {

std::atomic<bool> g_interrupted{false};

// The first signal asks the running job to stop after what it is at; the second ends the program at once. Both are
// safe: finished work is in the store, and files are renamed into place whole.
extern "C" void on_signal(int signal) {
  if (g_interrupted.exchange(true)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

constexpr auto kRedraw = std::chrono::milliseconds(200);
constexpr auto kLogLine = std::chrono::seconds(10);  // where stderr is a file or a pipe

}  // namespace

Terminal::Terminal() : is_terminal_(isatty(STDERR_FILENO) == 1) {
  const char* no_color = std::getenv("NO_COLOR");
  colour_ = is_terminal_ && (no_color == nullptr || *no_color == '\0');
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGPIPE, SIG_IGN);
}

Terminal::~Terminal() {
  clear_line();
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

bool Terminal::interrupted() const { return g_interrupted; }

void Terminal::data(const std::string& text) {
  clear_line();
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void Terminal::note(const std::string& sentence) {
  if (quiet_) return;
  clear_line();
  fmt::print(stderr, "{}\n", sentence);
}

void Terminal::warning(const std::string& sentence) {
  if (quiet_) return;
  clear_line();
  fmt::print(stderr, "{} {}\n", marked("warning:", "33"), sentence);
}

void Terminal::error(const std::string& sentence) {
  clear_line();
  fmt::print(stderr, "{} {}\n", marked("songmap:", "31"), sentence);
}

std::string Terminal::marked(const std::string& mark, const std::string& colour) const {
  return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", colour, mark) : mark;
}

std::optional<FolderLock> Terminal::hold(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) return std::nullopt;
  bool told = false;
  return FolderLock(folder, [&] {
    if (!told) note(fmt::format("waiting for another songmap that works in {}", folder.string()));
    told = true;
    return !interrupted();
  });
}

Execution Terminal::execution(std::size_t threads) {
  Execution run;
  run.threads = threads;
  run.progress = [this](const Progress& at) { return show(at); };
  return run;
}

bool Terminal::show(const Progress& at) {
  if (g_interrupted) return false;
  if (quiet_) return true;
  const auto now = Clock::now();
  if (stage_ != at.stage) {
    stage_ = at.stage;
    stage_start_ = now;
    first_done_ = at.done;
    last_shown_ = now - (is_terminal_ ? Clock::duration(kRedraw) : Clock::duration(0));
  }
  const auto pause = is_terminal_ ? Clock::duration(kRedraw) : Clock::duration(kLogLine);
  if (now - last_shown_ < pause) return true;
  last_shown_ = now;

  const double elapsed_s = std::chrono::duration<double>(now - stage_start_).count();
  const double rate = elapsed_s > 0 ? (at.done - first_done_) / elapsed_s : 0;
  std::string line = fmt::format("{}: {:.0f}", stage_, at.done);
  if (at.total > 0) line += fmt::format(" of {:.0f}", at.total);
  line += fmt::format(" {}", at.unit);
  if (rate > 0) line += fmt::format(", {:.{}f}/s", rate, rate < 10 ? 1 : 0);
  if (rate > 0 && at.total > 0) line += fmt::format(", {} left", spoken_duration((at.total - at.done) / rate));
  if (is_terminal_) {
    fmt::print(stderr, "\r\x1b[K{}", line);
    line_open_ = true;
  } else {
    fmt::print(stderr, "{}\n", line);
  }
  std::fflush(stderr);
  return true;
}

void Terminal::clear_line() {
  if (!line_open_) return;
  fmt::print(stderr, "\r\x1b[K");
  line_open_ = false;
}

std::string spoken_duration(double seconds) {
  const auto whole = static_cast<long>(std::lround(std::max(seconds, 0.0)));
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} s", whole);
}

}  // namespace songmap::cli
