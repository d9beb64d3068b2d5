#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <memory>
#include <new>

/// Owning handles for FFmpeg's objects.
namespace songmap::audio::ffmpeg {

struct Deleter {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
  void operator()(AVFormatContext* container) const { avformat_close_input(&container); }
  void operator()(AVIOContext* io) const {
    av_freep(&io->buffer);
    avio_context_free(&io);
  }
};

template <typename T>
using Handle = std::unique_ptr<T, Deleter>;

/// Takes what an FFmpeg allocator returned. @throws std::bad_alloc  it returned null.
template <typename T>
[[nodiscard]] Handle<T> owned(T* allocated) {
  if (allocated == nullptr) throw std::bad_alloc();
  return Handle<T>(allocated);
}

}  // namespace songmap::audio::ffmpeg
