// The house rules that a compiler does not check: who may include whom, and where third-party headers may appear.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "songmap/core/text_file.h"

namespace songmap {
namespace {

namespace fs = std::filesystem;
const fs::path kSource = fs::path(SONGMAP_SOURCE_DIR) / "src" / "songmap";

/// Room name to the rooms it may include, from the songmap_room and songmap_module lines of src/songmap/CMakeLists.txt.
std::map<std::string, std::set<std::string>> allowed_edges() {
  const std::string text = read_file(kSource / "CMakeLists.txt");
  std::map<std::string, std::set<std::string>> edges;
  const std::regex declaration(R"((songmap_room|songmap_module)\((\w+)\s*([^)]*)\))");
  for (std::sregex_iterator it(text.begin(), text.end(), declaration), end; it != end; ++it) {
    std::istringstream words((*it)[3].str());
    std::string word;
    // A module's folder lies inside the room whose door it stands behind.
    std::string room = (*it)[2].str();
    bool in_rooms = false;
    bool first = true;
    std::set<std::string> rooms;
    while (words >> word) {
      if (first && (*it)[1] == "songmap_module") room = word.substr(0, word.find('/'));
      first = false;
      if (word == "ROOMS" || word == "LIBRARIES") {
        in_rooms = word == "ROOMS";
      } else if (in_rooms) {
        rooms.insert(word);
      }
    }
    edges[room].insert(rooms.begin(), rooms.end());
    edges[room].insert(room);
  }
  return edges;
}

std::vector<std::string> includes_of(const fs::path& file) {
  static const std::regex include(R"(^\s*#\s*include\s*([<"][^>"]+[>"]))");
  std::vector<std::string> result;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line.find('#') != std::string::npos && std::regex_search(line, match, include)) result.push_back(match[1]);
  }
  return result;
}

std::vector<fs::path> sources() {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kSource)) {
    const std::string extension = entry.path().extension();
    if (extension == ".h" || extension == ".cpp") files.push_back(entry.path());
  }
  return files;
}

TEST(House, RoomsIncludeOnlyTheRoomsBelowThem) {
  const auto edges = allowed_edges();
  ASSERT_TRUE(edges.contains("run"));
  ASSERT_GT(sources().size(), 20U);
  for (const fs::path& file : sources()) {
    const std::string room = fs::relative(file, kSource).begin()->string();
    ASSERT_TRUE(edges.contains(room)) << room << " is not declared in src/songmap/CMakeLists.txt";
    for (const std::string& include : includes_of(file)) {
      std::smatch match;
      if (!std::regex_match(include, match, std::regex("\"songmap/(\\w+)/.*"))) continue;
      EXPECT_TRUE(edges.at(room).contains(match[1])) << fs::relative(file, kSource) << " includes " << include;
    }
  }
}

TEST(House, ThirdPartyHeadersStayInSourceFiles) {
  // A header of ours that includes <x/y.h> or <x.h> makes everybody compile that library.
  for (const fs::path& file : sources()) {
    if (file.extension() != ".h" || file.string().find("/model/torch/") != std::string::npos ||
        file.string().find("/audio/ffmpeg/") != std::string::npos) {
      continue;
    }
    for (const std::string& include : includes_of(file)) {
      const bool standard = include.find_first_of("/.") == std::string::npos;
      const bool ours = include.starts_with("\"songmap/");
      EXPECT_TRUE(standard || ours) << fs::relative(file, kSource) << " includes " << include;
    }
  }
}

TEST(House, EachThirdPartyLibraryIsWrappedInFewUnits) {
  const std::map<std::string, std::string> owners{
      {"<torch/", "model/torch/"}, {"<ATen/", "model/torch/"}, {"<libav", "audio/ffmpeg/"}, {"<soxr", "audio/ffmpeg/"},
      {"<taglib/", "library/"},    {"<sqlite3", "library/"},   {"<fftw3", "dsp/"},          {"<toml++", "run/"},
      {"<umappp", "projection/"},  {"<qdtsne", "projection/"}, {"<knncolle", "neighbors/"}, {"<xxhash", "core/"},
      {"<unicode/", "lyrics/"},    {"<cld2/", "lyrics/cld2"}};
  for (const fs::path& file : sources()) {
    const std::string where = fs::relative(file, kSource).string();
    for (const std::string& include : includes_of(file)) {
      for (const auto& [prefix, owner] : owners) {
        if (include.starts_with(prefix)) EXPECT_TRUE(where.starts_with(owner)) << where << " includes " << include;
      }
    }
  }
}

}  // namespace
}  // namespace songmap
