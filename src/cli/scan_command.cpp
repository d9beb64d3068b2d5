#include <fmt/format.h>

#include "arguments.h"
#include "collection.h"
#include "commands.h"
#include "songmap/core/csv.h"
#include "songmap/core/utf8.h"
#include "songmap/library/scan.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

class ScanCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "scan"; }
  [[nodiscard]] std::string summary() const override {
    return "List the tracks of a collection with their tags and labels";
  }

  void declare(Arguments& arguments) override {
    input_.declare(arguments, /*with_output=*/false);
    common_.declare(arguments);
    arguments.footer("Prints a CSV that songmap run takes as it is, when it is saved beside the music.");
  }

  ExitCode run(Terminal& terminal) override {
    const run::StageContext context = common_.context(terminal);
    library::ScanOptions options;
    if (!input_.label_from.empty()) options.label_from = input_.label_from;
    const library::ScanResult found = library::scan(input_.input, options, context.execution);
    CsvWriter table({"path", "title", "artist", "album", "length_s", "label", "genre", "language", "has_lyrics"});
    for (const library::Track& track : found.tracks) {
      const auto label = [&](const char* name) {
        const auto at = track.labels.find(name);
        return at == track.labels.end() ? std::string() : at->second;
      };
      table.add_row({utf8::repaired(track.relative_path), track.title, track.artist, track.album,
                     track.length_s > 0 ? csv_number(track.length_s) : "", label("label"), label("genre"),
                     label("language"), track.has_lyrics ? "yes" : ""});
    }
    terminal.data(table.text());
    for (const std::string& hint : found.hints) terminal.note(hint);
    for (const library::Failure& failure : found.failures) terminal.warning(failure.path + ": " + failure.reason);
    terminal.note(
        fmt::format("{} tracks, {} failed, {} skipped", found.tracks.size(), found.failures.size(), found.n_skipped));
    return found.failures.empty() ? kDone : kDoneWithFailures;
  }

 private:
  InputSettings input_;
  CommonSettings common_;
};

}  // namespace

std::unique_ptr<Command> scan_command() { return std::make_unique<ScanCommand>(); }

}  // namespace songmap::cli
