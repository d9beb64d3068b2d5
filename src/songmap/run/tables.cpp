#include "songmap/run/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <type_traits>

#include "songmap/core/csv.h"
#include "songmap/core/error.h"

namespace songmap::run {
namespace {

namespace fs = std::filesystem;

/// One column of a table: its name and the member that it fills.
template <class Row>
struct Column {
  std::string name;
  std::function<std::string(const Row&)> write;
  std::function<void(Row&, const std::string&)> read;
};

template <class Value>
std::string to_cell(const Value& value) {
  if constexpr (std::is_same_v<Value, std::string>) {
    return value;
  } else if constexpr (std::is_floating_point_v<Value>) {
    return csv_number(value);
  } else {
    return fmt::format("{}", value);
  }
}

template <class Value>
void from_cell(Value& value, const std::string& cell) {
  if constexpr (std::is_same_v<Value, std::string>) {
    value = cell;
  } else if constexpr (std::is_floating_point_v<Value>) {
    const std::optional<double> number = cell.empty() ? kNotDefined : parse_number(cell);
    if (!number) throw FormatError(fmt::format("'{}' is not a number", cell));
    value = *number;
  } else {
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end != cell.data() + cell.size()) {
      throw FormatError(fmt::format("'{}' is not a whole number", cell));
    }
  }
}

template <class Row, class Value>
Column<Row> column(std::string name, Value Row::*member) {
  return {std::move(name), [member](const Row& row) { return to_cell(row.*member); },
          [member](Row& row, const std::string& cell) { from_cell(row.*member, cell); }};
}

const std::vector<Column<TrackRow>>& track_columns() {
  static const std::vector<Column<TrackRow>> columns{
      column("track_id", &TrackRow::track_id), column("path", &TrackRow::path),
      column("title", &TrackRow::title),       column("artist", &TrackRow::artist),
      column("album", &TrackRow::album),       column("length_s", &TrackRow::length_s)};
  return columns;
}

const std::vector<Column<FailureRow>>& failure_columns() {
  static const std::vector<Column<FailureRow>> columns{
      column("track_id", &FailureRow::track_id), column("path", &FailureRow::path), column("stage", &FailureRow::stage),
      column("reason", &FailureRow::reason)};
  return columns;
}

const std::vector<Column<LabelRow>>& label_columns() {
  static const std::vector<Column<LabelRow>> columns{
      column("track_id", &LabelRow::track_id), column("path", &LabelRow::path),        column("view", &LabelRow::view),
      column("space", &LabelRow::space),       column("method", &LabelRow::method),    column("seed", &LabelRow::seed),
      column("cluster", &LabelRow::cluster),   column("strength", &LabelRow::strength)};
  return columns;
}

const std::vector<Column<MapRow>>& map_columns() {
  static const std::vector<Column<MapRow>> columns{column("track_id", &MapRow::track_id),
                                                   column("view", &MapRow::view),
                                                   column("projection", &MapRow::projection),
                                                   column("dimensions", &MapRow::dimensions),
                                                   column("x", &MapRow::x),
                                                   column("y", &MapRow::y),
                                                   column("z", &MapRow::z)};
  return columns;
}

const std::vector<Column<ScoreRow>>& score_columns() {
  static const std::vector<Column<ScoreRow>> columns{column("view", &ScoreRow::view),
                                                     column("space", &ScoreRow::space),
                                                     column("method", &ScoreRow::method),
                                                     column("scored_in", &ScoreRow::scored_in),
                                                     column("target", &ScoreRow::target),
                                                     column("metric", &ScoreRow::metric),
                                                     column("value", &ScoreRow::value),
                                                     column("sd", &ScoreRow::sd),
                                                     column("low", &ScoreRow::low),
                                                     column("high", &ScoreRow::high),
                                                     column("chance", &ScoreRow::chance),
                                                     column("p", &ScoreRow::p),
                                                     column("seeds", &ScoreRow::seeds),
                                                     column("n", &ScoreRow::n),
                                                     column("k", &ScoreRow::k)};
  return columns;
}

const std::vector<Column<CurveRow>>& curve_columns() {
  static const std::vector<Column<CurveRow>> columns{column("model", &CurveRow::model),
                                                     column("seed", &CurveRow::seed),
                                                     column("epoch", &CurveRow::epoch),
                                                     column("total", &CurveRow::total),
                                                     column("reconstruction", &CurveRow::reconstruction),
                                                     column("kl", &CurveRow::kl),
                                                     column("held_out", &CurveRow::held_out)};
  return columns;
}

const std::vector<Column<LyricsRow>>& lyrics_columns() {
  static const std::vector<Column<LyricsRow>> columns{
      column("track_id", &LyricsRow::track_id), column("source", &LyricsRow::source),
      column("language", &LyricsRow::language), column("n_words", &LyricsRow::n_words),
      column("text", &LyricsRow::text)};
  return columns;
}

const std::vector<Column<ClusteringRow>>& clustering_columns() {
  static const std::vector<Column<ClusteringRow>> columns{column("view", &ClusteringRow::view),
                                                          column("space", &ClusteringRow::space),
                                                          column("method", &ClusteringRow::method),
                                                          column("seed", &ClusteringRow::seed),
                                                          column("k", &ClusteringRow::k),
                                                          column("coverage", &ClusteringRow::coverage),
                                                          column("undefined", &ClusteringRow::undefined),
                                                          column("parameters", &ClusteringRow::parameters)};
  return columns;
}

const std::vector<Column<CrossModalRow>>& cross_modal_columns() {
  static const std::vector<Column<CrossModalRow>> columns{
      column("model", &CrossModalRow::model), column("seed", &CrossModalRow::seed),
      column("check", &CrossModalRow::check), column("side", &CrossModalRow::side),
      column("value", &CrossModalRow::value), column("chance", &CrossModalRow::chance)};
  return columns;
}

const std::vector<Column<ReconstructionRow>>& reconstruction_columns() {
  static const std::vector<Column<ReconstructionRow>> columns{
      column("track_id", &ReconstructionRow::track_id), column("path", &ReconstructionRow::path),
      column("model", &ReconstructionRow::model), column("error", &ReconstructionRow::error),
      column("relative", &ReconstructionRow::relative)};
  return columns;
}

const std::vector<Column<HeldOutRow>>& held_out_columns() {
  static const std::vector<Column<HeldOutRow>> columns{
      column("track_id", &HeldOutRow::track_id), column("path", &HeldOutRow::path),
      column("model", &HeldOutRow::model),       column("error", &HeldOutRow::error),
      column("relative", &HeldOutRow::relative), column("distance", &HeldOutRow::distance)};
  return columns;
}

const std::vector<Column<CandidateRow>>& candidate_columns() {
  static const std::vector<Column<CandidateRow>> columns{column("view", &CandidateRow::view),
                                                         column("k", &CandidateRow::k),
                                                         column("gap", &CandidateRow::gap),
                                                         column("gap_se", &CandidateRow::gap_se),
                                                         column("stability", &CandidateRow::stability),
                                                         column("bic", &CandidateRow::bic),
                                                         column("eigengap", &CandidateRow::eigengap)};
  return columns;
}

const std::vector<Column<ComparisonRow>>& comparison_columns() {
  static const std::vector<Column<ComparisonRow>> columns{column("target", &ComparisonRow::target),
                                                          column("metric", &ComparisonRow::metric),
                                                          column("view", &ComparisonRow::view),
                                                          column("space", &ComparisonRow::space),
                                                          column("method", &ComparisonRow::method),
                                                          column("against_view", &ComparisonRow::against_view),
                                                          column("against_space", &ComparisonRow::against_space),
                                                          column("against_method", &ComparisonRow::against_method),
                                                          column("difference", &ComparisonRow::difference),
                                                          column("low", &ComparisonRow::low),
                                                          column("high", &ComparisonRow::high),
                                                          column("p", &ComparisonRow::p),
                                                          column("p_holm", &ComparisonRow::p_holm),
                                                          column("n", &ComparisonRow::n),
                                                          column("seeds", &ComparisonRow::seeds)};
  return columns;
}

/// Reads the named columns of the rows of a CSV; what a missing or malformed cell breaks is told with file and line.
template <class Row>
std::vector<Row> rows_of(const std::vector<Column<Row>>& columns, const CsvTable& table, const fs::path& file) {
  std::vector<std::size_t> place;
  for (const Column<Row>& column : columns) {
    const std::optional<std::size_t> at = table.find(column.name);
    if (!at) throw FormatError(fmt::format("{} has no column '{}'", quoted(file), column.name));
    place.push_back(*at);
  }
  std::vector<Row> rows(table.rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      try {
        columns[c].read(rows[i], table.rows[i][place[c]]);
      } catch (const FormatError& error) {
        throw FormatError(
            fmt::format("{}, line {}, column {}: {}", quoted(file), table.lines[i], columns[c].name, error.what()));
      }
    }
  }
  return rows;
}

