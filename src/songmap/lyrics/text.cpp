#include "songmap/lyrics/text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "songmap/lyrics/encoding.h"
#include "songmap/lyrics/lrc.h"

namespace songmap::lyrics {
namespace {

/// Marks on one letter beyond which they are left out, as in Unicode's stream-safe form (UAX 15): sorting a chain of
/// them takes the square of its length.
constexpr int kMaxMarks = 30;

bool is_line_break(UChar32 c) { return c == '\n' || c == 0x0b || c == 0x0c || c == 0x85 || c == 0x2028 || c == 0x2029; }

/// One '\n' a line break; other control characters and stray byte-order marks are left out.
icu::UnicodeString tidied(const icu::UnicodeString& text) {
  icu::UnicodeString result;
  int marks = 0;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (c == '\r') {
      if (i + 1 == text.length() || text[i + 1] != '\n') result.append(u'\n');
      continue;
    }
    if (is_line_break(c)) {
      result.append(u'\n');
      continue;
    }
    if ((c != '\t' && u_iscntrl(c) != 0) || c == 0xfeff) continue;
    marks = u_getCombiningClass(c) == 0 ? 0 : marks + 1;
    if (marks <= kMaxMarks) result.append(c);
  }
  return result;
}

bool has_letter(const icu::UnicodeString& text) {
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    if (u_isalpha(text.char32At(i)) != 0) return true;
  }
  return false;
}

/// What songs without words have in place of lyrics.
bool says_instrumental(const std::string& text) {
  std::string letters;
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
      letters += static_cast<char>(c | 0x20);
    else if (static_cast<unsigned char>(c) >= 0x80)
      return false;
  }
  return letters == "instrumental" || letters == "thissongisinstrumental" || letters == "thistrackisinstrumental";
}

std::string what_is_missing(const LyricsText& result, bool had_brackets) {
  if (result.had_stamps) return "there is nothing but time stamps";
  if (had_brackets) return "there is nothing but tags or headings in square brackets";
  return result.text.empty() ? "the text is empty" : "there is not one letter in it";
}

}  // namespace

LyricsText clean_lyrics(std::string_view bytes) {
  LyricsText result;
  DecodedText decoded = decode_text(bytes, kMaxLyricsTextBytes);
  if (!decoded.problem.empty()) {
    result.problem = std::move(decoded.problem);
    return result;
  }
  result.truncated = decoded.truncated;

  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  std::string all;
  nfc->normalize(tidied(icu::UnicodeString::fromUTF8(decoded.text)), status).toUTF8String(all);

  bool had_brackets = false;
  bool blank_due = false;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    const SungLine line = sung_line(std::string_view(all).substr(at, end - at));
    at = end + 1;
    result.had_stamps |= line.had_stamps;
    had_brackets |= line.had_brackets;
    if (line.text.empty()) {
      blank_due = !result.text.empty();
      continue;
    }
    if (!result.text.empty()) result.text += blank_due ? "\n\n" : "\n";
    result.text += line.text;
    blank_due = false;
  }

  if (!has_letter(icu::UnicodeString::fromUTF8(result.text))) {
    result.problem = what_is_missing(result, had_brackets);
  } else if (says_instrumental(result.text)) {
    result.problem = "it says that the track is instrumental";
  }
  if (!result.problem.empty()) result.text.clear();
  return result;
}

}  // namespace songmap::lyrics
