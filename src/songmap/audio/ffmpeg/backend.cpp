#include "songmap/audio/backend.h"

extern "C" {
#include <libavutil/avutil.h>
#include <libavutil/log.h>
}
#include <soxr.h>

#include <string>

#include "songmap/audio/ffmpeg/decoder.h"
#include "songmap/audio/ffmpeg/identify.h"

namespace {

std::string description() { return std::string("FFmpeg ") + av_version_info() + ", soxr " + soxr_version(); }

}  // namespace

extern "C" __attribute__((visibility("default"))) const songmap::audio::DecodeBackend* songmap_decode_backend() {
  av_log_set_level(AV_LOG_QUIET);
  static constexpr songmap::audio::DecodeBackend kBackend{&songmap::audio::ffmpeg::identify,
                                                          &songmap::audio::ffmpeg::decode, &description};
  return &kBackend;
}
