#pragma once

#include <filesystem>

#include "songmap/audio/decode.h"

namespace songmap::audio::ffmpeg {

/// The work of audio::identify.
[[nodiscard]] Identity identify(const std::filesystem::path& path);

}  // namespace songmap::audio::ffmpeg
