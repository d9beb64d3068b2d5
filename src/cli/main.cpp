#include "arguments.h"
#include "command.h"

int main(int argc, char** argv) { return songmap::cli::run_command_line(argc, argv, songmap::cli::all_commands()); }
