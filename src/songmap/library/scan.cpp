#include "songmap/library/scan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <mutex>
#include <set>
#include <system_error>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/text_file.h"
#include "songmap/core/utf8.h"
#include "songmap/library/tags.h"
#include "songmap/library/track_table.h"
#include "songmap/library/walk.h"
#include "songmap/lyrics/text.h"

namespace songmap::library {
namespace fs = std::filesystem;
namespace {

constexpr std::array kAudioExtensions = {"mp3", "flac", "ogg",  "oga", "opus", "m4a", "aac",  "wav",
                                         "aif", "aiff", "aifc", "wv",  "ape",  "wma", "webm", "mka"};
constexpr std::array kLyricsExtensions = {".lrc", ".LRC", ".txt", ".TXT"};
constexpr std::size_t kMaxLyricsBytes = std::size_t{4} << 20;

const std::vector<std::string> kLabelSources = {"auto", "none", "csv", "genre", "folder", "prefix"};

std::string lower_extension(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  std::string extension(name.substr(dot + 1));
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extension;
}

std::string file_name(const std::string& relative) { return relative.substr(relative.rfind('/') + 1); }
std::string parent_name(const std::string& relative) {
  const std::size_t slash = relative.rfind('/');
  return slash == std::string::npos ? std::string() : file_name(relative.substr(0, slash));
}
std::string prefix_of(const std::string& relative) {
  const std::string name = file_name(relative);
  return name.substr(0, name.find('.'));
}

/// The first file of lyrics beside the track that holds something; with `empty`, the first that holds nothing.
fs::path lyrics_file_beside(const fs::path& track, bool empty = false) {
  for (const char* extension : kLyricsExtensions) {
    fs::path path = track;
    path.replace_extension(extension);
    std::error_code error;
    if (fs::is_regular_file(path, error) && (fs::file_size(path, error) == 0) == empty && !error) return path;
  }
  return {};
}

/// Fills what the file itself and its neighbours tell. `row` holds what the CSV said (nothing for a folder).
void take_tags(Track& track, const Tags& tags, const TrackRow& row) {
  const auto first_of = [](const std::string& a, const std::string& b) { return a.empty() ? b : a; };
  track.title = first_of(row.title, first_of(tags.title, utf8::repaired(track.path.stem().native())));
  track.artist = first_of(row.artist, tags.artist);
  track.album = first_of(row.album, tags.album);
  track.length_s = tags.length_s;
  track.split = row.split;
}

/// One place that a track's lyrics may come from: a file or a text.
struct LyricsCandidate {
  const char* source;  // Track::lyrics_source
  fs::path file;
  std::string text;
};

std::vector<LyricsCandidate> lyrics_candidates(const Track& track, const Tags& tags, const TrackRow& row) {
  std::vector<LyricsCandidate> result{{"file", lyrics_file_beside(track.path), {}},
                                      {"embedded", {}, tags.lyrics},
                                      {"csv", row.lyrics_path, {}},
                                      {"csv", {}, row.lyrics}};
  std::erase_if(result, [](const LyricsCandidate& one) { return one.file.empty() && one.text.empty(); });
  return result;
}

/// Takes the first that can be used; where none can, the first that can be read, so that its problem is told.
void take_lyrics(Track& track, const Tags& tags, const TrackRow& row, bool read, std::vector<Failure>& failures) {
  std::vector<LyricsCandidate> candidates = lyrics_candidates(track, tags, row);
  const auto fail = [&](const std::string& reason) {
    failures.push_back({"", utf8::repaired(track.relative_path), "lyrics", reason});
  };
  const auto take = [&](LyricsCandidate& one) {
    track.lyrics_source = one.source;
    track.lyrics = std::move(one.text);
    track.has_lyrics = true;
  };
  if (!read) {
    track.has_lyrics = !candidates.empty();
    if (track.has_lyrics) track.lyrics_source = candidates.front().source;
    return;
  }
  if (candidates.empty()) {
    const fs::path empty = lyrics_file_beside(track.path, /*empty=*/true);
    if (!empty.empty()) fail(fmt::format("{} is empty", quoted(empty)));
  }
  LyricsCandidate* first = nullptr;
  for (LyricsCandidate& one : candidates) {
    try {
      if (!one.file.empty()) one.text = read_file(one.file, kMaxLyricsBytes);
    } catch (const IoError& failure) {
      fail(failure.what());
      continue;
    }
    if (first == nullptr) first = &one;
    const bool is_last = &one == &candidates.back();
    const std::string problem = is_last && first == &one ? std::string() : lyrics::clean_lyrics(one.text).problem;
    if (problem.empty()) return take(one);
    if (!is_last) {
      const std::string where = one.file.empty() ? fmt::format("the lyrics ({})", one.source) : quoted(one.file);
      fail(fmt::format("{} cannot be used, {}; looking further", where, problem));
    }
  }
  if (first != nullptr) take(*first);
}

void take_labels(Track& track, const Tags& tags, const TrackRow& row, const std::string& source) {
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) track.labels[name] = utf8::repaired(value);
  };
  if (source == "auto" || source == "csv") track.labels = row.labels;
  if (source == "genre") put("genre", tags.genre);
  if (source == "folder") put("label", parent_name(track.relative_path));
  if (source == "prefix") put("label", prefix_of(track.relative_path));
}

