#pragma once

#include <span>
#include <string>
#include <string_view>

namespace songmap::lyrics {

/// Share of `words` (as `words()` gives them) that are among the commonest words of a language in Latin script: 0 … 1.
/// Where two languages share such a word it is often left out, above all where romanised South Asian texts have it too
/// (na, ke, je, se, to, tu, ho). Negative when the language is not known here.
[[nodiscard]] double function_word_share(std::span<const std::string> words, std::string_view language);

/// Share of `words` that are among the commonest of Bangla, Hindi, Urdu, Punjabi, Nepali and Tamil in Latin letters.
[[nodiscard]] double romanised_share(std::span<const std::string> words);

}  // namespace songmap::lyrics
