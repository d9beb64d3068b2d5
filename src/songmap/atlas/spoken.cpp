#include "songmap/atlas/spoken.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/library/tags.h"
#include "songmap/lyrics/words.h"

namespace songmap::atlas {
namespace {

/// Each a sequence of whole words. Such as "interview" and "skit" are there, "comedy" and "talk" are not: songs are
/// called so.
constexpr std::array<std::string_view, 27> kPhrases{
    "audiobook", "audio book", "audiobooks",  "podcast",   "podcasts",   "spoken word", "spoken audio",
    "speech",    "interview",  "skit",        "lecture",   "radio play", "audio drama", "books spoken",
    "hörbuch",   "hörbücher",  "hörspiel",    "hörspiele", "vortrag",    "lesung",      "livre audio",
    "discours",  "audiolibro", "audiolibros", "আবৃত্তি",     "ভাষণ",       "শ্রুতিনাটক"};

}  // namespace

bool says_spoken(std::string_view text) {
  // Spaces at both ends make a whole word of what stands between two of them.
  const auto spaced = [](std::string_view some) {
    std::string result = " ";
    for (const std::string& word : lyrics::words(some)) result += word + " ";
    return result;
  };
  const std::string said = spaced(text);
  return std::ranges::any_of(kPhrases,
                             [&](std::string_view phrase) { return said.find(spaced(phrase)) != std::string::npos; });
}

bool is_spoken(const Atlas& atlas, const AtlasTrack& track) {
  if (says_spoken(track.title) || says_spoken(track.album)) return true;
  for (const std::filesystem::path& folder : std::filesystem::path(track.path).parent_path()) {
    if (says_spoken(folder.string())) return true;
  }
  return says_spoken(library::read_tags(atlas.file_of(track)).genre);
}

}  // namespace songmap::atlas
