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

/// Every stage in a row, then the summary on stdout.
[[nodiscard]] ExitCode run_everything(const run::ExtractRequest& request, const CommonSettings& common,
                                      Terminal& terminal);

}  // namespace songmap::cli
