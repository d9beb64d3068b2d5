#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace songmap::figures {

/// The gnuplot found in PATH. Without it no figure can be drawn; everything else of songmap works.
[[nodiscard]] std::optional<std::filesystem::path> find_gnuplot();

/// True when figures can be drawn here.
[[nodiscard]] inline bool available() { return find_gnuplot().has_value(); }

/// Runs `script` and returns what it writes to its standard output: the picture. The user's own gnuplot settings are
/// not read, so that a picture depends on the script alone.
/// @throws IoError  gnuplot is not in PATH, cannot be started, or fails: with its message.
[[nodiscard]] std::string run_gnuplot(std::string_view script);

}  // namespace songmap::figures
