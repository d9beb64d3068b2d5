#include "commands.h"

namespace songmap::cli {

std::vector<std::unique_ptr<Command>> all_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(run_command());
  commands.push_back(demo_command());
  commands.push_back(scan_command());
  commands.push_back(extract_command());
  for (std::unique_ptr<Command>& command : stage_commands()) commands.push_back(std::move(command));
  commands.push_back(show_command());
  commands.push_back(explore_command());
  commands.push_back(compare_command());
  for (std::unique_ptr<Command>& command : atlas_commands()) commands.push_back(std::move(command));
  for (std::unique_ptr<Command>& command : export_commands()) commands.push_back(std::move(command));
  for (std::unique_ptr<Command>& command : walk_commands()) commands.push_back(std::move(command));
  for (std::unique_ptr<Command>& command : edit_commands()) commands.push_back(std::move(command));
  commands.push_back(groups_command());
  commands.push_back(explain_command());
  commands.push_back(misfits_command());
  commands.push_back(tag_command());
  commands.push_back(doctor_command());
  return commands;
}

}  // namespace songmap::cli
