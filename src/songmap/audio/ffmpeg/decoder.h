#pragma once

#include <filesystem>

#include "songmap/audio/decode.h"

namespace songmap::audio::ffmpeg {

/// The work of audio::decode.
[[nodiscard]] DecodeReport decode(const std::filesystem::path& path, const DecodeOptions& options, SampleSink& sink);

}  // namespace songmap::audio::ffmpeg
