#include "songmap/library/store.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <system_error>

#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/library/sqlite.h"

namespace songmap::library {
namespace fs = std::filesystem;
namespace {

static_assert(std::endian::native == std::endian::little, "values are kept as little-endian float32");

constexpr int kApplicationId = 0x736d6170;  // "smap"
constexpr int kVersion = 1;
/// Up to here `held` verifies values: a vector of features costs nothing beside its row, a spectrogram would.
constexpr std::int64_t kVerifiedBytes = 65536;

constexpr const char* kSchema = R"(
  CREATE TABLE files (
    path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    content_id TEXT NOT NULL, length_s REAL NOT NULL) WITHOUT ROWID;
  CREATE TABLE features (
    content_id TEXT NOT NULL, recipe_key TEXT NOT NULL,
    decoded_s REAL NOT NULL, excerpted INTEGER NOT NULL, damage TEXT NOT NULL,
    rows INTEGER NOT NULL, cols INTEGER NOT NULL, checksum TEXT NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (content_id, recipe_key));
  CREATE TABLE failures (
    path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    work TEXT NOT NULL, stage TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
)";

std::string_view bytes_of(const Matrix& values) {
  return {reinterpret_cast<const char*>(values.data()), values.values().size() * sizeof(float)};
}

/// Covers the shape too: the same numbers in another shape are other values.
std::string checksum(std::string_view data, std::int64_t rows, std::int64_t cols) {
  ContentHash hash;
  hash.add(&rows, sizeof(rows));
  hash.add(&cols, sizeof(cols));
  hash.add(data.data(), data.size());
  return hash.hex();
}

bool is_sound_shape(std::int64_t rows, std::int64_t cols, std::int64_t n_bytes) {
  constexpr auto kFloat = static_cast<std::int64_t>(sizeof(float));
  return rows > 0 && cols > 0 && n_bytes % kFloat == 0 && cols <= n_bytes / kFloat && n_bytes / kFloat / cols == rows &&
         n_bytes / kFloat % cols == 0;
}

/// Waits for its turn, so that two processes that make the file at once agree on one schema.
void prepare_schema(sqlite::Database& database, const fs::path& path) {
  const auto version = [&] { return database.integer("PRAGMA user_version"); };
  const auto check_owner = [&] {
    const bool ours = database.integer("PRAGMA application_id") == kApplicationId;
    const bool empty = database.integer("SELECT count(*) FROM sqlite_schema") == 0;
    if (!ours && !empty) {
      throw FormatError(fmt::format("{} is another program's database, not a store of songmap", quoted(path)));
    }
    if (version() > kVersion) {
      throw FormatError(
          fmt::format("the store {} was made by a newer songmap (its format is {}, this program knows up "
                      "to {}): update songmap, or use another place with --store",
                      quoted(path), version(), kVersion));
    }
  };
  {
    // Without it, another process could make the schema between one question and the next.
    const sqlite::Snapshot snapshot(database);
    check_owner();
    if (version() == kVersion) return;
  }
  sqlite::Transaction transaction(database);
  check_owner();
  if (version() == 0) {
    database.execute(kSchema);
    database.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, kVersion));
  }
  transaction.commit();
}

sqlite::Database open_database(const fs::path& path, const StoreOptions& options) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) throw IoError(fmt::format("cannot make the folder of the store {}: {}", quoted(path), error.message()));
  sqlite::Database database(path, options.busy_timeout_s);
  // First of all: whether it is ours. Nothing is changed in somebody else's file.
  prepare_schema(database, path);
  if (database.is_read_only()) {
    throw IoError(
        fmt::format("the store {} cannot be written: make it and its folder writable, or use another place "
                    "with --store",
                    quoted(path)));
  }
  const bool logged = database.use_write_ahead_log();
  // The log keeps order without flushing at each commit; the rollback journal, which some network file systems are
  // left with, does not.
  database.execute(fmt::format("PRAGMA synchronous = {}", logged ? "NORMAL" : "FULL"));
  if (options.max_bytes > 0) {
    const std::int64_t page = database.integer("PRAGMA page_size");
    database.execute(fmt::format("PRAGMA max_page_count = {}", options.max_bytes / static_cast<std::uint64_t>(page)));
  }
  return database;
}

}  // namespace

