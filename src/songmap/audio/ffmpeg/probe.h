#pragma once

#include <string>

#include "songmap/audio/ffmpeg/handles.h"
#include "songmap/audio/ffmpeg/source_file.h"

namespace songmap::audio::ffmpeg {

/// Which container `file` holds, from its first bytes after ID3v2 tags; the extension of `name` helps where they do not
/// tell. Null: none that FFmpeg knows.
[[nodiscard]] const AVInputFormat* probe_format(const SourceFile& file, const std::string& name);

}  // namespace songmap::audio::ffmpeg
