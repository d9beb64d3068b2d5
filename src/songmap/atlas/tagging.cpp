#include "songmap/atlas/tagging.h"

#include <functional>

#include "songmap/core/error.h"
#include "songmap/core/utf8.h"
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

TagReport plan_groups(const Atlas& atlas, const Execution& run) {
  TagReport report;
  double done = 0;
  for (const AtlasTrack& track : atlas.tracks()) {
    const std::filesystem::path file = atlas.file_of(track);
    const std::string wanted = track.cluster == kNoise ? std::string() : atlas.group_title(track.cluster);
    attempt(report, file, [&] {
      const std::string present = library::read_field(file, kGroupField);
      if (present != wanted) report.changes.push_back({file, present, wanted});
    });
    run.report({"tags", ++done, static_cast<double>(atlas.tracks().size()), "files"});
  }
  return report;
}

TagReport write_groups(Atlas& atlas, const Execution& run) {
  TagReport plan = plan_groups(atlas, run);
  TagReport report;
  report.failures = std::move(plan.failures);
  for (const TagChange& change : plan.changes) {
    attempt(report, change.file, [&] {
      // Kept first: a kill between the two leaves a value to restore that is the one that stands there.
      atlas.state().keep_overwritten_tag(change.file.string(), change.before);
      library::write_field(change.file, kGroupField, change.after);
      report.changes.push_back(change);
    });
  }
  return report;
}

TagReport plan_restore(Atlas& atlas) {
  TagReport report;
  for (const auto& [path, value] : atlas.state().overwritten_tags()) {
    attempt(report, path, [&] { report.changes.push_back({path, library::read_field(path, kGroupField), value}); });
  }
  return report;
}

TagReport restore_tags(Atlas& atlas) {
  TagReport plan = plan_restore(atlas);
  TagReport report;
  report.failures = std::move(plan.failures);
  for (const TagChange& change : plan.changes) {
    attempt(report, change.file, [&] {
      library::write_field(change.file, kGroupField, change.after);
      atlas.state().forget_overwritten_tag(change.file.string());
      report.changes.push_back(change);
    });
  }
  return report;
}

}  // namespace songmap::atlas
