#include "collection.h"

#include <fmt/format.h>

#include "songmap/report/report.h"
#include "songmap/run/manifest.h"
#include "summary.h"
#include "terminal.h"

namespace songmap::cli {

run::ExtractRequest extract_request(const InputSettings& input, const PresetSettings& preset,
                                    const CommonSettings& common, Terminal& terminal) {
  run::ExtractRequest request;
  request.input = input.input;
  request.output = input.output_folder();
  request.store = input.store;
  request.preset = preset.preset;
  request.options = preset.resolve(common);
  request.protocol = preset.protocol.empty() ? run::default_protocol(preset.preset) : preset.protocol;
  if (!input.columns.empty()) run::set_option(request.options, "features.columns", input.columns, "--features");
  request.lyrics_tables.assign(input.lyrics_tables.begin(), input.lyrics_tables.end());
  request.audio_embedding = input.audio_embedding;
  request.audio_model = input.audio_model;
  request.audio_model_options = input.audio_model_options();
  request.lyrics_embedding = input.lyrics_embedding;
  request.label_from = input.label_from;
  request.seed = preset.seed;
  request.retry_failed = input.retry_failed;
  request.command_line = terminal.command_line();
  request.version = SONGMAP_VERSION;
  return request;
}

ExitCode outcome(const run::RunFolder& folder, Terminal& terminal) {
  const run::InputRecord input = run::load_manifest(folder.manifest()).input;
  if (input.n_failures > 0) {
    terminal.note(fmt::format("{} of {} tracks failed: {} tells why", input.n_failures,
                              input.n_failures + input.n_tracks, folder.failures().string()));
  }
  if (input.n_lyrics_failures > 0) {
    terminal.note(
        fmt::format("{} of lyrics could not be used: {} tells why",
                    input.n_lyrics_failures == 1 ? "1 text" : fmt::format("{} texts", input.n_lyrics_failures),
                    folder.failures().string()));
  }
  return input.n_failures + input.n_lyrics_failures > 0 ? kDoneWithFailures : kDone;
}

ExitCode run_everything(const run::ExtractRequest& request, const CommonSettings& common, Terminal& terminal) {
  const run::StageContext context = common.context(terminal);
  const run::RunFolder folder = run::extract_stage(request, context);
  run::train_stage(folder, request.options, context);
  const run::RunOptions options = run::options_of(folder);
  run::cluster_stage(folder, options, context);
  run::score_stage(folder, options, context);
  run::project_stage(folder, options, context);
  report::make_report(folder, context);
  terminal.data(common.json ? summary_json(folder) : summary_text(folder));
  return outcome(folder, terminal);
}

}  // namespace songmap::cli
