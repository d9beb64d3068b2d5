#include "songmap/atlas/sound.h"

#include "songmap/core/npy.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {

Sound::Sound(const Atlas& atlas)
    : columns_(atlas.manifest().columns), raw_(read_npy(atlas.folder().space("raw"))), n_fitted_(raw_.rows()) {
  const std::vector<run::TrackRow> tracks = run::load_tracks(atlas.folder().tracks());
  for (std::size_t i = 0; i < tracks.size(); ++i) row_[tracks[i].track_id] = i;
  std::vector<float> values;
  for (const auto& [track_id, detail] : atlas.state().details()) {
    if (detail.raw.size() != raw_.cols() || !row_.try_emplace(track_id, row_.size()).second) continue;
    values.insert(values.end(), detail.raw.begin(), detail.raw.end());
  }
  if (values.empty()) return;
  const std::size_t n_placed = values.size() / raw_.cols();
  const Matrix placed(n_placed, raw_.cols(), std::move(values));
  raw_ = vstack(std::vector<MatrixView>{raw_, placed});
}

std::optional<std::size_t> Sound::row_of(const AtlasTrack& track) const {
  const auto found = row_.find(track.track_id);
  if (found == row_.end()) return std::nullopt;
  return found->second;
}

}  // namespace songmap::atlas
