#include "songmap/atlas/tagging.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <optional>
#include <set>

#include "songmap/atlas/sound.h"
#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
#include "songmap/features/extract.h"
#include "songmap/library/scan.h"
#include "songmap/library/store.h"
#include "songmap/library/tags.h"

namespace songmap::atlas {
namespace {

/// Calls `work` for one file; what it throws is a failure of that file alone.
void attempt(TagReport& report, const std::filesystem::path& file, const std::function<void()>& work) {
  try {
    work();
  } catch (const IoError& error) {
    report.failures.push_back({"", utf8::repaired(file.native()), "tags", error.what()});
  }
}

}  // namespace

void add_groups(const Atlas& atlas, TagValues& values) {
  for (std::size_t i = 0; i < atlas.tracks().size(); ++i) {
    const std::int32_t group = atlas.tracks()[i].cluster;
    values[i][kGroupField] = group == kNoise ? "" : atlas.group_title(group);
  }
}

void add_moods(const Atlas& atlas, TagValues& values) {
  constexpr std::size_t kMostWords = 3;
  constexpr double kLeast = 1;
  const Sound sound(atlas);
  const std::vector<Descriptor> sides = sound.in_words();
  for (std::size_t i = 0; i < atlas.tracks().size(); ++i) {
    const std::optional<std::size_t> row = sound.row_of(atlas.tracks()[i]);
    if (!row) continue;
    std::string words;
    for (const Difference& one : unusual(sides, *row, kMostWords, kLeast)) {
      words += (words.empty() ? "" : ", ") + one.words;
    }
    values[i][kMoodField] = words;
  }
}

std::vector<library::Failure> add_tempos(const Atlas& atlas, const std::filesystem::path& store, TagValues& values,
                                         const Execution& run) {
  std::map<std::filesystem::path, std::size_t> track_of;
  std::vector<std::filesystem::path> files;
  for (std::size_t i = 0; i < atlas.tracks().size(); ++i) {
    files.push_back(std::filesystem::absolute(atlas.file_of(atlas.tracks()[i])).lexically_normal());
    track_of[files.back()] = i;
  }
  library::ScanResult scanned = library::scan_paths(files, atlas.root(), {}, run);
  std::vector<library::Failure> failures = std::move(scanned.failures);
  scanned.failures.clear();
  library::Store features_store = library::Store::open(store.empty() ? library::default_store_path() : store);
  features::ExtractOptions options;
  options.recipes = {"tempo"};
  const features::ExtractReport report = features::extract(scanned, features_store, options, run);
  failures.insert(failures.end(), report.failures.begin(), report.failures.end());
  if (report.tracks.empty()) return failures;
  const Matrix tempos = features::gather(report, features_store, "tempo");
  for (std::size_t i = 0; i < report.tracks.size(); ++i) {
    const auto track = track_of.find(report.tracks[i].track.path.lexically_normal());
    if (track == track_of.end() || !(tempos(i, 0) > 0)) continue;
    values[track->second][kTempoField] = fmt::format("{}", std::lround(tempos(i, 0)));
  }
  return failures;
}

TagReport plan_tags(const Atlas& atlas, const TagValues& values, const Execution& run) {
  TagReport report;
  double done = 0;
  for (const auto& [track, fields] : values) {
    const std::filesystem::path file = atlas.file_of(atlas.tracks().at(track));
    attempt(report, file, [&] {
      for (const auto& [field, wanted] : fields) {
        const std::string present = library::read_field(file, field);
        if (present != wanted) report.changes.push_back({file, field, present, wanted});
      }
    });
    run.report({"tags", ++done, static_cast<double>(values.size()), "files"});
  }
  return report;
}

TagReport write_tags(Atlas& atlas, const TagValues& values, const Execution& run) {
  TagReport plan = plan_tags(atlas, values, run);
  TagReport report;
  report.failures = std::move(plan.failures);
  for (const TagChange& change : plan.changes) {
    attempt(report, change.file, [&] {
      // Kept first: a kill between the two leaves a value to restore that is the one that stands there.
      atlas.state().keep_overwritten_tag({change.file.string(), change.field, change.before});
      library::write_field(change.file, change.field, change.after);
      report.changes.push_back(change);
    });
  }
  return report;
}

TagReport plan_restore(const Atlas& atlas) {
  TagReport report;
  for (const OverwrittenTag& tag : atlas.state().overwritten_tags()) {
    attempt(report, tag.path, [&] {
      report.changes.push_back({tag.path, tag.field, library::read_field(tag.path, tag.field), tag.value});
    });
  }
  return report;
}

TagReport restore_tags(Atlas& atlas) {
  TagReport plan = plan_restore(atlas);
  TagReport report;
  report.failures = std::move(plan.failures);
  for (const TagChange& change : plan.changes) {
    attempt(report, change.file, [&] {
      library::write_field(change.file, change.field, change.after);
      atlas.state().forget_overwritten_tag({change.file.string(), change.field, change.after});
      report.changes.push_back(change);
    });
  }
  return report;
}

}  // namespace songmap::atlas
