// The FFmpeg side of audio/encode: one encoder and one muxer an extension, frames filled by hand.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/error.h>
#include <libavutil/opt.h>
}

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "songmap/audio/encode.h"
#include "songmap/core/error.h"

namespace songmap::audio {
namespace {

struct Format {
  std::string_view extension;
  const char* muxer;
  const char* encoder;
  bool lossless;
};

constexpr std::array<Format, 7> kFormats = {{{".wav", "wav", "pcm_s16le", true},
                                             {".flac", "flac", "flac", true},
                                             {".mp3", "mp3", "libmp3lame", false},
                                             {".ogg", "ogg", "libvorbis", false},
                                             {".oga", "ogg", "libvorbis", false},
                                             {".opus", "opus", "libopus", false},
                                             {".m4a", "ipod", "aac", false}}};

Format format_of(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
  for (const Format& format : kFormats) {
    if (format.extension == extension) return format;
  }
  throw InvalidArgument("path: " + quoted(path) + " ends in none of .wav .flac .mp3 .ogg .opus .m4a");
}

/// What went wrong in words: FFmpeg's codes are negative.
int checked(int code, std::string_view action, const std::filesystem::path& path) {
  if (code >= 0) return code;
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(code, text.data(), text.size());
  throw IoError(fmt::format("cannot {} {}: {}", action, quoted(path), text.data()));
}

struct FormatContextCloser {
  void operator()(AVFormatContext* context) const {
    avio_closep(&context->pb);
    avformat_free_context(context);
  }
};
struct CodecContextCloser {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FrameCloser {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct PacketCloser {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

/// Encoder and sample format that hold samples of the asked size.
struct Choice {
  const AVCodec* codec;
  AVSampleFormat sample_format;
  int bits;
};

AVSampleFormat float_format(const AVCodec& codec) {
  for (const AVSampleFormat* at = codec.sample_fmts; at != nullptr && *at != AV_SAMPLE_FMT_NONE; ++at) {
    if (*at == AV_SAMPLE_FMT_FLTP || *at == AV_SAMPLE_FMT_FLT) return *at;
  }
  throw IoError(fmt::format("the encoder {} of this FFmpeg takes no float samples", codec.name));
}

Choice choose(const Format& format, const EncodeOptions& options) {
  std::string name = format.encoder;
  const int bits = options.bits_per_sample;
  if (format.lossless) {
    const bool wav = format.extension == ".wav";
    require(bits == 16 || bits == 24 || (wav && bits == 32),
            fmt::format("bits_per_sample: {} has {} bits, not {}", format.extension.substr(1),
                        wav ? "16, 24 or 32" : "16 or 24", bits));
    if (wav && bits == 24) name = "pcm_s24le";
    if (wav && bits == 32) name = "pcm_f32le";
  } else {
    require(options.bit_rate_bps >= 8'000 && options.bit_rate_bps <= 512'000,
            fmt::format("bit_rate_bps: {} is outside 8,000 … 512,000", options.bit_rate_bps));
  }
  const AVCodec* codec = avcodec_find_encoder_by_name(name.c_str());
  if (codec == nullptr) {
    throw IoError(fmt::format("this FFmpeg has no encoder {}, which {} files need: install an FFmpeg built with it",
                              name, format.extension));
  }
  if (!format.lossless) return {codec, float_format(*codec), 0};
  if (bits == 16) return {codec, AV_SAMPLE_FMT_S16, 16};
  return {codec, bits == 24 ? AV_SAMPLE_FMT_S32 : AV_SAMPLE_FMT_FLT, bits};
}

void require_rate(const AVCodec& codec, int rate_hz) {
  if (codec.supported_samplerates == nullptr) return;
  std::string known;
  for (const int* at = codec.supported_samplerates; *at != 0; ++at) {
    if (*at == rate_hz) return;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", *at);
  }
  throw InvalidArgument(fmt::format("rate_hz: {} takes {} Hz, not {}", codec.name, known, rate_hz));
}

std::unique_ptr<AVCodecContext, CodecContextCloser> open_encoder(const std::filesystem::path& path,
                                                                 const Format& format, std::size_t channels,
                                                                 int rate_hz, const EncodeOptions& options,
                                                                 bool global_header) {
  const Choice choice = choose(format, options);
  require_rate(*choice.codec, rate_hz);
  std::unique_ptr<AVCodecContext, CodecContextCloser> encoder(avcodec_alloc_context3(choice.codec));
  encoder->sample_rate = rate_hz;
  encoder->sample_fmt = choice.sample_format;
  encoder->time_base = {1, rate_hz};
  encoder->flags |= AV_CODEC_FLAG_BITEXACT | (global_header ? AV_CODEC_FLAG_GLOBAL_HEADER : 0);
  av_channel_layout_default(&encoder->ch_layout, static_cast<int>(channels));
  if (choice.bits == 24) encoder->bits_per_raw_sample = 24;
  if (!format.lossless) encoder->bit_rate = options.bit_rate_bps;
  // FFmpeg's AAC searches its quantisers for most of a second per 30 s of music; this search takes a third of that.
  if (choice.codec->id == AV_CODEC_ID_AAC) av_opt_set(encoder->priv_data, "aac_coder", "fast", 0);
  checked(avcodec_open2(encoder.get(), choice.codec, nullptr), "open the encoder for", path);
  return encoder;
}

template <class Sample, class Convert>
void fill(AVFrame& frame, MatrixView samples, std::size_t first, bool planar, Convert convert) {
  const std::size_t channels = samples.cols();
  const std::size_t stride = planar ? 1 : channels;
  for (std::size_t c = 0; c < channels; ++c) {
    auto* out = reinterpret_cast<Sample*>(frame.extended_data[planar ? c : 0]) + (planar ? 0 : c);
    for (int i = 0; i < frame.nb_samples; ++i) {
      out[static_cast<std::size_t>(i) * stride] = convert(samples(first + static_cast<std::size_t>(i), c));
    }
  }
}

float clipped(float value) { return std::clamp(value, -1.0F, 1.0F); }

void fill(AVFrame& frame, MatrixView samples, std::size_t first, bool as_they_are) {
  const auto sample_format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(sample_format) != 0;
  switch (av_get_packed_sample_fmt(sample_format)) {
    case AV_SAMPLE_FMT_S16:
      fill<std::int16_t>(frame, samples, first, planar,
                         [](float v) { return static_cast<std::int16_t>(std::lrint(clipped(v) * 32767.0F)); });
      return;
    case AV_SAMPLE_FMT_S32:  // 24 bits in the upper three bytes
      fill<std::int32_t>(frame, samples, first, planar,
                         [](float v) { return static_cast<std::int32_t>(std::lrint(clipped(v) * 8388607.0)) * 256; });
      return;
    default:
      fill<float>(frame, samples, first, planar, [=](float v) { return as_they_are ? v : clipped(v); });
  }
}

class Writer {
 public:
  Writer(const std::filesystem::path& path, std::size_t channels, int rate_hz, const EncodeOptions& options)
      : path_(path), format_(format_of(path)), packet_(av_packet_alloc()) {
    av_log_set_level(AV_LOG_QUIET);  // errors are thrown; the library prints nothing
    AVFormatContext* context = nullptr;
    checked(avformat_alloc_output_context2(&context, nullptr, format_.muxer, nullptr), "write", path);
    container_.reset(context);
    container_->flags |= AVFMT_FLAG_BITEXACT;
    const bool global_header = (container_->oformat->flags & AVFMT_GLOBALHEADER) != 0;
    encoder_ = open_encoder(path, format_, channels, rate_hz, options, global_header);
    stream_ = avformat_new_stream(container_.get(), nullptr);
    checked(avcodec_parameters_from_context(stream_->codecpar, encoder_.get()), "write", path);
    stream_->time_base = encoder_->time_base;
    checked(avio_open(&container_->pb, ("file:" + path.string()).c_str(), AVIO_FLAG_WRITE), "open", path);
    checked(avformat_write_header(container_.get(), nullptr), "write", path);
  }

