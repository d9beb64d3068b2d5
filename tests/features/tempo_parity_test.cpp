#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "songmap/features/track_analysis.h"
#include "tests/dsp/reference_signals.h"

namespace songmap::features {
namespace {

double tempo_of(std::span<const float> signal) {
  TrackAnalysis analysis(std::vector<std::string>{"tempo"});
  analysis.samples(signal);
  return analysis.finish()[0].values(0, 0);
}

class TempoParity : public ::testing::TestWithParam<std::string> {};

// The lag is a whole number of frames: the same one, or another tempo altogether.
TEST_P(TempoParity, IsLibrosas) {
  const auto signal = testing::reference_signal(GetParam());
  if (!signal) GTEST_SKIP() << "NO REAL DATA (SONGMAP_TEST_DATA): " << GetParam() << " was not compared";
  EXPECT_NEAR(tempo_of(*signal), testing::reference("librosa_tempo.json")[GetParam()].get<double>(), 1e-3);
}

std::vector<std::string> names() {
  const nlohmann::json reference = testing::reference("librosa_tempo.json");
  std::vector<std::string> names;
  for (const auto& [name, tempo] : reference.items()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Signals, TempoParity, ::testing::ValuesIn(names()), [](const auto& info) {
  std::string name = info.param.substr(info.param.rfind('/') + 1);
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace songmap::features