/// Whether values name few groups of several tracks each, as labels do. Absent ones (empty) may be one in five.
bool look_like_labels(const std::map<std::string, std::size_t>& counts, std::size_t n_tracks) {
  std::size_t named = 0;
  std::size_t groups = 0;
  for (const auto& [value, count] : counts) {
    if (value.empty()) continue;
    named += count;
    ++groups;
    if (count < 2) return false;
  }
  return groups >= 2 && groups * 3 <= named && named * 5 >= n_tracks * 4;
}

void hint_at_labels(ScanResult& result, const std::vector<Tags>& tags) {
  std::map<std::string, std::size_t> folders;
  std::map<std::string, std::size_t> prefixes;
  std::map<std::string, std::size_t> genres;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const std::string& relative = result.tracks[i].relative_path;
    ++folders[parent_name(relative)];
    const std::string name = file_name(relative);
    // GTZAN's names have a number between the label and the extension.
    ++prefixes[std::ranges::count(name, '.') >= 2 ? prefix_of(relative) : std::string()];
    ++genres[tags[i].genre];
  }
  const auto hint = [&](const std::map<std::string, std::size_t>& counts, const char* what, const char* source) {
    if (!look_like_labels(counts, tags.size())) return;
    std::vector<std::string> examples;
    for (const auto& [value, count] : counts) {
      if (!value.empty() && examples.size() < 3) examples.push_back(utf8::repaired(value));
    }
    result.hints.push_back(
        fmt::format("The {} look like labels ({}, …): --label-from {} scores the groups against "
                    "them.",
                    what, fmt::join(examples, ", "), source));
  };
  hint(prefixes, "beginnings of the file names", "prefix");
  if (result.hints.empty()) hint(folders, "names of the folders", "folder");
  hint(genres, "genre tags", "genre");
}

std::string no_track_message(const fs::path& from, const ScanResult& result) {
  std::string message = fmt::format("no track in {}", quoted(from));
  if (!result.failures.empty()) {
    const Failure& first = result.failures.front();
    message += fmt::format(": {} failed, the first of them {}: {}", result.failures.size(),
                           quoted(fs::path(first.path)), first.reason);
  } else {
    message += fmt::format("; audio is taken to be {}", fmt::join(kAudioExtensions, ", "));
  }
  if (result.n_skipped > 0) message += fmt::format("; {} were skipped as hidden or ignored", result.n_skipped);
  return message;
}

/// The rows of a folder or CSV: only names yet, no file has been opened.
std::vector<TrackRow> find_rows(const fs::path& path, bool is_folder, ScanResult& result) {
  if (!is_folder) {
    TrackTable table = read_track_table(path);
    result.failures = std::move(table.failures);
    return std::move(table.rows);
  }
  WalkResult found = walk(path);
  result.failures = std::move(found.failures);
  result.n_skipped = found.n_skipped;
  for (const std::string& link : found.links_upward) {
    result.hints.push_back(fmt::format("The link {} leads to a folder that contains this one, and was not followed.",
                                       quoted(fs::path(link))));
  }
  std::vector<TrackRow> rows(found.files.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].relative_path = std::move(found.files[i]);
  return rows;
}

void check(const ScanOptions& options) {
  require(std::ranges::find(kLabelSources, options.label_from) != kLabelSources.end(),
          fmt::format("label_from = '{}' is not one of {}", options.label_from, fmt::join(kLabelSources, " | ")));
}