FileState FileState::of(const fs::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    throw IoError(fmt::format("cannot read {}: {}", quoted(path), std::strerror(errno)));
  }
  return {path, static_cast<std::uint64_t>(status.st_size),
          std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

class Store::Impl {
 public:
  Impl(const fs::path& path, const StoreOptions& options) : path_(path), database_(open_database(path, options)) {}

  const fs::path& path() const { return path_; }
  std::size_t n_damaged() const {
    const std::lock_guard lock(mutex_);
    return n_damaged_;
  }

  std::vector<std::optional<KnownFile>> known_files(std::span<const FileState> files) {
    const std::lock_guard lock(mutex_);
    const sqlite::Snapshot snapshot(database_);
    std::vector<std::optional<KnownFile>> result(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (!bind_state(find_file_, files[i]).step()) continue;
      result[i] = KnownFile{std::string(find_file_.bytes(0)), find_file_.number(1)};
      find_file_.reset();
    }
    return result;
  }

  void remember_file(const FileState& file, const KnownFile& known) {
    const std::lock_guard lock(mutex_);
    bind_state(put_file_, file).bind_text(known.content_id).bind(known.length_s).run();
  }

  std::vector<std::optional<Reading>> held(std::span<const std::string> content_ids, std::string_view recipe_key) {
    const std::lock_guard lock(mutex_);
    const sqlite::Snapshot snapshot(database_);
    std::vector<std::optional<Reading>> result(content_ids.size());
    for (std::size_t i = 0; i < content_ids.size(); ++i) result[i] = held_one(content_ids[i], recipe_key);
    return result;
  }

  std::optional<Matrix> find(std::string_view content_id, std::string_view recipe_key) {
    const std::lock_guard lock(mutex_);
    std::optional<Matrix> result;
    bool found = false;
    if (find_values_.bind_text(content_id).bind_text(recipe_key).step()) {
      found = true;
      const std::int64_t rows = find_values_.integer(0);
      const std::int64_t cols = find_values_.integer(1);
      const std::string_view data = find_values_.bytes(3);
      if (is_sound_shape(rows, cols, static_cast<std::int64_t>(data.size())) &&
          checksum(data, rows, cols) == find_values_.bytes(2)) {
        result.emplace(static_cast<std::size_t>(rows), static_cast<std::size_t>(cols));
        std::memcpy(result->data(), data.data(), data.size());
      }
      find_values_.reset();
    }
    if (found && !result) remove_damaged(content_id, recipe_key);
    return result;
  }

  void save(std::string_view content_id, std::span<const StoredFeature> features) {
    for (const StoredFeature& feature : features) {
      require(!feature.values.empty(), fmt::format("values of recipe {} are empty", feature.recipe_key));
      require(all_finite(feature.values), fmt::format("values of recipe {} are not finite", feature.recipe_key));
    }
    const std::lock_guard lock(mutex_);
    sqlite::Transaction transaction(database_);
    for (const StoredFeature& feature : features) {
      const auto rows = static_cast<std::int64_t>(feature.values.rows());
      const auto cols = static_cast<std::int64_t>(feature.values.cols());
      const std::string_view data = bytes_of(feature.values);
      const std::string sum = checksum(data, rows, cols);
      put_values_.bind_text(content_id).bind_text(feature.recipe_key).bind(feature.reading.decoded_s);
      put_values_.bind(std::int64_t{feature.reading.excerpted}).bind_text(feature.reading.damage);
      put_values_.bind(rows).bind(cols).bind_text(sum).bind_bytes(data).run();
    }
    transaction.commit();
  }

  std::vector<std::optional<StoredFailure>> known_failures(std::span<const FileState> files) {
    const std::lock_guard lock(mutex_);
    const sqlite::Snapshot snapshot(database_);
    std::vector<std::optional<StoredFailure>> result(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (!bind_state(find_failure_, files[i]).step()) continue;
      result[i] = StoredFailure{std::string(find_failure_.bytes(0)), std::string(find_failure_.bytes(1)),
                                std::string(find_failure_.bytes(2))};
      find_failure_.reset();
    }
    return result;
  }

  void record_failure(const FileState& file, const StoredFailure& failure) {
    const std::lock_guard lock(mutex_);
    bind_state(put_failure_, file);
    put_failure_.bind_text(failure.work).bind_text(failure.stage).bind_text(failure.reason).run();
  }

  void forget_failure(const fs::path& path) {
    const std::lock_guard lock(mutex_);
    remove_failure_.bind_bytes(path.native()).run();
  }

 private:
  static sqlite::Statement& bind_state(sqlite::Statement& statement, const FileState& file) {
    return statement.bind_bytes(file.path.native()).bind(static_cast<std::int64_t>(file.size)).bind(file.mtime_ns);
  }

  std::optional<Reading> held_one(std::string_view content_id, std::string_view recipe_key) {
    if (!find_reading_.bind(kVerifiedBytes).bind_text(content_id).bind_text(recipe_key).step()) return std::nullopt;
    const std::int64_t rows = find_reading_.integer(3);
    const std::int64_t cols = find_reading_.integer(4);
    std::optional<Reading> result =
        Reading{find_reading_.number(0), find_reading_.integer(1) != 0, std::string(find_reading_.bytes(2))};
    const bool verified = !find_reading_.is_null(7);
    if (!is_sound_shape(rows, cols, find_reading_.integer(6)) ||
        (verified && checksum(find_reading_.bytes(7), rows, cols) != find_reading_.bytes(5))) {
      ++n_damaged_;
      result.reset();
    }
    find_reading_.reset();
    return result;
  }

  void remove_damaged(std::string_view content_id, std::string_view recipe_key) {
    ++n_damaged_;
    remove_values_.bind_text(content_id).bind_text(recipe_key).run();
  }

  fs::path path_;
  mutable std::mutex mutex_;
  std::size_t n_damaged_ = 0;
  sqlite::Database database_;
  sqlite::Statement find_file_{database_,
                               "SELECT content_id, length_s FROM files WHERE path = ? AND size = ? AND mtime_ns = ?"};
  sqlite::Statement put_file_{
      database_, "INSERT OR REPLACE INTO files (path, size, mtime_ns, content_id, length_s) VALUES (?, ?, ?, ?, ?)"};
  sqlite::Statement find_reading_{
      database_,
      "SELECT decoded_s, excerpted, damage, rows, cols, checksum, length(data), "
      "CASE WHEN length(data) <= ? THEN data END FROM features WHERE content_id = ? AND recipe_key = ?"};
  sqlite::Statement find_values_{
      database_, "SELECT rows, cols, checksum, data FROM features WHERE content_id = ? AND recipe_key = ?"};
  // Replacing, not ignoring: what is there may be damaged, and if it is not, it is the same.
  sqlite::Statement put_values_{
      database_,
      "INSERT OR REPLACE INTO features (content_id, recipe_key, decoded_s, excerpted, damage, rows, cols, checksum, "
      "data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  sqlite::Statement remove_values_{database_, "DELETE FROM features WHERE content_id = ? AND recipe_key = ?"};
  sqlite::Statement find_failure_{
      database_, "SELECT work, stage, reason FROM failures WHERE path = ? AND size = ? AND mtime_ns = ?"};
  sqlite::Statement put_failure_{
      database_,
      "INSERT OR REPLACE INTO failures (path, size, mtime_ns, work, stage, reason) VALUES (?, ?, ?, ?, ?, ?)"};
  sqlite::Statement remove_failure_{database_, "DELETE FROM failures WHERE path = ?"};
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Store Store::open(const fs::path& path, const StoreOptions& options) {
  require(options.busy_timeout_s >= 0, "busy_timeout_s must not be negative");
  return Store(std::make_unique<Impl>(path, options));
}

const fs::path& Store::path() const { return impl_->path(); }
std::size_t Store::n_damaged() const { return impl_->n_damaged(); }

std::vector<std::optional<KnownFile>> Store::known_files(std::span<const FileState> files) {
  return impl_->known_files(files);
}
void Store::remember_file(const FileState& file, const KnownFile& known) { impl_->remember_file(file, known); }

std::vector<std::optional<Reading>> Store::held(std::span<const std::string> content_ids, std::string_view recipe_key) {
  return impl_->held(content_ids, recipe_key);
}
bool Store::contains(std::string_view content_id, std::string_view recipe_key) {
  const std::string id(content_id);
  return impl_->held({&id, 1}, recipe_key).front().has_value();
}
std::optional<Matrix> Store::find(std::string_view content_id, std::string_view recipe_key) {
  return impl_->find(content_id, recipe_key);
}
void Store::save(std::string_view content_id, std::span<const StoredFeature> features) {
  impl_->save(content_id, features);
}

std::vector<std::optional<StoredFailure>> Store::known_failures(std::span<const FileState> files) {
  return impl_->known_failures(files);
}
void Store::record_failure(const FileState& file, const StoredFailure& failure) {
  impl_->record_failure(file, failure);
}
void Store::forget_failure(const fs::path& path) { impl_->forget_failure(path); }

fs::path default_store_path() {
  // The XDG specification: a relative path is to be ignored.
  const auto absolute_path_in = [](const char* variable) {
    const char* value = std::getenv(variable);
    const fs::path path = value == nullptr ? fs::path() : fs::path(value);
    return path.is_absolute() ? path : fs::path();
  };
  fs::path cache = absolute_path_in("XDG_CACHE_HOME");
  if (cache.empty()) {
    const fs::path home = absolute_path_in("HOME");
    if (home.empty()) throw IoError("no place for the store: HOME is not set; name a file with --store");
    cache = home / ".cache";
  }
  return cache / "songmap" / "features.sqlite";
}

}  // namespace songmap::library
