#include "songmap/atlas/state.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/matrix.h"
#include "songmap/library/sqlite.h"
#include "songmap/run/tables.h"

namespace songmap::atlas {

namespace sqlite = library::sqlite;

namespace {

constexpr double kBusyTimeout_s = 60;

/// What each version adds to the one before it. A step that was released is never changed.
constexpr std::array<const char*, 2> kSteps{R"(
  CREATE TABLE IF NOT EXISTS placed (
    number INTEGER PRIMARY KEY, fit TEXT NOT NULL, track_id TEXT NOT NULL UNIQUE, path TEXT NOT NULL,
    title TEXT NOT NULL, artist TEXT NOT NULL, album TEXT NOT NULL, length_s REAL NOT NULL,
    cluster INTEGER NOT NULL, strength REAL NOT NULL, strangeness REAL NOT NULL, row BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS places (
    track_id TEXT NOT NULL, projection TEXT NOT NULL, dimensions INTEGER NOT NULL,
    x REAL NOT NULL, y REAL NOT NULL, z REAL NOT NULL, PRIMARY KEY (track_id, projection, dimensions)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS earlier (track_id TEXT PRIMARY KEY, cluster INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS gone (track_id TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pinned (track_id TEXT PRIMARY KEY, cluster INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS excluded (track_id TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS fits (fit TEXT PRIMARY KEY, usual_distance REAL NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tags (path TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS names (cluster INTEGER PRIMARY KEY, name TEXT NOT NULL);
)",
                                            R"(
  CREATE TABLE IF NOT EXISTS details (
    track_id TEXT PRIMARY KEY, raw BLOB NOT NULL, given BLOB NOT NULL, made BLOB NOT NULL, error REAL,
    lyrics_source TEXT NOT NULL, language TEXT NOT NULL, n_words INTEGER NOT NULL, lyrics TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS overwritten (
    path TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (path, field)) WITHOUT ROWID;
  INSERT OR IGNORE INTO overwritten SELECT path, 'SONGMAP_GROUP', value FROM tags;
  DROP TABLE tags;
  CREATE TABLE IF NOT EXISTS earlier_map (
    track_id TEXT NOT NULL, view TEXT NOT NULL, projection TEXT NOT NULL, dimensions INTEGER NOT NULL,
    x REAL NOT NULL, y REAL NOT NULL, z REAL);
)"};
constexpr auto kVersion = static_cast<std::int64_t>(kSteps.size());

std::string_view bytes_of(const std::vector<float>& row) {
  return {reinterpret_cast<const char*>(row.data()), row.size() * sizeof(float)};
}

std::vector<float> floats_of(std::string_view bytes) {
  std::vector<float> row(bytes.size() / sizeof(float));
  std::memcpy(row.data(), bytes.data(), row.size() * sizeof(float));
  return row;
}

}  // namespace

class State::Impl {
 public:
  Impl(const std::filesystem::path& file, std::string fit) : database_(file, kBusyTimeout_s), fit_(std::move(fit)) {
    const std::int64_t version = database_.integer("PRAGMA user_version");
    if (version > kVersion) {
      throw FormatError(
          fmt::format("{} is of a newer songmap (version {}, this one knows {})", quoted(file), version, kVersion));
    }
    (void)database_.use_write_ahead_log();
    if (version > 0 && version < kVersion) copy_to(State::copy_of_version(file, version));
    if (version < kVersion) bring_up_to_date();
  }

  std::vector<PlacedTrack> placed() {
    const sqlite::Snapshot snapshot(database_);
    std::map<std::string, std::vector<MapPlace>> places;
    sqlite::Statement read_places(database_, "SELECT track_id, projection, dimensions, x, y, z FROM places");
    while (read_places.step()) {
      places[std::string(read_places.bytes(0))].push_back(
          {std::string(read_places.bytes(1)), static_cast<int>(read_places.integer(2)), read_places.number(3),
           read_places.number(4), read_places.number(5)});
    }
    sqlite::Statement read(database_,
                           "SELECT track_id, path, title, artist, album, length_s, cluster, strength, strangeness, row "
                           "FROM placed WHERE fit = ? ORDER BY number");
    read.bind_text(fit_);
    std::vector<PlacedTrack> tracks;
    while (read.step()) {
      PlacedTrack track{std::string(read.bytes(0)),
                        std::string(read.bytes(1)),
                        std::string(read.bytes(2)),
                        std::string(read.bytes(3)),
                        std::string(read.bytes(4)),
                        read.number(5),
                        static_cast<std::int32_t>(read.integer(6)),
                        read.number(7),
                        read.number(8),
                        floats_of(read.bytes(9)),
                        {}};
      track.places = std::move(places[track.track_id]);
      tracks.push_back(std::move(track));
    }
    return tracks;
  }

  void place(const std::vector<PlacedTrack>& tracks, const std::vector<PlacedDetail>& details) {
    require(details.empty() || details.size() == tracks.size(), "one detail a placed track is needed");
    sqlite::Transaction transaction(database_);
    sqlite::Statement write(database_,
                            "INSERT OR REPLACE INTO placed (fit, track_id, path, title, artist, album, length_s, "
                            "cluster, strength, strangeness, row) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    sqlite::Statement write_place(database_, "INSERT INTO places VALUES (?, ?, ?, ?, ?, ?)");
    sqlite::Statement clear_places(database_, "DELETE FROM places WHERE track_id = ?");
    for (const PlacedTrack& track : tracks) {
      write.bind_text(fit_).bind_text(track.track_id).bind_text(track.path).bind_text(track.title);
      write.bind_text(track.artist).bind_text(track.album).bind(track.length_s);
      write.bind(static_cast<std::int64_t>(track.cluster)).bind(track.strength).bind(track.strangeness);
      write.bind_bytes(bytes_of(track.row)).run();
      clear_places.bind_text(track.track_id).run();
      for (const MapPlace& place : track.places) {
        write_place.bind_text(track.track_id).bind_text(place.projection);
        write_place.bind(static_cast<std::int64_t>(place.dimensions)).bind(place.x).bind(place.y).bind(place.z).run();
      }
    }
    for (std::size_t i = 0; i < details.size(); ++i) write_detail(tracks[i].track_id, details[i]);
    transaction.commit();
  }

  std::map<std::string, PlacedDetail> details() {
    sqlite::Statement read(database_,
                           "SELECT track_id, raw, given, made, error, lyrics_source, language, n_words, lyrics FROM "
                           "details JOIN placed USING (track_id) WHERE fit = ?");
    read.bind_text(fit_);
    std::map<std::string, PlacedDetail> details;
    while (read.step()) {
      details[std::string(read.bytes(0))] = {floats_of(read.bytes(1)),
                                             floats_of(read.bytes(2)),
                                             floats_of(read.bytes(3)),
                                             read.is_null(4) ? run::kNotDefined : read.number(4),
                                             std::string(read.bytes(5)),
                                             std::string(read.bytes(6)),
                                             static_cast<std::size_t>(read.integer(7)),
                                             std::string(read.bytes(8))};
    }
    return details;
  }

  std::optional<double> usual_distance() {
    sqlite::Statement read(database_, "SELECT usual_distance FROM fits WHERE fit = ?");
    read.bind_text(fit_);
    if (!read.step()) return std::nullopt;
    return read.number(0);
  }

  void keep_usual_distance(double distance) {
    sqlite::Transaction transaction(database_);
    database_.execute("DELETE FROM fits");
    sqlite::Statement(database_, "INSERT INTO fits VALUES (?, ?)").bind_text(fit_).bind(distance).run();
    transaction.commit();
  }

  std::vector<std::string> added_paths() {
    sqlite::Statement read(database_, "SELECT path FROM placed ORDER BY number");
    std::vector<std::string> paths;
    while (read.step()) paths.emplace_back(read.bytes(0));
    return paths;
  }

  void remove(const std::vector<std::string>& track_ids) {
    sqlite::Transaction transaction(database_);
    sqlite::Statement remove_track(database_, "DELETE FROM placed WHERE track_id = ?");
    sqlite::Statement remove_places(database_, "DELETE FROM places WHERE track_id = ?");
    sqlite::Statement remove_details(database_, "DELETE FROM details WHERE track_id = ?");
    for (const std::string& track_id : track_ids) {
      for (sqlite::Statement* remove : {&remove_track, &remove_places, &remove_details})
        remove->bind_text(track_id).run();
    }
    transaction.commit();
  }

  void forget_placements() {
    sqlite::Transaction transaction(database_);
    database_.execute(
        "DELETE FROM placed; DELETE FROM places; DELETE FROM details; DELETE FROM gone; "
        "DELETE FROM earlier; DELETE FROM earlier_map");
    transaction.commit();
  }

  std::vector<run::MapRow> earlier_map() {
    sqlite::Statement read(database_, "SELECT track_id, view, projection, dimensions, x, y, z FROM earlier_map");
    std::vector<run::MapRow> rows;
    while (read.step()) {
      rows.push_back({std::string(read.bytes(0)), std::string(read.bytes(1)), std::string(read.bytes(2)),
                      static_cast<int>(read.integer(3)), read.number(4), read.number(5),
                      read.is_null(6) ? run::kNotDefined : read.number(6)});
    }
    return rows;
  }

  void keep_earlier_map(const std::vector<run::MapRow>& rows) {
    sqlite::Transaction transaction(database_);
    database_.execute("DELETE FROM earlier_map");
    sqlite::Statement write(database_, "INSERT INTO earlier_map VALUES (?, ?, ?, ?, ?, ?, ?)");
    for (const run::MapRow& row : rows) {
      write.bind_text(row.track_id).bind_text(row.view).bind_text(row.projection);
      write.bind(static_cast<std::int64_t>(row.dimensions)).bind(row.x).bind(row.y).bind(row.z).run();
    }
    transaction.commit();
  }

  std::vector<OverwrittenTag> overwritten_tags() {
    sqlite::Statement read(database_, "SELECT path, field, value FROM overwritten ORDER BY path, field");
    std::vector<OverwrittenTag> tags;
    while (read.step()) {
      tags.push_back({std::string(read.bytes(0)), std::string(read.bytes(1)), std::string(read.bytes(2))});
    }
    return tags;
  }

  void keep_overwritten_tag(const OverwrittenTag& tag) {
    sqlite::Statement write(database_, "INSERT OR IGNORE INTO overwritten VALUES (?, ?, ?)");
    write.bind_text(tag.path).bind_text(tag.field).bind_text(tag.value).run();
  }

  void forget_overwritten_tag(const OverwrittenTag& tag) {
    sqlite::Statement erase(database_, "DELETE FROM overwritten WHERE path = ? AND field = ?");
    erase.bind_text(tag.path).bind_text(tag.field).run();
  }

  /// A table of groups by track.
  std::map<std::string, std::int32_t> groups_in(const std::string& table) {
    sqlite::Statement read(database_, "SELECT track_id, cluster FROM " + table);
    std::map<std::string, std::int32_t> groups;
    while (read.step()) groups[std::string(read.bytes(0))] = static_cast<std::int32_t>(read.integer(1));
    return groups;
  }

  void write_groups(const std::string& table, const std::map<std::string, std::int32_t>& groups, bool replace_all) {
    sqlite::Transaction transaction(database_);
    if (replace_all) database_.execute("DELETE FROM " + table);
    sqlite::Statement write(database_, "INSERT OR REPLACE INTO " + table + " VALUES (?, ?)");
    for (const auto& [track_id, group] : groups) write.bind_text(track_id).bind(std::int64_t{group}).run();
    transaction.commit();
  }

  /// A table of tracks.
  std::set<std::string> tracks_in(const std::string& table) {
    sqlite::Statement read(database_, "SELECT track_id FROM " + table);
    std::set<std::string> track_ids;
    while (read.step()) track_ids.emplace(read.bytes(0));
    return track_ids;
  }

  void write_tracks(const std::string& table, const std::set<std::string>& track_ids, bool replace_all) {
    sqlite::Transaction transaction(database_);
    if (replace_all) database_.execute("DELETE FROM " + table);
    sqlite::Statement write(database_, "INSERT OR REPLACE INTO " + table + " VALUES (?)");
    for (const std::string& track_id : track_ids) write.bind_text(track_id).run();
    transaction.commit();
  }

  void erase_tracks(const std::string& table, const std::set<std::string>& track_ids) {
    sqlite::Transaction transaction(database_);
    sqlite::Statement erase(database_, "DELETE FROM " + table + " WHERE track_id = ?");
    for (const std::string& track_id : track_ids) erase.bind_text(track_id).run();
    transaction.commit();
  }

  std::int64_t version_of_data() { return database_.integer("PRAGMA data_version"); }

  std::map<std::int32_t, std::string> names() {
    sqlite::Statement read(database_, "SELECT cluster, name FROM names");
    std::map<std::int32_t, std::string> names;
    while (read.step()) names[static_cast<std::int32_t>(read.integer(0))] = std::string(read.bytes(1));
    return names;
  }

  void rename(std::int32_t group, const std::string& name) {
    sqlite::Transaction transaction(database_);
    if (name.empty()) {
      sqlite::Statement(database_, "DELETE FROM names WHERE cluster = ?").bind(std::int64_t{group}).run();
    } else {
      sqlite::Statement write(database_, "INSERT OR REPLACE INTO names VALUES (?, ?)");
      write.bind(std::int64_t{group}).bind_text(name).run();
    }
    transaction.commit();
  }

 private:
  /// Where two do this at once, they write the same.
  void copy_to(const std::filesystem::path& copy) {
    if (std::filesystem::exists(copy)) return;
    std::filesystem::path partial = copy;
    partial += fmt::format(".{}", getpid());
    std::filesystem::remove(partial);
    sqlite::Statement(database_, "VACUUM INTO ?").bind_text(partial.string()).run();
    std::filesystem::rename(partial, copy);
  }

  void bring_up_to_date() {
    sqlite::Transaction transaction(database_);
    // Another process may have done it meanwhile.
    const auto version = static_cast<std::size_t>(database_.integer("PRAGMA user_version"));
    // The first version grew before it was released: of an early one, some tables may be missing.
    for (std::size_t step = version <= 1 ? 0 : version; step < kSteps.size(); ++step) database_.execute(kSteps[step]);
    database_.execute(fmt::format("PRAGMA user_version = {}", kVersion));
    transaction.commit();
  }

  void write_detail(const std::string& track_id, const PlacedDetail& detail) {
    sqlite::Statement write(database_, "INSERT OR REPLACE INTO details VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    write.bind_text(track_id).bind_bytes(bytes_of(detail.raw)).bind_bytes(bytes_of(detail.given));
    // SQLite takes NaN for a missing value, which it then is.
    write.bind_bytes(bytes_of(detail.made)).bind(detail.error).bind_text(detail.lyrics_source);
    write.bind_text(detail.language).bind(static_cast<std::int64_t>(detail.n_words)).bind_text(detail.lyrics).run();
  }

  sqlite::Database database_;
  std::string fit_;
};

std::string group_title(std::int32_t id, const std::map<std::int32_t, std::string>& names) {
  if (id == kNoise) return "no group";
  const auto named = names.find(id);
  return named == names.end() ? fmt::format("group {}", id) : fmt::format("{} · {}", id, named->second);
}

State State::open(const std::filesystem::path& file, std::string fit) {
  return State(std::make_unique<Impl>(file, std::move(fit)));
}
State::State(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
State::~State() = default;
State::State(State&&) noexcept = default;
State& State::operator=(State&&) noexcept = default;

std::vector<PlacedTrack> State::placed() const { return impl_->placed(); }
void State::place(const std::vector<PlacedTrack>& tracks, const std::vector<PlacedDetail>& details) {
  impl_->place(tracks, details);
}
std::map<std::string, PlacedDetail> State::details() const { return impl_->details(); }
std::filesystem::path State::copy_of_version(const std::filesystem::path& file, std::int64_t version) {
  return file.parent_path() / fmt::format("{}.v{}{}", file.stem().string(), version, file.extension().string());
}
std::optional<double> State::usual_distance() const { return impl_->usual_distance(); }
void State::keep_usual_distance(double distance) { impl_->keep_usual_distance(distance); }
std::vector<std::string> State::added_paths() const { return impl_->added_paths(); }
void State::remove(const std::vector<std::string>& track_ids) { impl_->remove(track_ids); }
std::map<std::string, std::int32_t> State::earlier_groups() const { return impl_->groups_in("earlier"); }
void State::keep_earlier_groups(const std::map<std::string, std::int32_t>& group_of_track) {
  impl_->write_groups("earlier", group_of_track, /*replace_all=*/true);
}
std::vector<run::MapRow> State::earlier_map() const { return impl_->earlier_map(); }
void State::keep_earlier_map(const std::vector<run::MapRow>& rows) { impl_->keep_earlier_map(rows); }
std::map<std::string, std::int32_t> State::pinned() const { return impl_->groups_in("pinned"); }
void State::pin(const std::map<std::string, std::int32_t>& group_of_track) {
  impl_->write_groups("pinned", group_of_track, /*replace_all=*/false);
}
void State::unpin(const std::set<std::string>& track_ids) { impl_->erase_tracks("pinned", track_ids); }
std::set<std::string> State::excluded() const { return impl_->tracks_in("excluded"); }
void State::exclude(const std::set<std::string>& track_ids) {
  impl_->write_tracks("excluded", track_ids, /*replace_all=*/false);
}
void State::include(const std::set<std::string>& track_ids) { impl_->erase_tracks("excluded", track_ids); }
std::vector<OverwrittenTag> State::overwritten_tags() const { return impl_->overwritten_tags(); }
void State::keep_overwritten_tag(const OverwrittenTag& tag) { impl_->keep_overwritten_tag(tag); }
void State::forget_overwritten_tag(const OverwrittenTag& tag) { impl_->forget_overwritten_tag(tag); }
void State::forget_placements() { impl_->forget_placements(); }
std::set<std::string> State::gone() const { return impl_->tracks_in("gone"); }
void State::set_gone(const std::set<std::string>& track_ids) {
  impl_->write_tracks("gone", track_ids, /*replace_all=*/true);
}
std::int64_t State::version_of_data() const { return impl_->version_of_data(); }
std::map<std::int32_t, std::string> State::names() const { return impl_->names(); }
void State::rename(std::int32_t group, const std::string& name) { impl_->rename(group, name); }

}  // namespace songmap::atlas
