#include "songmap/lyrics/cld2.h"

// The header of CLD2 uses FILE without including it.
#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include <cstdio>

#include "songmap/lyrics/language.h"

namespace songmap::lyrics {

Cld2Guess cld2_guess(std::string_view text) {
  const CLD2::CLDHints no_hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  CLD2::Language languages[3];
  int percents[3];
  double scores[3];
  int letter_bytes = 0;
  int valid_bytes = 0;
  bool sure = false;
  CLD2::ExtDetectLanguageSummaryCheckUTF8(text.data(), static_cast<int>(text.size()), true, &no_hints, 0, languages,
                                          percents, scores, nullptr, &letter_bytes, &sure, &valid_bytes);
  if (languages[0] == CLD2::UNKNOWN_LANGUAGE) return {};
  return {language_code(CLD2::LanguageCode(languages[0])), percents[0] / 100.0, sure};
}

}  // namespace songmap::lyrics
