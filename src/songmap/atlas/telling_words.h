#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace songmap::atlas {

/// A word that some texts have more often than others.
struct TellingWord {
  std::string word;
  std::size_t inside = 0;   ///< Texts of the group that have it.
  std::size_t outside = 0;  ///< Other texts that have it.
  double z = 0;             ///< Log-odds ratio in its standard errors.
};

/// Words that set texts apart from others, by the log-odds ratio of how many texts have them, with the share of all
/// texts as the prior (Monroe, Colaresi & Quinn 2008): z of 2.58 or more, in two texts of the group at least; the
/// surest first. Nothing where a side has less than three texts.
[[nodiscard]] std::vector<TellingWord> telling_words(const std::vector<std::string>& inside,
                                                     const std::vector<std::string>& outside, std::size_t most = 8);

}  // namespace songmap::atlas
