#include "songmap/lyrics/language.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <map>

#include "songmap/lyrics/cld2.h"
#include "songmap/lyrics/function_words.h"
#include "songmap/lyrics/words.h"

namespace songmap::lyrics {
namespace {

/// What a text must have before anything is said about it.
constexpr std::size_t kMinLetters = 4;
constexpr std::size_t kMinWords = 8;
constexpr std::size_t kMinLatinLetters = 30;
/// Less is a mixture.
constexpr double kMinScriptShare = 0.6;
constexpr double kMinLanguageShare = 0.6;
/// A song has a fifth to a half of its words from its own language's list; romanised ones, from a wrong language's,
/// less.
constexpr double kMinFunctionWords = 0.1;
constexpr double kMaxRomanised = 0.06;

struct ScriptLanguage {
  UScriptCode script;
  const char* language;
};
/// Scripts that one language has, or nearly.
constexpr std::array kScriptLanguages = {
    ScriptLanguage{USCRIPT_BENGALI, "bn"},  ScriptLanguage{USCRIPT_GUJARATI, "gu"},
    ScriptLanguage{USCRIPT_GURMUKHI, "pa"}, ScriptLanguage{USCRIPT_ORIYA, "or"},
    ScriptLanguage{USCRIPT_TAMIL, "ta"},    ScriptLanguage{USCRIPT_TELUGU, "te"},
    ScriptLanguage{USCRIPT_KANNADA, "kn"},  ScriptLanguage{USCRIPT_MALAYALAM, "ml"},
    ScriptLanguage{USCRIPT_SINHALA, "si"},  ScriptLanguage{USCRIPT_THAI, "th"},
    ScriptLanguage{USCRIPT_LAO, "lo"},      ScriptLanguage{USCRIPT_KHMER, "km"},
    ScriptLanguage{USCRIPT_MYANMAR, "my"},  ScriptLanguage{USCRIPT_TIBETAN, "bo"},
    ScriptLanguage{USCRIPT_GEORGIAN, "ka"}, ScriptLanguage{USCRIPT_ARMENIAN, "hy"},
    ScriptLanguage{USCRIPT_GREEK, "el"},    ScriptLanguage{USCRIPT_HANGUL, "ko"},
    ScriptLanguage{USCRIPT_KATAKANA, "ja"}, ScriptLanguage{USCRIPT_HAN, "zh"},
    ScriptLanguage{USCRIPT_THAANA, "dv"}};

struct Letters {
  std::map<UScriptCode, std::size_t> of_script;
  std::size_t total = 0;
  // Assamese is written in Bengali letters but for its own r.
  std::size_t assamese_ra = 0;
  std::size_t bangla_ra = 0;
};

Letters count_letters(std::string_view text) {
  Letters letters;
  const auto length = static_cast<std::int32_t>(text.size());
  for (std::int32_t i = 0; i < length;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), i, length, c);
    if (c < 0 || u_isalpha(c) == 0) continue;
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(c, &status);
    if (script == USCRIPT_COMMON || script == USCRIPT_INHERITED) continue;
    if (script == USCRIPT_HIRAGANA) script = USCRIPT_KATAKANA;
    ++letters.of_script[script];
    ++letters.total;
    if (c == 0x9f0) ++letters.assamese_ra;
    if (c == 0x9b0) ++letters.bangla_ra;
  }
  // Japanese is written in three scripts; a fifth of kana is more than a Chinese text has.
  std::size_t& kana = letters.of_script[USCRIPT_KATAKANA];
  std::size_t& han = letters.of_script[USCRIPT_HAN];
  if (kana * 5 >= han) {
    kana += han;
    han = 0;
  }
  return letters;
}

std::string latin_language(std::string_view text, std::size_t n_letters) {
  if (n_letters < kMinLatinLetters) return {};
  const std::vector<std::string> all = words(text);
  if (all.size() < kMinWords) return {};
  if (romanised_share(all) >= kMaxRomanised) return {};
  const Cld2Guess guess = cld2_guess(text);
  if (!guess.sure || guess.share < kMinLanguageShare) return {};
  return function_word_share(all, guess.code) >= kMinFunctionWords ? guess.code : std::string();
}

std::string shared_script_language(std::string_view text) {
  const Cld2Guess guess = cld2_guess(text);
  return guess.sure && guess.share >= kMinLanguageShare ? guess.code : std::string();
}

std::string language_of(std::string_view text) {
  const Letters letters = count_letters(text);
  if (letters.total < kMinLetters) return {};
  const auto [script, count] = *std::ranges::max_element(letters.of_script, {}, [](const auto& s) { return s.second; });
  if (static_cast<double>(count) < kMinScriptShare * static_cast<double>(letters.total)) return {};
  if (script == USCRIPT_LATIN) return latin_language(text, count);
  if (script == USCRIPT_BENGALI && letters.assamese_ra > letters.bangla_ra) return "as";
  const auto own = std::ranges::find(kScriptLanguages, script, &ScriptLanguage::script);
  return own != kScriptLanguages.end() ? own->language : shared_script_language(text);
}

}  // namespace

std::string detect_language(std::string_view text) {
  std::string language = language_of(text);
  return language.empty() ? std::string(kUnknownLanguage) : language;
}

}  // namespace songmap::lyrics