template <class Row>
std::vector<Row> load(const fs::path& file, const std::vector<Column<Row>>& columns) {
  if (!fs::exists(file)) return {};
  return rows_of(columns, read_csv(file), file);
}

template <class Row>
std::vector<std::string> names_of(const std::vector<Column<Row>>& columns) {
  std::vector<std::string> names;
  for (const Column<Row>& column : columns) names.push_back(column.name);
  return names;
}

template <class Row>
std::vector<std::string> cells_of(const Row& row, const std::vector<Column<Row>>& columns) {
  std::vector<std::string> cells;
  for (const Column<Row>& column : columns) cells.push_back(column.write(row));
  return cells;
}

template <class Row>
void save(const fs::path& file, const std::vector<Row>& rows, const std::vector<Column<Row>>& columns) {
  CsvWriter writer(names_of(columns));
  for (const Row& row : rows) writer.add_row(cells_of(row, columns));
  writer.save(file);
}

}  // namespace

std::vector<TrackRow> load_tracks(const fs::path& file) {
  if (!fs::exists(file)) return {};
  const CsvTable table = read_csv(file);
  const std::vector<std::string> fixed = names_of(track_columns());
  std::vector<TrackRow> rows = rows_of(track_columns(), table, file);
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (std::ranges::find(fixed, table.columns[c]) != fixed.end()) continue;
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].labels[table.columns[c]] = table.rows[i][c];
  }
  return rows;
}

