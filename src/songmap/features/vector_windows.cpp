#include "songmap/features/vector_windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "songmap/core/error.h"
#include "songmap/features/recipe.h"

namespace songmap::features {
namespace {

/// `count` of n indices, evenly spread.
std::vector<std::size_t> spread(std::size_t n, std::size_t count) {
  std::vector<std::size_t> result;
  if (n <= count) count = n;
  for (std::size_t i = 0; i < count; ++i) result.push_back(count == 1 ? 0 : i * (n - 1) / (count - 1));
  return result;
}

}  // namespace

WindowedRows gather_vector_windows(const ExtractReport& report, library::Store& store, std::string_view name,
                                   std::size_t most_rows) {
  const Recipe& wanted = recipe(name);
  require(!wanted.columns.empty(), fmt::format("recipe '{}' describes no windows by vectors", name));
  const std::size_t n_tracks = report.tracks.size();
  const std::size_t most_of_track = std::max<std::size_t>(2, most_rows / std::max<std::size_t>(1, n_tracks));
  std::vector<float> values;
  WindowedRows result;
  for (std::size_t t = 0; t < n_tracks; ++t) {
    const ExtractedTrack& track = report.tracks[t];
    const std::optional<Matrix> found = store.find(track.content_id, wanted.key);
    if (!found || found->cols() != wanted.columns.size()) {
      throw IoError(fmt::format("the store {} holds no sound '{}' values for {}: extract again to compute them",
                                quoted(store.path()), name, quoted(track.track.path)));
    }
    for (const std::size_t row : spread(found->rows(), most_of_track)) {
      values.insert(values.end(), found->row(row).begin(), found->row(row).end());
      result.track.push_back(t);
    }
  }
  result.rows = Matrix(result.track.size(), wanted.columns.size(), std::move(values));
  return result;
}

}  // namespace songmap::features
