#pragma once

#include <memory>
#include <vector>

#include "command.h"

/// The commands of the program, a unit each (the stages of an existing run share one).
namespace songmap::cli {

[[nodiscard]] std::unique_ptr<Command> run_command();
[[nodiscard]] std::unique_ptr<Command> demo_command();
[[nodiscard]] std::unique_ptr<Command> scan_command();
[[nodiscard]] std::unique_ptr<Command> extract_command();
/// `train`, `cluster`, `score`, `project` and `report`: one stage of an existing run each.
[[nodiscard]] std::vector<std::unique_ptr<Command>> stage_commands();
[[nodiscard]] std::unique_ptr<Command> compare_command();
/// `add`, `refit`, `diff`, `duplicates` and `rename`: what is done with a finished run.
[[nodiscard]] std::vector<std::unique_ptr<Command>> atlas_commands();
/// `playlists` and `export`: what other programs read.
[[nodiscard]] std::vector<std::unique_ptr<Command>> export_commands();
/// `similar`, `path` and `radio`: ways through its tracks.
[[nodiscard]] std::vector<std::unique_ptr<Command>> walk_commands();
/// `merge`, `split`, `move`, `lock`, `unlock` and `exclude`: what people decide on groups.
[[nodiscard]] std::vector<std::unique_ptr<Command>> edit_commands();
[[nodiscard]] std::unique_ptr<Command> explain_command();
[[nodiscard]] std::unique_ptr<Command> explore_command();
[[nodiscard]] std::unique_ptr<Command> misfits_command();
[[nodiscard]] std::unique_ptr<Command> groups_command();
[[nodiscard]] std::unique_ptr<Command> show_command();
[[nodiscard]] std::unique_ptr<Command> tag_command();
[[nodiscard]] std::unique_ptr<Command> doctor_command();

}  // namespace songmap::cli
