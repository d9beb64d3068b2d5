#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "songmap/lyrics/vectorize.h"

namespace songmap::lyrics {
namespace {

nlohmann::json reference() {
  return nlohmann::json::parse(std::ifstream(SONGMAP_SOURCE_DIR "/tests/reference/lyrics_sklearn.json"));
}

// So many columns that none of the reference's 703 terms share one.
constexpr int kBits = 20;

TEST(NgramLyricsParity, CosinesOfTfIdf) {
  const nlohmann::json expected = reference();
  const auto texts = expected["texts"].get<std::vector<std::string>>();
  // All dimensions: products of rows are those before the projection.
  const Matrix x = transform(fit_ngram_lyrics(texts, {.bits = kBits}), texts);
  ASSERT_EQ(x.cols(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for (std::size_t j = 0; j < texts.size(); ++j) {
      double product = 0;
      for (std::size_t c = 0; c < x.cols(); ++c) product += static_cast<double>(x(i, c)) * x(j, c);
      EXPECT_NEAR(product, expected["cosine"][i][j].get<double>(), 2e-6) << i << " " << j;
    }
  }
}

TEST(NgramLyricsParity, TruncatedSvd) {
  const nlohmann::json expected = reference();
  const auto texts = expected["texts"].get<std::vector<std::string>>();
  const std::size_t k = expected["singular_values"].size();
  const NgramLyricsModel model = fit_ngram_lyrics(texts, {.bits = kBits, .n_dimensions = k});
  const Matrix x = transform(model, texts);
  for (std::size_t c = 0; c < k; ++c) {
    EXPECT_NEAR(model.singular_values[c], expected["singular_values"][c].get<double>(), 2e-6);
    double sign = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) sign += x(i, c) * expected["scores"][i][c].get<double>();
    for (std::size_t i = 0; i < texts.size(); ++i) {
      EXPECT_NEAR(std::copysign(1, sign) * x(i, c), expected["scores"][i][c].get<double>(), 5e-6) << i << " " << c;
    }
  }
}

}  // namespace
}  // namespace songmap::lyrics
