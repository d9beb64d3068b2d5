#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "arguments.h"
#include "atlas_text.h"
#include "commands.h"
#include "songmap/atlas/atlas.h"
#include "songmap/atlas/levels.h"
#include "songmap/core/utf8.h"
#include "songmap/run/run_folder.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

/// Lists the groups, at any level of detail.
class GroupsCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "groups"; }
  [[nodiscard]] std::string summary() const override {
    return "List the groups; with -n a few large parts of the library, or many small ones";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.option("-n,--number", n_, "Parts: fewer than groups put groups together, more cut them; 0: the groups");
    arguments.flag("--json", json_, "As one JSON object, with every track");
    arguments.footer(
        "0+4: two groups together; 3.1: the larger half of group 3. Every level lies inside the one before.");
  }

  ExitCode run(Terminal& terminal) override {
    const atlas::Atlas atlas = atlas::Atlas::load(run::RunFolder::existing(folder_));
    const std::vector<atlas::Part> parts = atlas::parts(atlas, n_ == 0 ? atlas.groups().size() : n_);
    terminal.data(json_ ? as_json(atlas, parts) : as_text(atlas, parts));
    return kDone;
  }

 private:
  static std::string titles_of(const atlas::Atlas& atlas, const atlas::Part& part) {
    std::string titles;
    for (const std::int32_t group : part.groups) {
      const auto named = std::ranges::find(atlas.groups(), group, &atlas::Group::id);
      if (named != atlas.groups().end() && !named->name.empty()) titles += (titles.empty() ? "" : " + ") + named->name;
    }
    return titles;
  }

  static std::string as_text(const atlas::Atlas& atlas, const std::vector<atlas::Part>& parts) {
    constexpr std::size_t kShown = 3;
    std::string text;
    for (const atlas::Part& part : parts) {
      const std::string titles = titles_of(atlas, part);
      text += fmt::format("{:<12} {:>6} tracks  {}", part.name, part.tracks.size(),
                          titles.empty() ? "" : "[" + utf8::repaired(titles) + "] ");
      for (std::size_t i = 0; i < std::min(kShown, part.tracks.size()); ++i) {
        const atlas::AtlasTrack& track = atlas.tracks()[part.tracks[i]];
        text += (i > 0 ? " · " : "") + called(track.artist, track.title);
      }
      text += "\n";
    }
    return text;
  }

  static std::string as_json(const atlas::Atlas& atlas, const std::vector<atlas::Part>& parts) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const atlas::Part& part : parts) {
      std::vector<std::string> tracks;
      for (const std::size_t track : part.tracks) tracks.push_back(atlas.tracks()[track].track_id);
      list.push_back({{"name", part.name},
                      {"groups", part.groups},
                      {"title", utf8::repaired(titles_of(atlas, part))},
                      {"tracks", tracks}});
    }
    return nlohmann::ordered_json{{"parts", list}}.dump(2) + "\n";
  }

  std::string folder_;
  std::uint64_t n_ = 0;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> groups_command() { return std::make_unique<GroupsCommand>(); }

}  // namespace songmap::cli
