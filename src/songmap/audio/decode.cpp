#include "songmap/audio/decode.h"

#include <fmt/format.h>

#include "songmap/audio/backend.h"
#include "songmap/core/error.h"
#include "songmap/core/plugin.h"

namespace songmap::audio {
namespace {

const DecodeBackend& backend() {
  using Door = const DecodeBackend* (*)();
  static const DecodeBackend& loaded = *reinterpret_cast<Door>(plugin_symbol("songmap_ffmpeg", kDecodeBackendSymbol))();
  return loaded;
}

void check(const DecodeOptions& options) {
  require(options.rate_hz >= 1000 && options.rate_hz <= 384000,
          fmt::format("rate_hz = {} is not in 1,000 … 384,000", options.rate_hz));
  require(options.limit_s >= 0, fmt::format("limit_s = {} is negative", options.limit_s));
  require(options.excerpts_over_s >= 1, fmt::format("excerpts_over_s = {} is below 1", options.excerpts_over_s));
  require(options.excerpt_s >= 1 && options.excerpt_s <= options.excerpts_over_s,
          fmt::format("excerpt_s = {} is not in 1 … excerpts_over_s = {}", options.excerpt_s, options.excerpts_over_s));
  require(options.known_length_s >= 0, fmt::format("known_length_s = {} is negative", options.known_length_s));
}

class Collector : public SampleSink {
 public:
  void begin_segment(double) override {}
  void samples(std::span<const float> mono) override { all.insert(all.end(), mono.begin(), mono.end()); }
  std::vector<float> all;
};

}  // namespace

Identity identify(const std::filesystem::path& path) { return backend().identify(path); }

DecodeReport decode(const std::filesystem::path& path, const DecodeOptions& options, SampleSink& sink) {
  check(options);
  return backend().decode(path, options, sink);
}

std::vector<float> decode_all(const std::filesystem::path& path, const DecodeOptions& options) {
  Collector collector;
  decode(path, options, collector);
  return std::move(collector.all);
}

std::string decoder_description() { return backend().description(); }

}  // namespace songmap::audio
