#include <fmt/format.h>
#include <fmt/ranges.h>

#include "songmap/run/geometry_scores.h"
#include "songmap/run/label_scores.h"
#include "songmap/run/lyrics_control.h"
#include "songmap/run/scored_methods.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/study_tables.h"
#include "songmap/run/tables.h"

namespace songmap::run {

void score_stage(const RunFolder& folder, const RunOptions& options, const StageContext& context) {
  StageRecord record(folder, "score", context);
  const Manifest& manifest = record.manifest();
  const std::vector<TrackRow> tracks = load_tracks(folder.tracks());
  const std::vector<ScoredMethod> methods = load_scored_methods(folder, manifest, tracks);

  std::vector<ScoreRow> scores = geometry_scores(folder, manifest, methods, options, context);
  LabelScores agreement = label_scores(manifest, tracks, methods, options, context);
  const std::vector<ScoreRow> control = shuffled_lyrics_scores(folder, manifest, tracks, methods, options, context);
  if (const auto spaces = spaces_without_control(manifest); !spaces.empty() && options.evaluation.shuffles > 0) {
    record.note(
        fmt::format("The words of other tracks are no control of {}: what learned sound and words together would have "
                    "to be trained "
                    "again for each pairing.",
                    fmt::join(spaces, ", ")));
  }
  scores.insert(scores.end(), agreement.scores.begin(), agreement.scores.end());
  scores.insert(scores.end(), control.begin(), control.end());
  save_scores(folder.scores(), scores);
  save_comparisons(folder.comparisons(), agreement.comparisons);
  save_study_results(folder, manifest, scores);
  record.finish(options);
}

}  // namespace songmap::run
