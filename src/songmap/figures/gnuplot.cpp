#include "songmap/figures/gnuplot.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "songmap/core/error.h"
#include "songmap/core/utf8.h"

extern char** environ;

namespace songmap::figures {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// A nameless file that vanishes when it is closed. Script, picture and messages go through files rather than pipes:
/// none can fill up and block, whatever gnuplot reads or writes first.
File nameless_file() {
  File file(std::tmpfile());
  if (!file) throw IoError(fmt::format("cannot make a temporary file for gnuplot: {}", std::strerror(errno)));
  return file;
}

std::string content_of(std::FILE* file) {
  std::string content;
  std::rewind(file);
  char block[65536];
  while (const std::size_t n = std::fread(block, 1, sizeof block, file)) content.append(block, n);
  if (std::ferror(file)) throw IoError("cannot read back what gnuplot wrote");
  return content;
}

/// The first lines of gnuplot's complaint as one line: it repeats the command and points at the place with a caret.
std::string one_line(std::string_view message) {
  std::string line;
  for (const char c : utf8::truncated(utf8::repaired(message), 400)) {
    const bool blank = c == '\n' || c == '\t' || c == '\r' || c == ' ';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  return line;
}

int run_process(const std::filesystem::path& program, std::FILE* in, std::FILE* out, std::FILE* messages) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(in), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(out), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ::fileno(messages), STDERR_FILENO);
  std::string name = program.string();
  std::string default_settings = "-d";
  std::string script = "/dev/stdin";  // Named, since gnuplot reads a nameless standard input byte by byte.
  char* arguments[] = {name.data(), default_settings.data(), script.data(), nullptr};
  pid_t child = 0;
  const int error = posix_spawn(&child, name.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw IoError(fmt::format("cannot start {}: {}", quoted(program), std::strerror(error)));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw IoError(fmt::format("lost track of gnuplot: {}", std::strerror(errno)));
  }
  return status;
}

}  // namespace

std::optional<std::filesystem::path> find_gnuplot() {
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable ? variable : "";
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::string_view folder = rest.substr(0, colon);
    rest = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
    std::filesystem::path candidate = std::filesystem::path(folder) / "gnuplot";
    std::error_code ignored;
    if (!folder.empty() && std::filesystem::is_regular_file(candidate, ignored) &&
        ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return std::nullopt;
}

std::string run_gnuplot(std::string_view script) {
  const std::optional<std::filesystem::path> program = find_gnuplot();
  if (!program) throw IoError("no picture can be drawn: gnuplot is not in PATH (Debian: apt install gnuplot-nox)");

  const File in = nameless_file();
  const File out = nameless_file();
  const File messages = nameless_file();
  if (std::fwrite(script.data(), 1, script.size(), in.get()) != script.size() || std::fflush(in.get()) != 0) {
    throw IoError(fmt::format("cannot write gnuplot's script: {}", std::strerror(errno)));
  }
  std::rewind(in.get());

  const int status = run_process(*program, in.get(), out.get(), messages.get());
  std::string picture = content_of(out.get());
  if (status != 0 || picture.empty()) {
    throw IoError(fmt::format("gnuplot drew no picture: {}", one_line(content_of(messages.get()))));
  }
  return picture;
}

}  // namespace songmap::figures