void save_tracks(const fs::path& file, const std::vector<TrackRow>& rows) {
  std::vector<std::string> names = names_of(track_columns());
  if (!rows.empty()) {
    for (const auto& [label, value] : rows.front().labels) names.push_back(label);
  }
  CsvWriter writer(std::move(names));
  for (const TrackRow& row : rows) {
    std::vector<std::string> cells = cells_of(row, track_columns());
    for (const auto& [label, value] : row.labels) cells.push_back(value);
    writer.add_row(cells);
  }
  writer.save(file);
}

std::vector<FailureRow> load_failures(const fs::path& file) { return load(file, failure_columns()); }
std::vector<LabelRow> load_main_labels(const fs::path& file) {
  if (!fs::exists(file)) return {};
  const CsvTable table = read_csv_head(file, [](const CsvTable& before, const std::vector<std::string>& row) {
    if (before.rows.empty()) return true;
    for (const char* column : {"view", "space", "method", "seed"}) {
      const std::optional<std::size_t> at = before.find(column);
      if (at && row[*at] != before.rows.front()[*at]) return false;
    }
    return true;
  });
  return rows_of(label_columns(), table, file);
}

std::vector<LabelRow> load_labels(const fs::path& file) { return load(file, label_columns()); }
std::vector<MapRow> load_map(const fs::path& file) { return load(file, map_columns()); }
std::vector<ScoreRow> load_scores(const fs::path& file) { return load(file, score_columns()); }
std::vector<CurveRow> load_curves(const fs::path& file) { return load(file, curve_columns()); }
std::vector<ReconstructionRow> load_reconstruction(const fs::path& file) {
  return load(file, reconstruction_columns());
}
std::vector<CrossModalRow> load_cross_modal(const fs::path& file) { return load(file, cross_modal_columns()); }
std::vector<LyricsRow> load_lyrics(const fs::path& file) { return load(file, lyrics_columns()); }
std::vector<ClusteringRow> load_clusterings(const fs::path& file) { return load(file, clustering_columns()); }
std::vector<CandidateRow> load_candidates(const fs::path& file) { return load(file, candidate_columns()); }
std::vector<ComparisonRow> load_comparisons(const fs::path& file) { return load(file, comparison_columns()); }

void save_failures(const fs::path& file, const std::vector<FailureRow>& rows) { save(file, rows, failure_columns()); }
void save_labels(const fs::path& file, const std::vector<LabelRow>& rows) { save(file, rows, label_columns()); }
void save_map(const fs::path& file, const std::vector<MapRow>& rows) { save(file, rows, map_columns()); }
void save_scores(const fs::path& file, const std::vector<ScoreRow>& rows) { save(file, rows, score_columns()); }
void save_curves(const fs::path& file, const std::vector<CurveRow>& rows) { save(file, rows, curve_columns()); }
void save_lyrics(const fs::path& file, const std::vector<LyricsRow>& rows) { save(file, rows, lyrics_columns()); }
std::vector<HeldOutRow> load_held_out(const fs::path& file) { return load(file, held_out_columns()); }
void save_held_out(const fs::path& file, const std::vector<HeldOutRow>& rows) { save(file, rows, held_out_columns()); }
void save_reconstruction(const fs::path& file, const std::vector<ReconstructionRow>& rows) {
  save(file, rows, reconstruction_columns());
}
void save_cross_modal(const fs::path& file, const std::vector<CrossModalRow>& rows) {
  save(file, rows, cross_modal_columns());
}
void save_clusterings(const fs::path& file, const std::vector<ClusteringRow>& rows) {
  save(file, rows, clustering_columns());
}
void save_candidates(const fs::path& file, const std::vector<CandidateRow>& rows) {
  save(file, rows, candidate_columns());
}
void save_comparisons(const fs::path& file, const std::vector<ComparisonRow>& rows) {
  save(file, rows, comparison_columns());
}

}  // namespace songmap::run
