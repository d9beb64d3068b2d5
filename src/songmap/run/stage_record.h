#pragma once

#include <chrono>
#include <string>

#include "songmap/run/manifest.h"
#include "songmap/run/stages.h"

namespace songmap::run {

/// One stage at work: the manifest as the earlier stages left it, without what an earlier pass of this stage said.
class StageRecord {
 public:
  StageRecord(const RunFolder& folder, std::string stage, const StageContext& context);

  [[nodiscard]] Manifest& manifest() { return manifest_; }
  void warn(const std::string& sentence);
  void note(const std::string& sentence);

  /// Notes time and options, and saves the manifest.
  void finish(const RunOptions& options);

 private:
  RunFolder folder_;
  std::string stage_;
  const StageContext& context_;
  Manifest manifest_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace songmap::run
