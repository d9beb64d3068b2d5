#include "songmap/run/lyrics_pairing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/core/text_file.h"
#include "songmap/library/lyrics_table.h"
#include "songmap/lyrics/language.h"
#include "songmap/lyrics/text.h"
#include "songmap/lyrics/words.h"

namespace songmap::run {
namespace {

/// A text that may become a track's lyrics.
struct Candidate {
  std::string bytes;
  std::string source;
  std::string language;  ///< As a table says; empty: not told.
  std::string where;     ///< For messages: "file", "words.csv, line 7".
};

/// All lyrics tables of a run, by what they can be joined by.
struct Tables {
  std::map<std::string, Candidate> by_track;  ///< track_id or path.
  std::vector<Candidate> in_turn;             ///< Every row, in file order.
};

/// How many rows of a table are of tracks that are here; a sentence where they are not all.
void tell_of_matches(const std::filesystem::path& file, const library::LyricsTable& table,
                     const std::vector<TrackRow>& tracks, PairedLyrics& result) {
  std::set<std::string> known;
  for (const TrackRow& track : tracks) known.insert({track.track_id, track.path});
  const std::size_t n = table.rows.size();
  const auto here = static_cast<std::size_t>(
      std::ranges::count_if(table.rows, [&](const library::LyricsTableRow& row) { return known.contains(row.id); }));
  if (here == n) return;
  const std::string whose = fmt::format("of its {} {}s", n, table.id_column);
  if (here > 0 || tracks.empty()) {
    result.notes.push_back(
        fmt::format("{}: {} {} {} a track's here.", quoted(file), here, whose, here == 1 ? "is" : "are"));
    return;
  }
  const TrackRow& first = tracks.front();
  result.warnings.push_back(fmt::format(
      "{}: none {} is a track's here (its first is '{}', that of the first track '{}'), so no lyrics come from it.",
      quoted(file), whose, table.rows.front().id, table.id_column == "path" ? first.path : first.track_id));
}

Tables read_tables(const std::vector<std::filesystem::path>& files, const std::string& pairing,
                   const std::vector<TrackRow>& tracks, PairedLyrics& result) {
  Tables tables;
  for (const std::filesystem::path& file : files) {
    const library::LyricsTable table = library::read_lyrics_table(file);
    for (const library::Failure& failure : table.failures) {
      result.failures.push_back({failure.track_id, failure.path, "lyrics", failure.reason});
    }
    if (table.rows.empty()) {
      result.warnings.push_back(fmt::format("{} has no lyrics in any of its rows.", quoted(file)));
      continue;
    }
    if (pairing == "track" && !table.joined_by_track) {
      result.warnings.push_back(
          fmt::format("{} has no column track_id or path, so nobody knows which lyrics belong to which track: it is "
                      "left aside. The study gave its rows to the tracks in turn (--set lyrics.pairing=cycle).",
                      quoted(file)));
      continue;
    }
    if (pairing == "track") tell_of_matches(file, table, tracks, result);
    for (const library::LyricsTableRow& row : table.rows) {
      Candidate candidate{row.lyrics, "table", row.language,
                          fmt::format("{}, line {}", quoted(file.filename()), row.line)};
      if (table.joined_by_track && !row.id.empty()) tables.by_track.emplace(row.id, candidate);
      tables.in_turn.push_back(std::move(candidate));
    }
  }
  return tables;
}

/// Texts that may become the lyrics of track i: the first that can be used does.
std::vector<Candidate> candidates_of(std::size_t i, const TrackRow& track, const std::vector<OwnLyrics>& own,
                                     const Tables& tables, bool in_turn) {
  if (in_turn) return {tables.in_turn[i % tables.in_turn.size()]};
  std::vector<Candidate> result;
  if (!own.empty() && !own[i].source.empty()) result.push_back({own[i].bytes, own[i].source, {}, own[i].source});
  for (const std::string& id : {track.track_id, track.path}) {
    const auto found = tables.by_track.find(id);
    if (found == tables.by_track.end()) continue;
    result.push_back(found->second);
    break;
  }
  return result;
}

std::string table_word(std::size_t n) { return n == 1 ? "table" : "tables"; }

}  // namespace

PairedLyrics pair_lyrics(const std::vector<TrackRow>& tracks, const std::vector<OwnLyrics>& own,
                         const std::vector<std::filesystem::path>& files, const std::string& pairing) {
  PairedLyrics result;
  const Tables tables = read_tables(files, pairing, tracks, result);
  const bool in_turn = pairing == "cycle" && !tables.in_turn.empty();
  std::vector<std::string> long_texts;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    for (const Candidate& candidate : candidates_of(i, tracks[i], own, tables, in_turn)) {
      const lyrics::LyricsText cleaned = lyrics::clean_lyrics(candidate.bytes);
      const std::size_t n_words = cleaned.problem.empty() ? lyrics::words(cleaned.text).size() : 0;
      if (n_words == 0) {
        const std::string reason = cleaned.problem.empty() ? "there is no word in it" : cleaned.problem;
        result.failures.push_back({tracks[i].track_id, tracks[i].path, "lyrics",
                                   fmt::format("the lyrics ({}) cannot be used: {}", candidate.where, reason)});
        continue;
      }
      const std::string language =
          candidate.language.empty() ? lyrics::detect_language(cleaned.text) : candidate.language;
      if (cleaned.truncated) long_texts.push_back(tracks[i].path);
      ++result.record.languages[language];
      result.rows.push_back({tracks[i].track_id, candidate.source, language, n_words, cleaned.text});
      break;
    }
  }
  result.record.n_tracks = result.rows.size();
  if (!long_texts.empty()) {
    result.notes.push_back(
        fmt::format("The lyrics of {} {} are longer than {} kB, and what goes beyond is left out: {}{}.",
                    long_texts.size(), long_texts.size() == 1 ? "track" : "tracks", lyrics::kMaxLyricsTextBytes >> 10,
                    long_texts.front(), long_texts.size() > 1 ? " …" : ""));
  }
  if (!result.rows.empty()) result.record.pairing = in_turn ? "cycle" : "track";
  if (in_turn) {
    result.warnings.push_back(fmt::format(
        "Lyrics were given to the tracks in turn, from {} rows of {} {}, as the study did: they are not the words of "
        "these songs, and hybrid results say nothing about words and music together.",
        tables.in_turn.size(), files.size(), table_word(files.size())));
  } else if (pairing == "cycle" && !result.rows.empty()) {
    result.notes.push_back(
        "The study gives the rows of a table of lyrics to the tracks in turn; no table was given (--lyrics-table), so "
        "each track has its own lyrics.");
  }
  if (!result.failures.empty()) {
    result.warnings.push_back(fmt::format("{} {} could not be used, the first because: {}", result.failures.size(),
                                          result.failures.size() == 1 ? "text of lyrics" : "texts of lyrics",
                                          result.failures.front().reason));
  }
  return result;
}

void add_lyrics_language(const std::vector<LyricsRow>& lyrics, std::size_t fewest, std::vector<TrackRow>& tracks) {
  std::map<std::string, std::string> language_of;
  std::set<std::string> languages;
  for (const LyricsRow& row : lyrics) {
    if (row.language == "unknown") continue;
    language_of[row.track_id] = row.language;
    languages.insert(row.language);
  }
  const auto has_language = [](const TrackRow& track) {
    const auto found = track.labels.find("language");
    return found != track.labels.end() && !found->second.empty();
  };
  if (languages.size() < 2 || language_of.size() < fewest || std::ranges::any_of(tracks, has_language)) return;
  for (TrackRow& track : tracks) {
    const auto found = language_of.find(track.track_id);
    track.labels[kLyricsLanguage] = found == language_of.end() ? "" : found->second;
  }
}

std::vector<std::pair<std::string, std::string>> named_tables(const std::vector<std::filesystem::path>& tables) {
  std::vector<std::pair<std::string, std::string>> named;
  for (const std::filesystem::path& table : tables) {
    named.emplace_back(std::filesystem::absolute(table).lexically_normal().string(), content_hash(read_file(table)));
  }
  return named;
}

}  // namespace songmap::run
