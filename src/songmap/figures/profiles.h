#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace songmap::figures {

/// One item's original values beside their reconstruction.
struct ProfilePanel {
  std::string title = {};
  std::string note = {};  ///< Beside the title, e.g. the error.
  std::vector<float> original = {};
  std::vector<float> reconstruction = {};  ///< As long as `original`.
};

struct ProfilesOptions {
  std::string title = {};
  std::string subtitle = {};
  std::string x_label = {};
};

/// Items one below the other on a common scale: the original as grey steps, the reconstruction as a line over them.
/// The scale is that of most values; the largest few run out of their panel. Values that are not finite make gaps.
/// Writes NAME.svg and NAME.png.
/// @throws InvalidArgument  no panel, an empty one, or two rows of different lengths.
/// @throws IoError
void draw_profiles(const std::filesystem::path& without_extension, const std::vector<ProfilePanel>& panels,
                   const ProfilesOptions& options);

}  // namespace songmap::figures
