#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "arguments.h"
#include "atlas_text.h"
#include "commands.h"
#include "songmap/atlas/atlas.h"
#include "songmap/atlas/playlist.h"
#include "songmap/atlas/walks.h"
#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/run/run_folder.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

using Json = nlohmann::ordered_json;

/// What the commands that give a list of tracks share: where it goes and how it reads.
class ListCommand : public Command {
 public:
  void declare(Arguments& arguments) final {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    declare_own(arguments);
    arguments.option("-o,--output", output_, "Also write a playlist: .m3u8, .xspf, .csv or .json");
    arguments.flag("--absolute", absolute_, "Whole paths in the playlist; by default relative to its folder");
    arguments.flag("--json", json_, "As one JSON object");
  }

  ExitCode run(Terminal& terminal) final {
    const atlas::Atlas atlas = atlas::Atlas::load(run::RunFolder::existing(folder_));
    std::string title;
    const std::vector<atlas::Step> steps = walk(atlas, title);
    std::string text;
    Json list = Json::array();
    std::vector<std::size_t> tracks;
    for (const atlas::Step& step : steps) {
      const atlas::AtlasTrack& track = atlas.tracks()[step.track];
      tracks.push_back(step.track);
      text += fmt::format("{}  {:.3f}  {}  {}  {}\n", track.track_id, step.distance, atlas.group_title(track.cluster),
                          called(track.artist, track.title), utf8::repaired(track.path));
      list.push_back({{"track_id", track.track_id},
                      {"path", utf8::repaired(track.path)},
                      {"title", utf8::repaired(track.title)},
                      {"artist", utf8::repaired(track.artist)},
                      {"group", track.cluster},
                      {"distance", step.distance}});
    }
    if (!output_.empty()) {
      atlas::save_playlist(atlas, tracks, title, output_,
                           absolute_ ? atlas::PathStyle::kAbsolute : atlas::PathStyle::kRelative);
    }
    terminal.data(json_ ? Json{{"title", title}, {"tracks", list}}.dump(2) + "\n" : text);
    return kDone;
  }

 protected:
  virtual void declare_own(Arguments& arguments) = 0;
  virtual std::vector<atlas::Step> walk(const atlas::Atlas& atlas, std::string& title) = 0;

 private:
  std::string folder_;
  std::string output_;
  bool absolute_ = false;
  bool json_ = false;
};

class SimilarCommand final : public ListCommand {
 public:
  [[nodiscard]] std::string name() const override { return "similar"; }
  [[nodiscard]] std::string summary() const override {
    return "The tracks that sound most like one, or sound and speak";
  }

 protected:
  void declare_own(Arguments& arguments) override {
    arguments.positional("track", track_, "Its id, path, or words of its artist and title", true);
    arguments.option("-n,--number", n_, "How many");
    arguments.option("--audio-weight", audio_weight_,
                     "Share of the sound in squared distances, beside the words: 1 sound alone, 0 words alone");
  }
  std::vector<atlas::Step> walk(const atlas::Atlas& atlas, std::string& title) override {
    const std::optional<double> weight = parse_number(audio_weight_);
    require(weight.has_value(), fmt::format("--audio-weight {} is not a number", audio_weight_));
    const std::size_t track = atlas.find(track_);
    title = "Like " + atlas.tracks()[track].title;
    return atlas::similar(atlas, track, n_, *weight);
  }

 private:
  std::string track_;
  std::uint64_t n_ = 10;
  std::string audio_weight_ = "1";
};

class PathCommand final : public ListCommand {
 public:
  [[nodiscard]] std::string name() const override { return "path"; }
  [[nodiscard]] std::string summary() const override { return "A smooth way from one track to another"; }

 protected:
  void declare_own(Arguments& arguments) override {
    arguments.positional("from", from_, "A track: its id, path, or words of its artist and title", true);
    arguments.positional("to", to_, "Another one", true);
    arguments.option("-n,--number", n_, "Tracks of the way, both ends counted");
  }
  std::vector<atlas::Step> walk(const atlas::Atlas& atlas, std::string& title) override {
    const std::size_t from = atlas.find(from_);
    const std::size_t to = atlas.find(to_);
    title = fmt::format("From {} to {}", atlas.tracks()[from].title, atlas.tracks()[to].title);
    return atlas::path(atlas, from, to, n_);
  }

 private:
  std::string from_;
  std::string to_;
  std::uint64_t n_ = 10;
};

class RadioCommand final : public ListCommand {
 public:
  [[nodiscard]] std::string name() const override { return "radio"; }
  [[nodiscard]] std::string summary() const override { return "A programme around one track, no artist too often"; }

 protected:
  void declare_own(Arguments& arguments) override {
    arguments.positional("track", track_, "Its id, path, or words of its artist and title", true);
    arguments.option("-n,--number", n_, "Most tracks");
    arguments.option("--minutes", minutes_, "Ends when so much music was chosen; 0: the number decides");
    arguments.option("--artist-cap", artist_cap_, "Most tracks of one artist; 0: any number");
  }
  std::vector<atlas::Step> walk(const atlas::Atlas& atlas, std::string& title) override {
    const std::size_t track = atlas.find(track_);
    title = "Around " + atlas.tracks()[track].title;
    atlas::RadioOptions options;
    options.n = n_;
    options.length_s = 60 * static_cast<double>(minutes_);
    options.artist_cap = artist_cap_;
    return atlas::radio(atlas, track, options);
  }

 private:
  std::string track_;
  std::uint64_t n_ = 20;
  std::uint64_t minutes_ = 0;
  std::uint64_t artist_cap_ = 3;
};

}  // namespace

std::vector<std::unique_ptr<Command>> walk_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(std::make_unique<SimilarCommand>());
  commands.push_back(std::make_unique<PathCommand>());
  commands.push_back(std::make_unique<RadioCommand>());
  return commands;
}

}  // namespace songmap::cli
