#pragma once

#include <filesystem>

#include "songmap/core/matrix.h"

namespace songmap::audio {

/// Options of `encode`.
struct EncodeOptions {
  int bit_rate_bps = 128'000;  ///< Of MP3, Vorbis, Opus and AAC, both channels together; larger is truer and bigger.
  int bits_per_sample = 16;    ///< Of WAV (16, 24, or 32: floats as they are) and FLAC (16 or 24).
};

/// Writes `samples` `[frames, channels]` as an audio file whose format follows from the extension: .wav, .flac, .mp3,
/// .ogg (Vorbis), .opus, .m4a (AAC), whatever its case. Samples outside [-1, 1] are clipped, except in a WAV of
/// floats. The same input gives the same bytes. The file is written under a temporary name and then renamed.
/// @throws InvalidArgument  an unknown extension; no frames; channels outside 1 … 8; a rate, bit rate or sample size
///                          that the format does not have (Opus has 48,000, 24,000, 16,000, 12,000 and 8,000 Hz);
///                          a sample that is not finite, except in a WAV of floats.
/// @throws IoError          this FFmpeg lacks the encoder, or the file cannot be written.
void encode(const std::filesystem::path& path, MatrixView samples, int rate_hz, const EncodeOptions& options = {});

}  // namespace songmap::audio
