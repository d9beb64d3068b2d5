#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "arguments.h"
#include "atlas_text.h"
#include "commands.h"
#include "songmap/atlas/atlas.h"
#include "songmap/atlas/misfits.h"
#include "songmap/audio/decode.h"
#include "songmap/audio/encode.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/features/spectrogram_sound.h"
#include "songmap/figures/gnuplot.h"
#include "songmap/figures/profiles.h"
#include "songmap/figures/spectrogram.h"
#include "songmap/run/run_folder.h"
#include "terminal.h"

namespace songmap::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBands = 64;
constexpr int kRate_hz = 22050;
constexpr double kFrame_s = 512.0 / kRate_hz;

std::string error_note(const atlas::Misfit& misfit) {
  return fmt::format("{:.1f} × the median error", misfit.relative);
}

std::string title_of(const atlas::Atlas& atlas, const atlas::Misfit& misfit) {
  const atlas::AtlasTrack& track = atlas.tracks()[misfit.track];
  return called(track.artist, track.title);
}

/// Lists the tracks that the model rebuilds badly.
class MisfitsCommand final : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "misfits"; }
  [[nodiscard]] std::string summary() const override {
    return "The tracks that the model rebuilds badly: what it expected, what it heard, and signs of damage";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("run", folder_, "Run folder (from songmap run)", true);
    arguments.option("-n,--number", n_, "How many, the worst first");
    arguments.option("-o,--output", output_,
                     "Folder for a picture of them; where the model makes spectrograms, also for their sound");
    arguments.option("--threads", threads_, "Threads; 0: one a core");
    arguments.flag("-q,--quiet", quiet_, "No progress or notes on stderr");
    arguments.flag("--json", json_, "As one JSON object");
    arguments.footer(
        "Such a track is unlike the rest of the collection, or its file is broken: silence, a bad rip, the wrong "
        "speed. Deviations are those of the fitted tracks from their mean.");
  }

  ExitCode run(Terminal& terminal) override {
    terminal.set_quiet(quiet_);
    const atlas::Atlas atlas = atlas::Atlas::load(run::RunFolder::existing(folder_));
    const Execution execution = terminal.execution(threads_);
    const atlas::Misfits found = atlas::misfits(atlas, n_, execution);
    for (const std::string& sentence : found.notes) terminal.note(sentence);
    terminal.data(json_ ? as_json(atlas, found) : as_text(atlas, found));
    if (!output_.empty()) save(atlas, found, execution, terminal);
    return kDone;
  }

 private:
  static std::string as_text(const atlas::Atlas& atlas, const atlas::Misfits& found) {
    std::string text = fmt::format("{} of {} tracks have more than twice the median error of {}.\n", found.n_far,
                                   found.n_judged, found.model);
    for (const atlas::Misfit& misfit : found.worst) {
      const atlas::AtlasTrack& track = atlas.tracks()[misfit.track];
      text += fmt::format("\n{}  {:.1f} ×  {}\n  {}\n", track.track_id, misfit.relative, title_of(atlas, misfit),
                          utf8::repaired(track.path));
      for (const atlas::Surprise& one : misfit.surprises) {
        text += fmt::format("  {}: {:+.1f} deviations where {:+.1f} were expected ({})\n", one.words, one.heard,
                            one.expected, one.means);
      }
      for (const std::string& sign : misfit.signs) text += fmt::format("  its file: {}\n", sign);
    }
    return text;
  }

  static std::string as_json(const atlas::Atlas& atlas, const atlas::Misfits& found) {
    nlohmann::ordered_json worst = nlohmann::ordered_json::array();
    for (const atlas::Misfit& misfit : found.worst) {
      const atlas::AtlasTrack& track = atlas.tracks()[misfit.track];
      nlohmann::ordered_json surprises = nlohmann::ordered_json::array();
      for (const atlas::Surprise& one : misfit.surprises) {
        surprises.push_back(
            {{"words", one.words}, {"means", one.means}, {"heard", one.heard}, {"expected", one.expected}});
      }
      worst.push_back({{"track_id", track.track_id},
                       {"path", utf8::repaired(track.path)},
                       {"title", utf8::repaired(track.title)},
                       {"artist", utf8::repaired(track.artist)},
                       {"error", misfit.error},
                       {"relative", misfit.relative},
                       {"surprises", surprises},
                       {"signs", misfit.signs}});
    }
    return nlohmann::ordered_json{{"model", found.model},
                                  {"unseen", found.unseen},
                                  {"n_judged", found.n_judged},
                                  {"n_far", found.n_far},
                                  {"worst", worst}}
               .dump(2) +
           "\n";
  }

  void save(const atlas::Atlas& atlas, const atlas::Misfits& found, const Execution& execution,
            Terminal& terminal) const {
    fs::create_directories(output_);
    if (std::ranges::all_of(found.worst, [](const atlas::Misfit& misfit) { return misfit.rows.empty(); })) return;
    const fs::path picture = fs::path(output_) / "misfits";
    if (figures::find_gnuplot()) {
      found.spectrogram ? draw_spectrograms(picture, atlas, found) : draw_profiles(picture, atlas, found);
      terminal.note(picture.string() + ".svg and .png show them");
    } else {
      terminal.warning("There is no picture: gnuplot is not in PATH (Debian: apt install gnuplot-nox)");
    }
    if (found.spectrogram) save_sounds(atlas, found, execution, terminal);
  }

  static void draw_profiles(const fs::path& file, const atlas::Atlas& atlas, const atlas::Misfits& found) {
    std::vector<figures::ProfilePanel> panels;
    for (const atlas::Misfit& misfit : found.worst) {
      if (misfit.rows.empty()) continue;
      panels.push_back({.title = title_of(atlas, misfit),
                        .note = error_note(misfit),
                        .original = {misfit.rows.row(0).begin(), misfit.rows.row(0).end()},
                        .reconstruction = {misfit.rows.row(1).begin(), misfit.rows.row(1).end()}});
    }
    figures::draw_profiles(file, panels,
                           {.title = fmt::format("Tracks that {} rebuilds badly", found.model),
                            .subtitle = "Grey: what it heard. Red: what it expected.",
                            .x_label = "scaled feature"});
  }

  static void draw_spectrograms(const fs::path& file, const atlas::Atlas& atlas, const atlas::Misfits& found) {
    std::vector<figures::SpectrogramPair> pairs;
    for (const atlas::Misfit& misfit : found.worst) {
      if (misfit.rows.empty()) continue;
      const auto picture = [&](std::size_t row) {
        const auto values = misfit.rows.row(row);
        return Matrix(kBands, values.size() / kBands, {values.begin(), values.end()});
      };
      pairs.push_back({.title = title_of(atlas, misfit),
                       .note = error_note(misfit),
                       .original = picture(0),
                       .reconstruction = picture(1)});
    }
    figures::draw_spectrogram_pairs(
        file, pairs,
        {.title = fmt::format("Tracks that {} rebuilds badly", found.model),
         .subtitle = "Left what it heard, in the middle what it expected: the first window of each track.",
         .frame_s = kFrame_s,
         .unit = "level"});
  }

  /// Beside each other: the beginning of the file, the same through the spectrogram, and what the model makes of that.
  void save_sounds(const atlas::Atlas& atlas, const atlas::Misfits& found, const Execution& execution,
                   Terminal& terminal) const {
    const auto write = [&](const atlas::Misfit& misfit, const char* what, std::vector<float> samples) {
      const fs::path file = fs::path(output_) / fmt::format("{}.{}.wav", atlas.tracks()[misfit.track].track_id, what);
      const std::size_t n = samples.size();
      audio::encode(file, Matrix(n, 1, std::move(samples)), kRate_hz);
    };
    for (const atlas::Misfit& misfit : found.worst) {
      if (misfit.rows.empty()) continue;
      write(misfit, "heard", features::sound_of_window(misfit.rows.row(0), execution));
      write(misfit, "expected", features::sound_of_window(misfit.rows.row(1), execution));
      audio::DecodeOptions options;
      options.rate_hz = kRate_hz;
      options.limit_s = kFrame_s * static_cast<double>(misfit.rows.cols() / kBands);
      try {
        write(misfit, "original", audio::decode_all(atlas.file_of(atlas.tracks()[misfit.track]), options));
      } catch (const IoError& error) {
        terminal.warning(error.what());
      }
    }
    terminal.note(fmt::format(
        "ID.original.wav is the beginning of a track, ID.heard.wav the same through its spectrogram, ID.expected.wav "
        "what the model makes of it, in {}",
        output_));
  }

  std::string folder_;
  std::string output_;
  std::uint64_t n_ = 10;
  std::uint64_t threads_ = 0;
  bool quiet_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> misfits_command() { return std::make_unique<MisfitsCommand>(); }

}  // namespace songmap::cli
