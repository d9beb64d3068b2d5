#include "songmap/run/stage_record.h"

#include "songmap/core/error.h"

namespace songmap::run {

StageRecord::StageRecord(const RunFolder& folder, std::string stage, const StageContext& context)
    : folder_(folder), stage_(std::move(stage)), context_(context), manifest_(load_manifest(folder.manifest())) {
  manifest_.warnings.erase(stage_);
  manifest_.notes.erase(stage_);
}

void StageRecord::warn(const std::string& sentence) {
  manifest_.warnings[stage_].push_back(sentence);
  if (context_.warn) context_.warn(sentence);
}

void StageRecord::note(const std::string& sentence) {
  manifest_.notes[stage_].push_back(sentence);
  if (context_.note) context_.note(sentence);
}

void StageRecord::finish(const RunOptions& options) {
  manifest_.options = resolved(options);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
  manifest_.stage_seconds[stage_] = spent.count();
  save_manifest(folder_.manifest(), manifest_);
}

RunOptions options_of(const RunFolder& folder) {
  RunOptions options;
  for (const auto& [name, value] : load_manifest(folder.manifest()).options) {
    set_option(options, name, value, quoted(folder.manifest()));
  }
  return options;
}

}  // namespace songmap::run
