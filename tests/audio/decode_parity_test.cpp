#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "songmap/audio/decode.h"
#include "tests/audio/sound_files.h"

namespace songmap::audio {
namespace {

// Frozen values of librosa.load (tests/reference/decode_reference.py). libsndfile decodes MP3 with mpg123 and Vorbis
// with libvorbis where FFmpeg has decoders of its own: both follow the standards to float precision, not to the bit.
TEST(DecodeParity, GivesTheSamplesOfLibrosaLoad) {
  const std::filesystem::path folder = testing::data_folder();
  if (folder.empty()) GTEST_SKIP() << "SKIPPED WITHOUT CHECKING: no real recordings; set SONGMAP_TEST_DATA";
  std::ifstream in(SONGMAP_SOURCE_DIR "/tests/reference/decode_reference.json");
  const nlohmann::json reference = nlohmann::json::parse(in);
  ASSERT_EQ(reference.at("files").size(), 7U);
  for (const auto& file : reference.at("files")) {
    SCOPED_TRACE(file.at("path").get<std::string>());
    const std::vector<float> x = decode_all(folder / file.at("path").get<std::string>());
    ASSERT_EQ(x.size(), file.at("length").get<std::size_t>());
    double energy = 0;
    float peak = 0;
    for (const float value : x) {
      energy += static_cast<double>(value) * value;
      peak = std::max(peak, std::abs(value));
    }
    EXPECT_NEAR(energy / file.at("energy").get<double>(), 1, 1e-5);
    EXPECT_NEAR(peak, file.at("peak").get<float>(), 1e-4);
    const auto at = file.at("at").get<std::vector<std::size_t>>();
    const auto values = file.at("values").get<std::vector<float>>();
    for (std::size_t i = 0; i < at.size(); ++i) EXPECT_NEAR(x[at[i]], values[i], 2e-5) << "sample " << at[i];
  }
}

}  // namespace
}  // namespace songmap::audio
