#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "songmap/atlas/atlas.h"
#include "songmap/atlas/descriptors.h"
#include "songmap/core/matrix.h"

namespace songmap::atlas {

/// The features of the tracks of an atlas, the fitted and then the placed ones. A track that an older songmap placed
/// has none.
class Sound {
 public:
  /// @throws IoError, FormatError  spaces/raw.npy or tracks.csv cannot be read.
  explicit Sound(const Atlas& atlas);

  [[nodiscard]] std::optional<std::size_t> row_of(const AtlasTrack& track) const;
  [[nodiscard]] const Matrix& raw() const { return raw_; }
  [[nodiscard]] std::size_t n_fitted() const { return n_fitted_; }
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  /// All rows in plain words.
  [[nodiscard]] std::vector<Descriptor> in_words() const { return descriptors(raw_, columns_); }

 private:
  std::vector<std::string> columns_;
  Matrix raw_;  ///< [rows, columns]
  std::size_t n_fitted_ = 0;
  std::unordered_map<std::string, std::size_t> row_;  ///< By track_id.
};

}  // namespace songmap::atlas
