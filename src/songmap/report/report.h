#pragma once

#include "songmap/run/run_folder.h"
#include "songmap/run/stages.h"

namespace songmap::report {

/// The last stage of a run: draws its figures and writes its report, from the run's files alone. Without gnuplot it
/// warns that there will be no pictures, and writes the report without them.
/// @throws IoError, FormatError  a file of the run is not what it should be or cannot be written.
/// @throws Cancelled
void make_report(const run::RunFolder& folder, const run::StageContext& context);

/// Writes report.html into the run folder: one file that needs nothing else (pictures inside, no script, nothing
/// fetched), for a reader who knows neither songmap nor clustering. Tells what was done, what was found and how far to
/// trust it, all computed from the folder's files; what is missing there is left out. Pictures are those that
/// draw_figures made.
/// @throws IoError      the folder does not exist, or a file cannot be read or written.
/// @throws FormatError  a file of the run is not what it should be.
void write_report(const run::RunFolder& folder);

}  // namespace songmap::report
