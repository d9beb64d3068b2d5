#include "songmap/audio/encode.h"

#include <fmt/format.h>

#include "songmap/core/error.h"
#include "songmap/core/plugin.h"
#include "songmap/core/text_file.h"

namespace songmap::audio {

void encode(const std::filesystem::path& path, MatrixView samples, int rate_hz, const EncodeOptions& options) {
  require(samples.rows() > 0, fmt::format("samples: there are none to write to {}", quoted(path)));
  require(samples.cols() >= 1 && samples.cols() <= 8,
          fmt::format("samples: {} channels; 1 to 8 can be written", samples.cols()));
  require(rate_hz > 0, fmt::format("rate_hz: {} is not above 0", rate_hz));
  const bool float_wav = options.bits_per_sample == 32;
  require(float_wav || all_finite(samples), "samples: a value is not finite");
  using Write = void(const std::filesystem::path&, MatrixView, int, const EncodeOptions&);
  auto* const write = reinterpret_cast<Write*>(plugin_symbol("songmap_ffmpeg", "songmap_ffmpeg_encode"));
  write_file_with(path, [&](const std::filesystem::path& temporary) { write(temporary, samples, rate_hz, options); });
}

}  // namespace songmap::audio
