#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "songmap/audio/decode.h"
#include "tests/dsp/synthetic_signals.h"

/// What librosa_reference.py describes, for C++.
namespace songmap::testing {

inline nlohmann::json reference(const std::string& name) {
  std::ifstream file(std::filesystem::path(SONGMAP_SOURCE_DIR) / "tests/reference" / name);
  return nlohmann::json::parse(file);
}

/// A file of the tests' data; nothing if there are no data here.
inline std::optional<std::filesystem::path> data_file(const std::string& path) {
  const char* named = std::getenv("SONGMAP_TEST_DATA");
  const std::filesystem::path folder = named != nullptr ? named : SONGMAP_SOURCE_DIR "/../shared/data";
  if (!std::filesystem::exists(folder / path)) return std::nullopt;
  return folder / path;
}

/// As librosa_reference.py's `plain`: every second sample of a file of 44.1 kHz, never resampled.
inline std::vector<float> plain_signal(const std::filesystem::path& path) {
  const std::vector<float> all = audio::decode_all(path, {.rate_hz = 44100});
  std::vector<float> half;
  for (std::size_t i = 0; i < all.size(); i += 2) half.push_back(all[i]);
  return half;
}

/// The signal that a key of a reference file names: a synthetic one, or a file read plainly.
inline std::optional<std::vector<float>> reference_signal(const std::string& name) {
  if (name.find('/') == std::string::npos) return synthetic_signal(name);
  const auto path = data_file(name);
  if (!path) return std::nullopt;
  return plain_signal(*path);
}

inline std::vector<double> numbers(const nlohmann::json& array) { return array.get<std::vector<double>>(); }

}  // namespace songmap::testing
