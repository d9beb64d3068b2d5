#include "songmap/library/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <thread>

#include "songmap/core/error.h"

namespace songmap::library::sqlite {

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Database::Database(const std::filesystem::path& path, double busy_timeout_s)
    : path_(path), busy_timeout_s_(busy_timeout_s) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout_s * 1000));
}

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::int64_t Database::integer(const std::string& sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string Database::text(const std::string& sql) {
  Statement statement(*this, sql);
  return statement.step() ? std::string(statement.bytes(0)) : std::string();
}

bool Database::use_write_ahead_log() {
  // The switch needs the file for itself for a moment, and SQLite may give up on it at once instead of waiting.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(busy_timeout_s_);
  while (true) {
    const int code = sqlite3_exec(handle(), "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) break;
    const int primary = code & 0xff;
    const bool busy = primary == SQLITE_BUSY || primary == SQLITE_LOCKED;
    if (!busy || std::chrono::steady_clock::now() > deadline) fail(code);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return text("PRAGMA journal_mode") == "wal";
}

bool Database::is_read_only() const { return sqlite3_db_readonly(handle(), "main") == 1; }

void Database::fail(int code) const {
  const std::string file = quoted(path_);
  const std::string detail = handle_ ? sqlite3_errmsg(handle()) : sqlite3_errstr(code);
  switch (code & 0xff) {
    case SQLITE_FULL:
      throw IoError(
          fmt::format("the store {} cannot grow: the disk is full. What was finished is kept; make room, or "
                      "use another place with --store, and run the same command again",
                      file));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw IoError(
          fmt::format("the store {} has been locked by another process for over {:g} s: let it finish or end "
                      "it, and run the same command again",
                      file, busy_timeout_s_));
    case SQLITE_READONLY:
    case SQLITE_PERM:
      throw IoError(
          fmt::format("the store {} cannot be written ({}): make it and its folder writable, or use another "
                      "place with --store",
                      file, detail));
    case SQLITE_CANTOPEN:
      throw IoError(
          fmt::format("the store {} cannot be opened ({}): make it and its folder writable, or use another "
                      "place with --store",
                      file, detail));
    case SQLITE_NOTADB:
      throw FormatError(
          fmt::format("{} is not a store of songmap, or its beginning is damaged: move it away and a new "
                      "one will be made, or use another place with --store",
                      file));
    case SQLITE_CORRUPT:
      throw IoError(
          fmt::format("the store {} is damaged ({}): move it away and a new one will be made; what it held "
                      "will be computed again",
                      file, detail));
    default:
      throw IoError(fmt::format("the store {} failed: {}", file, detail));
  }
}

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) database.fail(code);
}

Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), next_parameter_++, value);
  return *this;
}

Statement& Statement::bind(double value) {
  sqlite3_bind_double(statement_.get(), next_parameter_++, value);
  return *this;
}

Statement& Statement::bind_text(std::string_view text) {
  sqlite3_bind_text64(statement_.get(), next_parameter_++, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_bytes(std::string_view bytes) {
  // No bytes are a value of length 0, and SQLite takes a null pointer for a missing one.
  sqlite3_bind_blob64(statement_.get(), next_parameter_++, bytes.empty() ? "" : bytes.data(), bytes.size(),
                      SQLITE_STATIC);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  reset();
  if (code != SQLITE_DONE) database_.fail(code);
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  next_parameter_ = 1;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::number(int column) const { return sqlite3_column_double(statement_.get(), column); }
bool Statement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return data == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
}

Snapshot::Snapshot(Database& database) : database_(database) { database_.execute("BEGIN"); }

Snapshot::~Snapshot() { sqlite3_exec(database_.handle(), "COMMIT", nullptr, nullptr, nullptr); }

Transaction::Transaction(Database& database) : database_(database) {
  // At once, not on the first write: a reader that becomes a writer cannot wait its turn.
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (open_) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace songmap::library::sqlite
