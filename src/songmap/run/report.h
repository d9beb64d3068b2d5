#pragma once

#include <filesystem>

namespace songmap::run {

/// Writes report.html into the run folder: one file that needs nothing else (pictures inside, no script, nothing
/// fetched), for a reader who knows neither songmap nor clustering. Tells what was done, what was found and how far to
/// trust it, all computed from the folder's files; what is missing there is left out. Pictures are those that
/// draw_figures made.
/// @throws IoError      the folder does not exist, or a file cannot be read or written.
/// @throws FormatError  a file of the run is not what it should be.
void write_report(const std::filesystem::path& run_folder);

}  // namespace songmap::run
