#include <unicode/uloc.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>

#include "songmap/lyrics/language.h"

namespace songmap::lyrics {
namespace {

using Names = std::unordered_map<std::string, std::string>;

std::string folded(const icu::UnicodeString& text) {
  icu::UnicodeString copy = text;
  std::string result;
  copy.trim().foldCase().toUTF8String(result);
  return result;
}

std::string display_name(const char* language, const char* in) {
  constexpr std::int32_t kMaxUnits = 100;
  char16_t units[kMaxUnits];
  UErrorCode status = U_ZERO_ERROR;
  const std::int32_t length = uloc_getDisplayLanguage(language, in, units, kMaxUnits, &status);
  return U_SUCCESS(status) != 0 && length <= kMaxUnits ? folded(icu::UnicodeString(units, length)) : std::string();
}

/// Codes, English names and own names of all languages of ISO 639-1, as ICU knows them.
Names known_names() {
  Names names;
  // Codes that were replaced, and names that ICU does not use.
  constexpr std::array kOthers = std::to_array<std::pair<const char*, const char*>>({{"iw", "he"},
                                                                                     {"in", "id"},
                                                                                     {"ji", "yi"},
                                                                                     {"jw", "jv"},
                                                                                     {"mo", "ro"},
                                                                                     {"bengali", "bn"},
                                                                                     {"farsi", "fa"},
                                                                                     {"mandarin", "zh"},
                                                                                     {"oriya", "or"},
                                                                                     {"flemish", "nl"},
                                                                                     {"panjabi", "pa"},
                                                                                     {"castilian", "es"},
                                                                                     {"tagalog", "tl"},
                                                                                     {"filipino", "tl"},
                                                                                     {"fil", "tl"},
                                                                                     {"sinhalese", "si"}});
  for (const auto& [name, code] : kOthers) names.emplace(name, code);
  for (const char* const* language = uloc_getISOLanguages(); *language != nullptr; ++language) {
    const std::string code = *language;
    if (code.size() != 2 || names.contains(code)) continue;
    names.emplace(code, code);
    names.emplace(uloc_getISO3Language(*language), code);
    for (const char* in : {"en", *language}) {
      if (std::string name = display_name(*language, in); !name.empty()) names.emplace(std::move(name), code);
    }
  }
  return names;
}

}  // namespace

std::string language_code(std::string_view name) {
  static const Names names = known_names();
  std::string key = folded(icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<int>(name.size()))));
  const auto found = names.find(key);
  if (found != names.end()) return found->second;
  // "pt-BR", "en_US", "zh-Hant"
  key.resize(std::min(key.find_first_of("-_"), key.size()));
  const auto base = names.find(key);
  return base != names.end() && key.size() <= 3 ? base->second : std::string();
}

}  // namespace songmap::lyrics
