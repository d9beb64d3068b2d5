#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace songmap::lyrics {

/// The words of a text, in its order, as Unicode cuts them (UAX 29 by ICU, with its dictionaries for Thai, Khmer, Lao,
/// Burmese, Chinese and Japanese). Only what holds a letter is a word.
///
/// Words are case-folded ("Straße" and "STRASSE" are both "strasse") and composed (NFC). An apostrophe stays inside its
/// word, always as ' ("don't"), except after an elided French or Italian article or pronoun before a vowel or h, which
/// becomes a word of its own: "l'amour" is "l'" and "amour", "dell'anima" is "dell'" and "anima". German compounds stay
/// whole; hyphens part. Joiners that only shape letters, and soft hyphens, are left out.
///
/// `text` should be UTF-8; other bytes part words.
[[nodiscard]] std::vector<std::string> words(std::string_view text);

}  // namespace songmap::lyrics
