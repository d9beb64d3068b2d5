#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "songmap/core/matrix.h"

/// One latent space for the sound and the words of a song, either of which may be missing.
namespace songmap::model {

enum Modality : std::size_t { kAudio = 0, kLyrics = 1 };
inline constexpr std::size_t kModalities = 2;
inline constexpr std::array<Modality, kModalities> kBothSides{kAudio, kLyrics};
inline constexpr std::array<const char*, kModalities> kSideNames{"audio", "lyrics"};

/// Rows of the same songs. A row of NaN: the song has no such side. A model that is trained already takes an empty
/// matrix for a side that no song has.
struct JointData {
  MatrixView audio;   ///< [rows, d_audio]
  MatrixView lyrics;  ///< [rows, d_lyrics]

  [[nodiscard]] MatrixView side(Modality side) const { return side == kAudio ? audio : lyrics; }
  [[nodiscard]] std::size_t rows() const { return audio.empty() ? lyrics.rows() : audio.rows(); }
};

/// What each row has.
struct Presence {
  std::array<std::vector<std::uint8_t>, kModalities> has;  ///< [rows], 0 or 1.

  [[nodiscard]] std::vector<std::size_t> rows_with(Modality side) const;
  [[nodiscard]] std::vector<std::size_t> rows_with_both() const;
  [[nodiscard]] std::vector<std::size_t> rows_with_any() const;
};

/// @throws InvalidArgument  the two sides differ in rows, there is no row, or a row holds values that are not finite
/// but
///                          is not NaN throughout.
[[nodiscard]] Presence presence(const JointData& data);

}  // namespace songmap::model
