#pragma once

#include <filesystem>

#include "songmap/core/matrix.h"

namespace songmap {

/// Writes a NumPy 1.0 file: little-endian float32, C order, shape [rows, cols]. @throws IoError
void write_npy(const std::filesystem::path& path, MatrixView x);

/// Reads a 1- or 2-dimensional float32 or float64 array in C order (a vector becomes one column).
/// @throws IoError, FormatError (names the file and what it holds instead).
[[nodiscard]] Matrix read_npy(const std::filesystem::path& path);

}  // namespace songmap
