#include "songmap/lyrics/words.h"

#include <fmt/format.h>
#include <unicode/brkiter.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>

#include "songmap/core/error.h"

namespace songmap::lyrics {
namespace {

void check(UErrorCode status, const char* what) {
  if (U_FAILURE(status) != 0) throw Error(fmt::format("ICU cannot {}: {}", what, u_errorName(status)));
}

/// Reading the rules takes far longer than cutting a song: each thread reads them once.
icu::BreakIterator& word_breaker() {
  thread_local const std::unique_ptr<icu::BreakIterator> breaker = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> made(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    check(status, "find words");
    return made;
  }();
  return *breaker;
}

/// Case-folded and composed, with one kind of apostrophe and without characters that do not show.
icu::UnicodeString folded(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  icu::UnicodeString all = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
  all.foldCase();
  all = nfc->normalize(all, status);
  check(status, "compose a text");
  icu::UnicodeString result;
  for (std::int32_t i = 0; i < all.length(); i = all.moveIndex32(i, 1)) {
    const UChar32 c = all.char32At(i);
    constexpr UChar32 kSoftHyphen = 0xad;
    constexpr UChar32 kNonJoiner = 0x200c;
    constexpr UChar32 kJoiner = 0x200d;
    if (c == kSoftHyphen || c == kNonJoiner || c == kJoiner) continue;
    const bool is_apostrophe = c == 0x2019 || c == 0x2bc || c == 0xff07;
    result.append(is_apostrophe ? UChar32{'\''} : c);
  }
  return result;
}

bool has_letter(const icu::UnicodeString& word) {
  for (std::int32_t i = 0; i < word.length(); i = word.moveIndex32(i, 1)) {
    if (u_isalpha(word.char32At(i)) != 0) return true;
  }
  return false;
}

/// Length of the elided word at the front, with its apostrophe; 0 when there is none.
std::int32_t elision_length(const icu::UnicodeString& word) {
  static constexpr std::array<std::u16string_view, 27> kElided = {
      u"c",    u"d",    u"j",     u"l",      u"m",      u"n",      u"s",      u"t",      u"qu",
      u"un",   u"dell", u"all",   u"dall",   u"nell",   u"sull",   u"coll",   u"quell",  u"quest",
      u"bell", u"sant", u"jusqu", u"lorsqu", u"puisqu", u"quoiqu", u"quelqu", u"presqu", u"entr"};
  static constexpr std::u16string_view kVowels = u"aeiouyhàâäæéèêëîïìíôöœòóùûüúÿ";
  const std::int32_t apostrophe = word.indexOf(u'\'');
  if (apostrophe <= 0 || apostrophe + 1 >= word.length()) return 0;
  if (kVowels.find(word[apostrophe + 1]) == std::u16string_view::npos) return 0;
  const std::u16string_view front(word.getBuffer(), static_cast<std::size_t>(apostrophe));
  return std::ranges::find(kElided, front) == kElided.end() ? 0 : apostrophe + 1;
}

void append(std::vector<std::string>& list, const icu::UnicodeString& word) {
  if (!has_letter(word)) return;
  word.toUTF8String(list.emplace_back());
}

}  // namespace

std::vector<std::string> words(std::string_view text) {
  const icu::UnicodeString all = folded(text);
  icu::BreakIterator& breaker = word_breaker();
  breaker.setText(all);
  std::vector<std::string> result;
  std::int32_t start = breaker.first();
  for (std::int32_t end = breaker.next(); end != icu::BreakIterator::DONE; start = end, end = breaker.next()) {
    const icu::UnicodeString word = all.tempSubStringBetween(start, end);
    const std::int32_t elided = elision_length(word);
    if (elided > 0) append(result, word.tempSubStringBetween(0, elided));
    append(result, word.tempSubStringBetween(elided, word.length()));
  }
  // The iterator must not keep looking at a text that ends here.
  static const icu::UnicodeString kNothing;
  breaker.setText(kNothing);
  return result;
}

}  // namespace songmap::lyrics
