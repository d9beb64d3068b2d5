#pragma once

#include <string>
#include <string_view>

namespace songmap::lyrics {

/// What `detect_language` gives when it is not sure.
inline constexpr std::string_view kUnknownLanguage = "unknown";

/// ISO 639-1 code of the language that a text is in, or "unknown": when it is too short, mixed, in no language that is
/// known here, or romanised where the language has a script of its own.
///
/// A script that one language has decides (Bengali: bn). For the others CLD2 is asked, and in Latin script believed
/// only where the text's commonest words are that language's own: CLD2 calls romanised Bangla, Hindi and Tamil by the
/// names of other languages and says that it is sure.
[[nodiscard]] std::string detect_language(std::string_view text);

/// ISO 639-1 code of a language's code or name ("bn", "Bangla", "bengali", "français", "EN"), or "" when it is none.
[[nodiscard]] std::string language_code(std::string_view name);

}  // namespace songmap::lyrics
