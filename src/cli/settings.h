#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/execution.h"
#include "songmap/model/script_model.h"
#include "songmap/run/preset.h"
#include "songmap/run/stages.h"

namespace songmap::cli {

class Arguments;
class Terminal;

/// What most commands take: how loud, how many threads, and which options to change.
struct CommonSettings {
  std::uint64_t threads = 0;
  bool quiet = false;
  bool json = false;
  std::string config;
  std::vector<std::string> assignments;

  void declare(Arguments& arguments);
  /// `--config` and `--set`, in this order, over the present values.
  void apply(run::RunOptions& options) const;
  [[nodiscard]] run::StageContext context(Terminal& terminal) const;
};

/// What decides how a collection is read: for `run`, `scan` and `extract`.
struct InputSettings {
  std::string input;
  std::string output;
  std::string store;
  std::string label_from;
  std::string columns;
  bool retry_failed = false;
  std::vector<std::string> lyrics_tables;
  std::string audio_embedding;
  std::string audio_model;
  std::uint64_t audio_model_rate = 0;
  std::string audio_model_window;
  std::string lyrics_embedding;

  void declare(Arguments& arguments, bool with_output);
  /// @throws InvalidArgument  a rate or a window that is no such thing.
  [[nodiscard]] model::ScriptOptions audio_model_options() const;
  /// `-o`, or songmap-out/<name of the input>.
  [[nodiscard]] std::filesystem::path output_folder() const;
};

/// How tracks are grouped: for whatever makes groups.
struct GroupingSettings {
  std::string clusters;  ///< A number, or auto.
  std::string methods;

  void declare(Arguments& arguments);
  void apply(run::RunOptions& options) const;
};

/// What decides what is computed from it: for `run`, `extract` and `demo`.
struct PresetSettings {
  std::string preset = "default";
  std::string protocol;
  std::uint64_t seed = 0;
  GroupingSettings grouping;
  std::string condition;
  std::uint64_t seeds = 0;
  std::string device;

  void declare(Arguments& arguments);
  /// The preset, then --config and --set, then --clusters, --seeds, --condition and --device.
  [[nodiscard]] run::RunOptions resolve(const CommonSettings& common) const;
};

/// Help on every option that --set and --config know, with its value in the given options.
[[nodiscard]] std::string options_help();

}  // namespace songmap::cli
