#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/core/matrix.h"
#include "songmap/library/scan.h"
#include "songmap/library/store.h"
#include "songmap/library/track.h"

namespace songmap::features {

struct ExtractOptions {
  std::vector<std::string> recipes;  ///< What to compute, by name; at least one.
  bool retry_failed = false;         ///< Also tries files again that failed before and have not changed since.
};

/// A track whose features are all in the store.
struct ExtractedTrack {
  library::Track track;
  /// The first 16 digits of content_id; identical copies are told apart by "-2", "-3", … in the scan's order. It does
  /// not depend on path or tags.
  std::string track_id;
  std::string content_id;  ///< What the store files its features under.
  double length_s = 0;     ///< As measured from the encoded audio.
  double decoded_s = 0;    ///< How much of it the most demanding recipe used.
  bool excerpted = false;  ///< Long: described by excerpts.
  std::string damage;      ///< Empty, or what was wrong with the file and yet could be survived.
};

struct ExtractReport {
  std::vector<ExtractedTrack> tracks;      ///< Those with every recipe in the store, in the scan's order.
  std::vector<library::Failure> failures;  ///< The others, in the scan's order; failures of the scan are not repeated.
  std::size_t n_decoded = 0;               ///< Tracks that were decoded in this run.
  std::size_t n_reused = 0;                ///< Tracks for which nothing was decoded.
  std::size_t n_identified = 0;            ///< Files that had to be read to be recognised.
  double audio_s = 0;                      ///< Seconds of audio that were decoded.
  double wall_s = 0;
};

/// Sees to it that the store holds every recipe for every track of the scan, computing only what is missing.
///
/// A file in a known state (path, size, time of change) is not opened; another one is identified by its encoded audio,
/// so that a renamed, moved or retagged file is not decoded again; identical copies are decoded once. All missing
/// recipes of a track share one decode, but for tracks so long that they are described by excerpts: there the recipes
/// of the beginning have one of their own, so that no value depends on what else was asked for.
///
/// Tracks run side by side, longest first. Each is saved as soon as it is finished: whatever ends the run (an
/// exception, cancelling, kill -9), the next one goes on from there. Two processes may work on the same tracks at once.
/// A track that fails is a row in `failures`, recorded in the store, and not tried again until the file changes, other
/// recipes are asked for, or `retry_failed`; reasons that lie outside the file (permissions, a file that vanished) are
/// not recorded, so they are always tried again. Progress is in seconds of audio.
///
/// @throws InvalidArgument  no recipe or an unknown one.
/// @throws IoError          the store fails (disk full, locked).
/// @throws Cancelled
[[nodiscard]] ExtractReport extract(const library::ScanResult& scan, library::Store& store,
                                    const ExtractOptions& options, const Execution& run = {});

/// The values of a vector recipe, a row a track of the report: [n_tracks, n_columns].
/// @throws InvalidArgument  unknown recipe, or one that gives more than a vector.
/// @throws IoError          the store holds no sound values for a track, as when they were damaged since: extracting
///                          again mends it.
[[nodiscard]] Matrix gather(const ExtractReport& report, library::Store& store, std::string_view recipe);

}  // namespace songmap::features
