#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "songmap/core/csv.h"
#include "songmap/core/matrix.h"
#include "songmap/core/random.h"
#include "songmap/metrics/external.h"

namespace songmap::testing {

/// A file of tests/reference.
inline nlohmann::json json_reference(const std::string& name) {
  return nlohmann::json::parse(std::ifstream(SONGMAP_SOURCE_DIR "/tests/reference/" + name));
}
inline nlohmann::json numerics_reference() { return json_reference("numerics_sklearn.json"); }

inline Matrix json_matrix(const nlohmann::json& rows) {
  Matrix x(rows.size(), rows.at(0).size());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < x.cols(); ++j) x(i, j) = rows[i][j].get<float>();
  }
  return x;
}

/// Independent standard normal values.
inline Matrix normal_matrix(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Random random(seed);
  Matrix x(rows, cols);
  for (float& value : x.values()) value = static_cast<float>(random.normal());
  return x;
}

/// `n` rows around `k` centres that lie `apart` standard deviations from the origin in random directions; row i belongs
/// to i % k.
inline Matrix blobs(std::size_t n, std::size_t k, std::size_t cols, double apart, std::uint64_t seed) {
  const Matrix centers = l2_normalised(normal_matrix(k, cols, seed));
  Matrix x = normal_matrix(n, cols, seed + 1);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < cols; ++j) x(i, j) += static_cast<float>(apart) * centers(i % k, j);
  }
  return x;
}

/// The 57 features of 1,000 GTZAN tracks and their genres; nothing where the data folder is absent.
struct Gtzan {
  Matrix features;
  metrics::Codes genres;
};
inline std::optional<Gtzan> gtzan() {
  const char* const folder = std::getenv("SONGMAP_TEST_DATA");
  const std::filesystem::path path = std::filesystem::path(folder ? folder : SONGMAP_SOURCE_DIR "/../shared/data") /
                                     "tables" / "gtzan_features_30s.csv";
  if (!std::filesystem::exists(path)) return std::nullopt;
  const CsvTable table = read_csv(path);
  std::vector<std::size_t> columns;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const std::string& name = table.columns[c];
    if (name != "filename" && name != "length" && name != "label") columns.push_back(c);
  }
  Gtzan result{Matrix(table.rows.size(), columns.size()), {}};
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    for (std::size_t j = 0; j < columns.size(); ++j) {
      result.features(i, j) = static_cast<float>(parse_number(table.rows[i][columns[j]]).value());
    }
    labels.push_back(table.rows[i][*table.find("label")]);
  }
  result.genres = metrics::encode(labels);
  return result;
}

}  // namespace songmap::testing

/// Skips the test, loudly, where the real data are absent.
#define SONGMAP_NEED_GTZAN(variable)                                        \
  const auto variable = ::songmap::testing::gtzan();                        \
  if (!variable)                                                            \
  GTEST_SKIP() << "NO REAL DATA: set SONGMAP_TEST_DATA to the folder with " \
                  "tables/gtzan_features_30s.csv"
