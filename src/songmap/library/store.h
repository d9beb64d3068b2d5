#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap::library {

/// A file as the file system knows it without reading it. Equal states are taken to be equal content (rsync's "quick
/// check"): a change that keeps path, size and time of change, to the nanosecond, goes unnoticed.
struct FileState {
  std::filesystem::path path;  ///< Absolute.
  std::uint64_t size = 0;      ///< Bytes.
  std::int64_t mtime_ns = 0;   ///< Since 1970.

  [[nodiscard]] bool operator==(const FileState&) const = default;
  /// @throws IoError
  [[nodiscard]] static FileState of(const std::filesystem::path& path);
};

/// What reading a whole file told about it.
struct KnownFile {
  std::string content_id;  ///< Names the encoded audio: audio::Identity.
  double length_s = 0;
};

/// How the audio behind a track's features was read.
struct Reading {
  double decoded_s = 0;    ///< Seconds of audio that were used.
  bool excerpted = false;  ///< The track is long and is described by excerpts.
  std::string damage;      ///< Empty, or what was wrong with the file and yet could be survived.
};

/// One result to keep: the values that a recipe gives for a track.
struct StoredFeature {
  std::string recipe_key;
  Matrix values;
  Reading reading;
};

/// A file that could not be used in this state, for this work: tried again only when either changes.
struct StoredFailure {
  std::string work;    ///< What was to be computed; the same text means the same attempt.
  std::string stage;   ///< As Failure::stage.
  std::string reason;  ///< As Failure::reason.
};

struct StoreOptions {
  double busy_timeout_s = 60;   ///< How long to wait for another process's write. Writes take milliseconds.
  std::uint64_t max_bytes = 0;  ///< The file may not grow beyond; 0: as far as the disk goes.
};

/// What was computed about tracks: one SQLite file that many processes and threads may use at once, and that outlives
/// every run. Every member may be called from any thread.
///
/// A `save` that returned survives the end of the process in any way (kill -9 too): it is one transaction in a
/// write-ahead log. A power cut may take back the last ones, as the log is not flushed to the disk each time, but
/// never leaves half a track: what is missing is computed again. Each value carries a checksum; one that was damaged
/// on the disk is treated as missing.
///
/// Members throw IoError, naming the file and what to do, when the disk is full, the file cannot be written, is
/// damaged, or stays locked by another process for longer than the timeout.
class Store {
 public:
  /// Opens the file, making it and its folder where missing.
  /// @throws IoError      it cannot be opened or written.
  /// @throws FormatError  it is not a store, or of a newer songmap.
  [[nodiscard]] static Store open(const std::filesystem::path& path, const StoreOptions& options = {});
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  [[nodiscard]] const std::filesystem::path& path() const;

  /// What is known about files in exactly these states, one entry each. Some microseconds a file.
  [[nodiscard]] std::vector<std::optional<KnownFile>> known_files(std::span<const FileState> files);
  void remember_file(const FileState& file, const KnownFile& known);

  /// For each track whether values of this recipe are kept, and how its audio was read. Larger values are not read for
  /// this; smaller ones are, and a damaged one counts as not kept.
  [[nodiscard]] std::vector<std::optional<Reading>> held(std::span<const std::string> content_ids,
                                                         std::string_view recipe_key);
  [[nodiscard]] bool contains(std::string_view content_id, std::string_view recipe_key);

  /// The values of a recipe, or nothing. Damaged values are removed, so that they are computed again, and count as
  /// missing.
  [[nodiscard]] std::optional<Matrix> find(std::string_view content_id, std::string_view recipe_key);

  /// Keeps all results of one track, or none of them. Values that are kept already are replaced: the same content and
  /// recipe give the same ones, unless those were damaged.
  /// @throws InvalidArgument  a value is not finite, or a matrix is empty: nothing is kept.
  void save(std::string_view content_id, std::span<const StoredFeature> features);

  [[nodiscard]] std::vector<std::optional<StoredFailure>> known_failures(std::span<const FileState> files);
  /// Replaces what was recorded about this path.
  void record_failure(const FileState& file, const StoredFailure& failure);
  void forget_failure(const std::filesystem::path& path);

  /// Values that were found damaged since the store was opened.
  [[nodiscard]] std::size_t n_damaged() const;

 private:
  class Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// $XDG_CACHE_HOME/songmap/features.sqlite, or ~/.cache/songmap/features.sqlite.
/// @throws IoError  neither XDG_CACHE_HOME nor HOME is set to an absolute path.
[[nodiscard]] std::filesystem::path default_store_path();

}  // namespace songmap::library