/// Fills the tracks of `result` from its rows: opens each file for its tags, and reads lyrics where they are asked for.
std::vector<Tags> read_tracks(const std::vector<TrackRow>& rows, const ScanOptions& options, const Execution& run,
                              ScanResult& result) {
  result.tracks.resize(rows.size());
  std::vector<Tags> tags(rows.size());
  std::vector<std::vector<Failure>> failures(rows.size());
  std::mutex report_mutex;
  std::size_t done = 0;
  parallel_for(rows.size(), run.thread_count(), [&](std::size_t i) {
    Track& track = result.tracks[i];
    track.relative_path = rows[i].relative_path;
    track.path = result.root / fs::path(rows[i].relative_path);
    tags[i] = read_tags(track.path);
    take_tags(track, tags[i], rows[i]);
    take_lyrics(track, tags[i], rows[i], options.read_lyrics, failures[i]);
    take_labels(track, tags[i], rows[i], options.label_from);
    tags[i].lyrics.clear();
    const std::lock_guard lock(report_mutex);
    run.report({"scan", static_cast<double>(++done), static_cast<double>(rows.size()), "files"});
  });
  for (std::vector<Failure>& some : failures) std::ranges::move(some, std::back_inserter(result.failures));
  return tags;
}

}  // namespace

void describe(OptionSet& set, ScanOptions& options) {
  set.section("scan");
  set.add("label_from", options.label_from, kLabelSources,
          "where labels for the scores come from; auto: a CSV's columns, nothing for a folder");
  set.add("read_lyrics", &options.read_lyrics, "read lyrics: beside the track, embedded, or from the CSV");
}

bool is_audio_name(std::string_view file_name) {
  return std::ranges::find(kAudioExtensions, lower_extension(file_name)) != kAudioExtensions.end();
}

ScanResult scan(const fs::path& folder_or_csv, const ScanOptions& options, const Execution& run) {
  check(options);
  std::error_code error;
  const fs::file_status status = fs::status(folder_or_csv, error);
  if (!fs::exists(status)) throw IoError(fmt::format("{}: there is no such folder or file", quoted(folder_or_csv)));
  const bool is_folder = fs::is_directory(status);
  const std::string extension = lower_extension(folder_or_csv.filename().native());
  require(is_folder || extension == "csv",
          fmt::format("{} is neither a folder nor a CSV of tracks", quoted(folder_or_csv)));
  require(!is_folder || options.label_from != "csv",
          fmt::format("label_from = 'csv', but {} is a folder", quoted(folder_or_csv)));

  const fs::path path = fs::absolute(folder_or_csv).lexically_normal();
  ScanResult result;
  result.root = is_folder ? path : path.parent_path();
  std::vector<TrackRow> rows = find_rows(path, is_folder, result);
  if (rows.empty()) throw IoError(no_track_message(folder_or_csv, result));

  const std::vector<Tags> tags = read_tracks(rows, options, run, result);

  if (is_folder && fs::is_regular_file(path / "tracks.csv", error)) {
    result.hints.push_back(fmt::format("The folder holds a tracks.csv; {} reads its labels and names.",
                                       quoted(folder_or_csv / "tracks.csv")));
  }
  if (is_folder && options.label_from == "auto") hint_at_labels(result, tags);
  return result;
}

ScanResult scan_paths(const std::vector<fs::path>& paths, const fs::path& root, const ScanOptions& options,
                      const Execution& run) {
  check(options);
  require(options.label_from != "csv", "label_from = 'csv', but paths are no CSV");
  ScanResult result;
  result.root = fs::absolute(root).lexically_normal();
  std::vector<fs::path> files;
  for (const fs::path& given : paths) {
    const fs::path path = fs::absolute(given).lexically_normal();
    std::error_code error;
    if (fs::is_directory(path, error)) {
      WalkResult found = walk(path);
      for (const std::string& file : found.files) files.push_back(path / fs::path(file));
      std::ranges::move(found.failures, std::back_inserter(result.failures));
      result.n_skipped += found.n_skipped;
    } else if (const std::string reason = unreadable_reason(path); !reason.empty()) {
      result.failures.push_back({"", utf8::repaired(given.native()), "scan", reason});
    } else if (!is_audio_name(path.filename().native())) {
      result.failures.push_back({"", utf8::repaired(given.native()), "scan",
                                 fmt::format("is not named like audio ({})", fmt::join(kAudioExtensions, ", "))});
    } else {
      files.push_back(path);
    }
  }
  std::vector<TrackRow> rows;
  std::set<std::string> seen;
  for (const fs::path& file : files) {
    const fs::path inside = file.lexically_relative(result.root);
    const bool outside = inside.empty() || *inside.begin() == "..";
    TrackRow row;
    row.relative_path = (outside ? file : inside).generic_string();
    if (seen.insert(row.relative_path).second) rows.push_back(std::move(row));
  }
  (void)read_tracks(rows, options, run, result);
  return result;
}

}  // namespace songmap::library
