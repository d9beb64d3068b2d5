#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

/// The little of SQLite that the store needs, with its failures as songmap's errors. No header of SQLite is included.
namespace songmap::library::sqlite {

/// One open file. Not for two threads at once.
class Database {
 public:
  /// @throws IoError
  Database(const std::filesystem::path& path, double busy_timeout_s);

  /// Runs statements that give no rows. @throws IoError
  void execute(const std::string& sql);
  /// The integer that a statement gives, e.g. a PRAGMA. @throws IoError
  [[nodiscard]] std::int64_t integer(const std::string& sql);
  [[nodiscard]] std::string text(const std::string& sql);

  /// Turns the write-ahead log on, waiting for other processes that do the same. Returns whether the file system can.
  bool use_write_ahead_log();
  [[nodiscard]] bool is_read_only() const;

  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
  /// @throws IoError (or FormatError: the file is no database)  what `code`, a result of SQLite, means for the user.
  [[noreturn]] void fail(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::filesystem::path path_;
  double busy_timeout_s_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement: bind, step through rows, and it is ready for the next use when the Rows end.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);

  /// Values are bound to the parameters from left to right. Bytes must outlive the step.
  Statement& bind(std::int64_t value);
  Statement& bind(double value);
  Statement& bind_text(std::string_view text);
  Statement& bind_bytes(std::string_view bytes);

  /// Moves to the next row; false when there is none, after which the statement may be bound anew. @throws IoError
  bool step();
  /// For a statement that gives no rows.
  void run();
  /// Ends the reading before the last row.
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double number(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  /// Valid until the next step.
  [[nodiscard]] std::string_view bytes(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int next_parameter_ = 1;
};

/// Readings that all see one state of the file, whatever others write meanwhile; cheaper than each for itself.
class Snapshot {
 public:
  explicit Snapshot(Database& database);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Database& database_;
};

/// A transaction that may write. Taken back unless `commit` was reached.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace songmap::library::sqlite
