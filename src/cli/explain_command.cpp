#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "arguments.h"
#include "atlas_text.h"
#include "commands.h"
#include "songmap/atlas/atlas.h"
#include "songmap/atlas/explain.h"
#include "songmap/atlas/explain_json.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/run/run_folder.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

std::string track_text(const atlas::Atlas& atlas, std::size_t track) {
  const atlas::AtlasTrack& one = atlas.tracks()[track];
  return fmt::format("{}  {}", one.track_id, called(one.artist, one.title));
}

std::string differences_text(const std::vector<atlas::Difference>& differences) {
  std::string text;
  for (const atlas::Difference& one : differences) {
    text += fmt::format("  {} ({:+.1f} deviations; {})\n", one.words, one.size, one.means);
  }
  return text;
}

std::string group_text(const atlas::Atlas& atlas, const atlas::GroupReasons& reasons) {
  std::string text = fmt::format("{}: {} tracks\n\nIts sound, against all other tracks\n",
                                 atlas.group_title(reasons.group), reasons.n_tracks);
  text += reasons.sound.empty() ? "  nothing sets it clearly apart\n" : differences_text(reasons.sound);
  if (reasons.n_with_lyrics > 0) {
    text += fmt::format("\nIts words: {} of its tracks have lyrics", reasons.n_with_lyrics);
    for (std::size_t i = 0; i < reasons.languages.size(); ++i) {
      text += fmt::format("{}{} {}", i == 0 ? ": " : ", ", reasons.languages[i].second, reasons.languages[i].first);
    }
    text += "\n";
    for (const atlas::TellingWord& word : reasons.words) {
      text += fmt::format("  {} (in {} of its texts, {} others)\n", word.word, word.inside, word.outside);
    }
    if (reasons.words.empty()) text += "  no word sets them apart\n";
  }
  text += "\nMost typical\n";
  for (const std::size_t track : reasons.exemplars) text += "  " + track_text(atlas, track) + "\n";
  if (!reasons.border.empty()) text += "\nOn the border\n";
  for (const atlas::BorderTrack& one : reasons.border) {
    text += fmt::format("  {}, leaning to {}\n", track_text(atlas, one.track), atlas.group_title(one.leans_to));
  }
  if (reasons.nearest_group != kNoise) {
    text += fmt::format("\nNearest to it is {}.\n", atlas.group_title(reasons.nearest_group));
  }
  if (!reasons.proposed_name.empty()) {
    text += fmt::format("A name for it could be: {}\n", reasons.proposed_name);
  }
  return text;
}

/// The two parts of the sound in which two tracks are nearest, and how near their words are.
std::string parts_text(const std::vector<std::pair<std::string, double>>& parts) {
  constexpr std::size_t kShown = 2;
  std::string text;
  std::size_t n_shown = 0;
  for (const auto& [part, distance] : parts) {
    if (part == "words" || n_shown == kShown) continue;
    text += fmt::format("{}{} {:.2f}", n_shown++ == 0 ? "  in " : ", ", part, distance);
  }
  const auto words = std::ranges::find(parts, "words", &std::pair<std::string, double>::first);
  return words == parts.end() ? text : text + fmt::format("; words {:.2f}", words->second);
}

std::string track_reasons_text(const atlas::Atlas& atlas, const atlas::TrackReasons& reasons) {
  const atlas::AtlasTrack& track = atlas.tracks()[reasons.track];
  std::string text =
      fmt::format("{}\n  {}\n\n{}, strength {:.2f}{}{}{}\n", track_text(atlas, reasons.track),
                  utf8::repaired(track.path), atlas.group_title(track.cluster), track.strength,
                  track.pinned ? ", decided by a person" : "", track.placed ? ", placed after the run was fitted" : "",
                  track.placed && track.strangeness > 1 ? ", an outlier" : "");
  text += "\nNearest to it, and in what (1: as random pairs are)\n";
  for (const atlas::NearTrack& near : reasons.nearest) {
    text += fmt::format("  {:.3f}  {}", near.distance, track_text(atlas, near.track));
    text += parts_text(near.parts) + "\n";
  }
  text += "\nUnusual in this collection\n";
  text += reasons.unusual.empty() ? "  nothing\n" : differences_text(reasons.unusual);
  if (std::isfinite(reasons.rebuilt_worse_than)) {
    text +=
        fmt::format("\nThe model rebuilds it worse than {:.0f} % of the tracks.\n", 100 * reasons.rebuilt_worse_than);
  }
  return text;
}

/// Why tracks are where they are.
class ExplainCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "explain"; }
  [[nodiscard]] std::string summary() const override { return "Why a group is a group, or why a track is where it is"; }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.positional("what", what_, "A group (its number or name) or a track (its id, path, or words of its title)",
                         true);
    arguments.flag("--json", json_, "As one JSON object");
  }

  ExitCode run(Terminal& terminal) override {
    const atlas::Atlas atlas = atlas::Atlas::load(run::RunFolder::existing(folder_));
    if (is_group(atlas)) {
      const atlas::GroupReasons reasons = atlas::explain_group(atlas, atlas.find_group(what_));
      terminal.data(json_ ? atlas::group_json(atlas, reasons) : group_text(atlas, reasons));
    } else {
      const atlas::TrackReasons reasons = atlas::explain_track(atlas, atlas.find(what_));
      terminal.data(json_ ? atlas::track_json(atlas, reasons) : track_reasons_text(atlas, reasons));
    }
    return kDone;
  }

 private:
  /// A number of a few digits can only mean a group.
  [[nodiscard]] bool is_group(const atlas::Atlas& atlas) const {
    constexpr std::size_t kMostDigits = 3;
    const bool digits = what_.find_first_not_of("0123456789") == std::string::npos && what_.size() <= kMostDigits;
    const auto named = [&](const atlas::Group& group) { return group.name == what_; };
    return digits || what_.starts_with("group ") || std::ranges::any_of(atlas.groups(), named);
  }

  std::string folder_;
  std::string what_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> explain_command() { return std::make_unique<ExplainCommand>(); }

}  // namespace songmap::cli
