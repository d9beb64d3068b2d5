#pragma once

#include <vector>

#include "songmap/run/preset.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/tables.h"

namespace songmap::run {

/// Decides the number of clusters and notes it in the manifest with its source: given, from the labels (the study), or
/// by the gap statistic, which comes with candidates.csv; never more than the data can bear. Warns of what weakens
/// scores with so many groups.
///
/// The views of language and content have numbers of their own (Manifest::view_clusters): the languages that were
/// found, unless cluster.n_languages gives them; for the content what was given for the sound, or came from the labels,
/// else the gap statistic in the view's first space.
void choose_n_clusters(StageRecord& record, const RunFolder& folder, const RunOptions& options,
                       const std::vector<TrackRow>& tracks, const StageContext& context);

}  // namespace songmap::run
