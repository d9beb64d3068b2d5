#include "songmap/atlas/playlist.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "songmap/core/csv.h"
#include "songmap/core/error.h"
#include "songmap/core/text_file.h"
#include "songmap/core/utf8.h"

namespace songmap::atlas {

namespace fs = std::filesystem;

namespace {

/// Line ends would break a line of a playlist.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

std::string m3u8(const Atlas& atlas, const std::vector<std::size_t>& tracks, const std::string& title,
                 const fs::path& file, PathStyle style) {
  std::string text = "#EXTM3U\n#PLAYLIST:" + one_line(title) + "\n";
  for (const std::size_t t : tracks) {
    const AtlasTrack& track = atlas.tracks()[t];
    const long seconds = std::isfinite(track.length_s) && track.length_s > 0 ? std::lround(track.length_s) : -1;
    text += fmt::format("#EXTINF:{},{}\n{}\n", seconds, one_line(called(track)),
                        written_path(atlas, track, file, style).generic_string());
  }
  return text;
}

std::string xml_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') result += c;  // others are no characters of XML
    }
  }
  return result;
}

/// Percent-encoded as RFC 3986 wants a path.
std::string uri_path(const fs::path& path) {
  std::string result;
  for (const unsigned char c : path.generic_string()) {
    const bool plain =
        std::isalnum(c) != 0 || std::string_view("-._~/").find(static_cast<char>(c)) != std::string::npos;
    result += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return result;
}

std::string xspf(const Atlas& atlas, const std::vector<std::size_t>& tracks, const std::string& title,
                 const fs::path& file, PathStyle style) {
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\">\n";
  text += fmt::format("  <title>{}</title>\n  <trackList>\n", xml_text(title));
  for (const std::size_t t : tracks) {
    const AtlasTrack& track = atlas.tracks()[t];
    const fs::path path = written_path(atlas, track, file, style);
    text += fmt::format("    <track><location>{}{}</location>", path.is_absolute() ? "file://" : "", uri_path(path));
    text += fmt::format("<title>{}</title>", xml_text(track.title));
    if (!track.artist.empty()) text += fmt::format("<creator>{}</creator>", xml_text(track.artist));
    if (!track.album.empty()) text += fmt::format("<album>{}</album>", xml_text(track.album));
    if (std::isfinite(track.length_s))
      text += fmt::format("<duration>{}</duration>", std::lround(1000 * track.length_s));
    text += "</track>\n";
  }
  return text + "  </trackList>\n</playlist>\n";
}

std::string json(const Atlas& atlas, const std::vector<std::size_t>& tracks, const std::string& title,
                 const fs::path& file, PathStyle style) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const std::size_t t : tracks) {
    const AtlasTrack& track = atlas.tracks()[t];
    list.push_back({{"track_id", track.track_id},
                    {"path", utf8::repaired(written_path(atlas, track, file, style).generic_string())},
                    {"title", utf8::repaired(track.title)},
                    {"artist", utf8::repaired(track.artist)},
                    {"length_s", std::isfinite(track.length_s) ? nlohmann::ordered_json(track.length_s) : nullptr},
                    {"group", track.cluster}});
  }
  return nlohmann::ordered_json{{"title", utf8::repaired(title)}, {"tracks", list}}.dump(2) + "\n";
}

std::string csv(const Atlas& atlas, const std::vector<std::size_t>& tracks, const fs::path& file, PathStyle style) {
  CsvWriter table({"track_id", "path", "title", "artist", "album", "length_s", "group", "strength"});
  for (const std::size_t t : tracks) {
    const AtlasTrack& track = atlas.tracks()[t];
    table.add_row({track.track_id, written_path(atlas, track, file, style).generic_string(), track.title, track.artist,
                   track.album, csv_number(track.length_s), std::to_string(track.cluster), csv_number(track.strength)});
  }
  return table.text();
}

/// What a file system everywhere takes as part of a name.
std::string file_name_of(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool forbidden =
        static_cast<unsigned char>(c) < 0x20 || std::string_view("/\\:*?\"<>|").find(c) != std::string::npos;
    name += forbidden ? '_' : c;
  }
  constexpr std::size_t kMostBytes = 80;
  name = utf8::truncated(name, kMostBytes);
  while (!name.empty() && (name.back() == ' ' || name.back() == '.')) name.pop_back();
  return name;
}

/// Name of the playlist of what is in no group.
constexpr const char* kNotGrouped = "not grouped";

/// "03.m3u8", "03 late-night piano.m3u8": the number first.
bool is_group_playlist(const fs::path& file) {
  const std::string name = file.filename().string();
  if (file.stem() == kNotGrouped) return file.extension() == ".m3u8";
  std::size_t digits = 0;
  while (digits < name.size() && std::isdigit(static_cast<unsigned char>(name[digits])) != 0) ++digits;
  return digits >= 2 && file.extension() == ".m3u8" && (name[digits] == '.' || name[digits] == ' ');
}

}  // namespace

fs::path written_path(const Atlas& atlas, const AtlasTrack& track, const fs::path& file, PathStyle style) {
  const fs::path whole = fs::absolute(atlas.file_of(track)).lexically_normal();
  if (style == PathStyle::kAbsolute) return whole;
  const fs::path relative = whole.lexically_relative(fs::absolute(file).lexically_normal().parent_path());
  return relative.empty() ? whole : relative;
}

void save_playlist(const Atlas& atlas, const std::vector<std::size_t>& tracks, const std::string& title,
                   const fs::path& file, PathStyle style) {
  const std::string extension = file.extension().string();
  if (extension == ".m3u8" || extension == ".m3u") {
    write_file(file, m3u8(atlas, tracks, title, file, style));
  } else if (extension == ".xspf") {
    write_file(file, xspf(atlas, tracks, title, file, style));
  } else if (extension == ".json") {
    write_file(file, json(atlas, tracks, title, file, style));
  } else if (extension == ".csv") {
    write_file(file, csv(atlas, tracks, file, style));
  } else {
    throw InvalidArgument(
        fmt::format("{} is no playlist by its name: it must end in .m3u8, .xspf, .csv or .json", quoted(file)));
  }
}

std::vector<fs::path> save_group_playlists(const Atlas& atlas, const fs::path& folder, PathStyle style) {
  std::map<std::int32_t, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < atlas.tracks().size(); ++i) members[atlas.tracks()[i].cluster].push_back(i);
  std::vector<fs::path> files;
  for (auto& [group, tracks] : members) {
    std::ranges::stable_sort(tracks, std::greater<>(), [&](std::size_t t) { return atlas.tracks()[t].strength; });
    const auto named = std::ranges::find(atlas.groups(), group, &Group::id);
    const std::string given = named == atlas.groups().end() ? "" : named->name;
    std::string name = group == kNoise ? std::string(kNotGrouped) : fmt::format("{:02}", group);
    if (!given.empty()) name += " " + file_name_of(given);
    files.push_back(folder / (name + ".m3u8"));
    save_playlist(atlas, tracks, atlas.group_title(group), files.back(), style);
  }
  std::error_code error;
  std::vector<fs::path> gone;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (is_group_playlist(entry.path()) && std::ranges::find(files, entry.path()) == files.end()) {
      gone.push_back(entry.path());
    }
  }
  for (const fs::path& file : gone) fs::remove(file, error);
  return files;
}

}  // namespace songmap::atlas
