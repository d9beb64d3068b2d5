#pragma once

#include "songmap/audio/decode.h"

namespace songmap::audio {

/// What the module songmap_ffmpeg offers to decode.cpp. Its arguments have been checked.
struct DecodeBackend {
  Identity (*identify)(const std::filesystem::path& path);
  DecodeReport (*decode)(const std::filesystem::path& path, const DecodeOptions& options, SampleSink& sink);
  std::string (*description)();
};

/// Name of the module's symbol that gives its DecodeBackend: `extern "C" const DecodeBackend* (*)()`.
inline constexpr char kDecodeBackendSymbol[] = "songmap_decode_backend";

}  // namespace songmap::audio
