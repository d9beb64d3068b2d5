#pragma once

#include <string_view>

#include "songmap/features/extract.h"
#include "songmap/features/spectrogram_windows.h"
#include "songmap/library/store.h"

namespace songmap::features {

/// Rows that are kept of a whole collection at most, unless said otherwise: 65 MB of `timbre-windows`.
inline constexpr std::size_t kMostWindowRows = 50000;

/// The rows of a recipe that describes windows by vectors, of all tracks of a report in their order: [rows, n_columns].
/// A collection with more than `most_rows` of them gives fewer of each track, evenly spread, and at least two of each
/// that has two.
/// @throws InvalidArgument  a recipe of another kind.
/// @throws IoError          the store holds no sound values for a track: extracting again mends it.
[[nodiscard]] WindowedRows gather_vector_windows(const ExtractReport& report, library::Store& store,
                                                 std::string_view recipe, std::size_t most_rows = kMostWindowRows);

}  // namespace songmap::features
