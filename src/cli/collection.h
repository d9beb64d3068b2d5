#pragma once

#include "command.h"
#include "settings.h"
#include "songmap/run/run_folder.h"
#include "songmap/run/stages.h"

/// What the commands that begin with a collection share.
namespace songmap::cli {

[[nodiscard]] run::ExtractRequest extract_request(const InputSettings& input, const PresetSettings& preset,
                                                  const CommonSettings& common, Terminal& terminal);

/// 0, or 3 when some tracks failed, which the last line on stderr counts.
[[nodiscard]] ExitCode outcome(const run::RunFolder& folder, Terminal& terminal);

/// Every stage in a row, then the summary on stdout. In the folder of a library (something was added or decided there),
/// and with `refit` in that of any finished run, groups keep their numbers and maps their orientation where their
/// tracks are, and tracks that were added from elsewhere belong to it from now on.
[[nodiscard]] ExitCode run_everything(run::ExtractRequest request, bool refit, const CommonSettings& common,
                                      Terminal& terminal);

/// The same, or, where the folder holds a finished run of the same collection and options and it is not to be fitted
/// anew, only what is new.
[[nodiscard]] ExitCode run_collection(const run::ExtractRequest& request, bool refit, const CommonSettings& common,
                                      Terminal& terminal);

}  // namespace songmap::cli
