#include "songmap/atlas/telling_words.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "songmap/lyrics/words.h"

namespace songmap::atlas {
namespace {

/// How many texts have each word.
std::map<std::string, std::size_t> counts_of(const std::vector<std::string>& texts) {
  std::map<std::string, std::size_t> counts;
  for (const std::string& text : texts) {
    const std::vector<std::string> words = lyrics::words(text);
    for (const std::string& word : std::set<std::string>(words.begin(), words.end())) ++counts[word];
  }
  return counts;
}

}  // namespace

std::vector<TellingWord> telling_words(const std::vector<std::string>& inside, const std::vector<std::string>& outside,
                                       std::size_t most) {
  constexpr std::size_t kFewestTexts = 3;
  constexpr std::size_t kFewestWithWord = 2;
  constexpr double kLeastZ = 2.58;
  if (inside.size() < kFewestTexts || outside.size() < kFewestTexts) return {};
  const std::map<std::string, std::size_t> with = counts_of(inside);
  const std::map<std::string, std::size_t> without = counts_of(outside);
  const auto n = static_cast<double>(inside.size());
  const auto m = static_cast<double>(outside.size());
  std::vector<TellingWord> found;
  for (const auto& [word, count] : with) {
    if (count < kFewestWithWord) continue;
    const auto other = without.find(word);
    TellingWord one{word, count, other == without.end() ? 0 : other->second, 0};
    const auto a = static_cast<double>(one.inside);
    const auto b = static_cast<double>(one.outside);
    const double prior = (a + b) / (n + m);  // as much as one more text on each side
    const double odds = std::log((a + prior) / (n - a + 1 - prior)) - std::log((b + prior) / (m - b + 1 - prior));
    one.z = odds / std::sqrt(1 / (a + prior) + 1 / (b + prior));
    if (one.z >= kLeastZ) found.push_back(std::move(one));
  }
  std::ranges::stable_sort(found, std::greater<>(), &TellingWord::z);
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace songmap::atlas
