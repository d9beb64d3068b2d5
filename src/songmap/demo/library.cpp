#include "songmap/demo/library.h"

#include <fmt/format.h>

#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "songmap/audio/encode.h"
#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/text_file.h"
#include "songmap/demo/plan.h"
#include "songmap/demo/styles.h"
#include "songmap/library/tags.h"

namespace songmap::demo {
namespace {

namespace fs = std::filesystem;

/// Raise it when the sound, the words or the files of the same options change.
constexpr int kVersion = 1;
constexpr const char* kStampName = ".songmap-demo";
constexpr const char* kTableName = "tracks.csv";

void require_valid(const DemoOptions& options) {
  require(options.tracks_per_style >= 2 && options.tracks_per_style <= 50,
          fmt::format("tracks_per_style: {} is outside 2 … 50", options.tracks_per_style));
  require(options.length_s >= 4 && options.length_s <= 600,
          fmt::format("length_s: {} is outside 4 … 600", options.length_s));
}

std::string description(const DemoOptions& options) {
  return fmt::format("songmap demo library, version {}, tracks_per_style {}, length_s {}, seed {}", kVersion,
                     options.tracks_per_style, options.length_s, options.seed);
}

/// The hidden file that says which library a folder holds and which of its files are ours.
struct Stamp {
  std::string description;  ///< Empty while the files are being made.
  std::set<std::string> files;

  static Stamp read(const fs::path& folder) {
    Stamp stamp;
    if (!fs::exists(folder / kStampName)) return stamp;
    std::istringstream text(read_file(folder / kStampName));
    std::getline(text, stamp.description);
    for (std::string line; std::getline(text, line);) stamp.files.insert(line);
    return stamp;
  }

  void write(const fs::path& folder) const {
    std::string text = description + "\n";
    for (const std::string& file : files) text += file + "\n";
    write_file(folder / kStampName, text);
  }
};

std::set<std::string> files_of(const std::vector<PlannedTrack>& plan) {
  std::set<std::string> files = {kTableName};
  for (const PlannedTrack& track : plan) {
    files.insert(track.path.generic_string());
    if (track.lyrics_home != LyricsHome::kEmbedded) files.insert(track.lyrics_path().generic_string());
  }
  return files;
}

/// Every file under `folder` that is not hidden, relative to it.
std::set<std::string> present_files(const fs::path& folder) {
  std::set<std::string> files;
  if (!fs::exists(folder)) return files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_directory() || entry.path().filename().string().starts_with('.')) continue;
    files.insert(entry.path().lexically_relative(folder).generic_string());
  }
  return files;
}

void remove_files(const fs::path& folder, const std::set<std::string>& files) {
  for (const std::string& file : files) {
    fs::remove(folder / file);
    std::error_code not_empty;
    if (const fs::path parent = (folder / file).parent_path(); parent != folder) fs::remove(parent, not_empty);
  }
}

void write_track(const fs::path& folder, const PlannedTrack& planned, const DemoOptions& options) {
  const DemoTrack track = make_track(planned.style, planned.index, options);
  const fs::path path = folder / planned.path;
  audio::encode(path, track.samples, track.rate_hz);
  library::Tags tags{.title = planned.title,
                     .artist = planned.artist,
                     .album = planned.album,
                     .genre = planned.genre,
                     .lyrics = planned.lyrics_home == LyricsHome::kEmbedded ? planned.lyrics : ""};
  library::write_tags(path, tags);
  if (planned.lyrics_home == LyricsHome::kEmbedded) return;
  const double length_s = static_cast<double>(track.samples.rows()) / track.rate_hz;
  write_file(folder / planned.lyrics_path(),
             planned.lyrics_home == LyricsHome::kLrcFile ? as_lrc(planned.lyrics, length_s) : planned.lyrics);
}

void write_table(const fs::path& folder, const std::vector<PlannedTrack>& plan) {
  CsvWriter table({"path", "title", "artist", "album", "genre", "language", "lyrics_path"});
  for (const PlannedTrack& track : plan) {
    table.add_row({track.path.generic_string(), track.title, track.artist, track.album, track.genre, track.language,
                   track.lyrics_path().generic_string()});
  }
  table.save(folder / kTableName);
}

void write_all(const fs::path& folder, const std::vector<PlannedTrack>& plan, const DemoOptions& options,
               const Execution& run) {
  std::mutex reporting;
  double done = 0;
  const auto total = static_cast<double>(plan.size());
  run.report({"demo", 0, total, "tracks"});
  parallel_for(plan.size(), run.thread_count(), [&](std::size_t i) {
    write_track(folder, plan[i], options);
    const std::lock_guard lock(reporting);
    run.report({"demo", ++done, total, "tracks"});
  });
  write_table(folder, plan);
}

}  // namespace

DemoTrack make_track(std::size_t style, std::size_t index, const DemoOptions& options) {
  require_valid(options);
  require(style < styles().size(), fmt::format("style: {} is not below {}", style, styles().size()));
  require(index < options.tracks_per_style,
          fmt::format("index: {} is not below tracks_per_style, {}", index, options.tracks_per_style));
  const PlannedTrack planned = plan_library(options)[style * options.tracks_per_style + index];
  Random random(options.seed, style * 1000 + index);
  const double length_s = options.length_s * random.uniform(0.8, 1.2);
  const int rate_hz = planned.path.extension() == ".opus" ? 48'000 : 44'100;
  return {play(styles()[style], length_s, rate_hz, random), rate_hz};
}

void make_library(const fs::path& folder, const DemoOptions& options, const Execution& run) {
  require_valid(options);
  const std::vector<PlannedTrack> plan = plan_library(options);
  Stamp wanted{description(options), files_of(plan)};
  const Stamp found = Stamp::read(folder);
  const std::set<std::string> present = present_files(folder);
  for (const std::string& file : present) {
    require(found.files.contains(file),
            fmt::format("folder: {} holds {}, which is not of the demo library; name an empty or a new folder",
                        quoted(folder), quoted(fs::path(file))));
  }
  if (found.description == wanted.description && present == wanted.files) return;

  remove_files(folder, present);
  Stamp{"", wanted.files}.write(folder);
  write_all(folder, plan, options, run);
  wanted.write(folder);
}

}  // namespace songmap::demo
