#pragma once

#include <cstddef>
#include <span>

#include "songmap/core/matrix.h"
#include "songmap/dsp/lanes.h"

namespace songmap::dsp {

/// Smallest power that has a level of its own: -100 dB (librosa's amin).
inline constexpr float kPowerFloor = 1e-10f;
/// Levels more than this under the loudest value of the whole signal are raised to it (librosa's top_db).
inline constexpr float kTopDb = 80;

/// 10 log10(max(power, 1e-10)), then nothing below the largest value minus `top_db`: librosa.power_to_db.
[[nodiscard]] Matrix power_to_db(MatrixView power, float top_db = kTopDb);

/// First `n_coefficients` rows of the orthonormal DCT-II of length `n`, `[n_coefficients, n]`.
[[nodiscard]] Matrix dct_matrix(std::size_t n_coefficients, std::size_t n);

/// Mel-frequency cepstral coefficients of one tile: `out[c]` = sum over bands of `dct(c, m) * max(mel_db[m],
/// floor_db)`.
void mfcc(const Matrix& dct, std::span<const Lanes> mel_db, float floor_db, std::span<Lanes> out);

}  // namespace songmap::dsp
