#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"

/// Vectors of tracks that somebody else computed, and whose they are.
namespace songmap::features {

/// The rows of an embedding file, each all finite, or all NaN: no vector.
struct EmbeddingTable {
  Matrix values;                      ///< [n_rows, n_columns]
  std::vector<std::string> ids;       ///< One a row; empty: the rows are the tracks in their order (NPY).
  std::vector<std::size_t> lines;     ///< Of the CSV, one a row; empty for NPY.
  std::vector<std::string> left_out;  ///< Columns of the CSV that are no part of a vector: labels, tags, length.
};

/// Reads an embedding, by what is in the file:
///   NPY  float32 or float64 of shape [n_tracks, d]; a row of NaN is a track without a vector
///   CSV  a column track_id, path or filename (the first of them that is there), and one column a value. Labels, tags,
///        the length of the audio and an unnamed column (a row number) are left out. A row whose values are all empty
///        or NaN is a track without a vector.
/// @throws IoError      the file cannot be read.
/// @throws FormatError  it is empty, is neither of the two, has no row or no value, or holds a cell that is no finite
///                      number: names the line (CSV) or row (NPY, from 0) and the column.
[[nodiscard]] EmbeddingTable read_embedding(const std::filesystem::path& file);

/// What a row of an embedding may be matched with.
struct EmbeddedTrack {
  std::string track_id;
  std::string path;
  std::size_t place = 0;  ///< In the collection's order, tracks that failed counted too.
};

struct MatchedEmbedding {
  Matrix rows;                           ///< [n_tracks, n_columns]; NaN where a track has no vector.
  std::size_t n_tracks = 0;              ///< Those that have one.
  std::vector<std::string> unknown_ids;  ///< Of rows that belong to no track.
};

/// Gives each track its row. With ids, a row belongs to the track whose track_id, else path, else file name its id is.
/// Without, there are as many rows as the collection has tracks (`n_listed`, in the order of `place`), or as there are
/// `tracks`, in their order. `file` is for messages.
/// @throws FormatError      the number of rows is neither; two rows of one track; an id that is the file name of
///                          several tracks; not one track has a vector.
/// @throws InvalidArgument  a place is not below n_listed.
[[nodiscard]] MatchedEmbedding match_embedding(const std::filesystem::path& file, const EmbeddingTable& table,
                                               std::span<const EmbeddedTrack> tracks, std::size_t n_listed);

}  // namespace songmap::features