  void write(MatrixView samples) {
    const std::size_t block = encoder_->frame_size > 0 ? static_cast<std::size_t>(encoder_->frame_size) : 4096;
    for (std::size_t first = 0; first < samples.rows(); first += block) {
      const std::unique_ptr<AVFrame, FrameCloser> frame(av_frame_alloc());
      frame->format = encoder_->sample_fmt;
      frame->sample_rate = encoder_->sample_rate;
      frame->nb_samples = static_cast<int>(std::min(block, samples.rows() - first));
      frame->pts = static_cast<std::int64_t>(first);
      av_channel_layout_copy(&frame->ch_layout, &encoder_->ch_layout);
      checked(av_frame_get_buffer(frame.get(), 0), "encode", path_);
      fill(*frame, samples, first, encoder_->codec->id == AV_CODEC_ID_PCM_F32LE);
      send(frame.get());
    }
    send(nullptr);
    checked(av_write_trailer(container_.get()), "finish", path_);
    checked(avio_closep(&container_->pb), "finish", path_);
  }

 private:
  /// Null flushes the encoder.
  void send(const AVFrame* frame) {
    checked(avcodec_send_frame(encoder_.get(), frame), "encode", path_);
    while (true) {
      const int code = avcodec_receive_packet(encoder_.get(), packet_.get());
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return;
      checked(code, "encode", path_);
      packet_->stream_index = stream_->index;
      av_packet_rescale_ts(packet_.get(), encoder_->time_base, stream_->time_base);
      checked(av_interleaved_write_frame(container_.get(), packet_.get()), "write", path_);
    }
  }

  std::filesystem::path path_;
  Format format_;
  std::unique_ptr<AVFormatContext, FormatContextCloser> container_;
  std::unique_ptr<AVCodecContext, CodecContextCloser> encoder_;
  std::unique_ptr<AVPacket, PacketCloser> packet_;
  AVStream* stream_ = nullptr;
};

}  // namespace
}  // namespace songmap::audio

extern "C" __attribute__((visibility("default"))) void songmap_ffmpeg_encode(
    const std::filesystem::path& path, songmap::MatrixView samples, int rate_hz,
    const songmap::audio::EncodeOptions& options) {
  songmap::audio::Writer(path, samples.cols(), rate_hz, options).write(samples);
}
