#include "songmap/audio/ffmpeg/stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <vector>

#include "songmap/audio/ffmpeg/probe.h"
#include "songmap/core/error.h"

namespace songmap::audio::ffmpeg {
namespace {

constexpr std::int64_t kProbeBytes = std::int64_t{1} << 20;
constexpr std::int64_t kAnalyzeMicroseconds = 2'000'000;
// A demuxer that reports so many errors in a row is not going to find its way back.
constexpr int kErrorsInARow = 64;
// A seek that lands outside of this stretch around its target is taken for a mistake of the container's index.
constexpr double kSeekLateS = 0.1;
constexpr double kSeekEarlyS = 30;

// Demuxers whose "file" is a list or description of other places, or a picture. Opening anything else than the file
// itself is refused besides (no_other_file), so the list only makes the message clear.
constexpr std::array<std::string_view, 12> kNotAudio = {
    "hls",    "concat", "dash",       "sdp",         "rtsp", "imf", "webm_dash_manifest",
    "image2", "tty",    "ffmetadata", "vapoursynth", "lrc"};

int no_other_file(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EPERM); }

std::string explain(int error) {
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(error, text.data(), text.size());
  return text.data();
}

bool has_tag(std::uint32_t tag, const char (&name)[5]) { return tag == MKTAG(name[0], name[1], name[2], name[3]); }

// Seconds that a RIFF header claims beyond what the file holds; 0 when it does not. FFmpeg itself passes over a size
// that the file does not have. Programs that write into a pipe leave the largest size they can think of: that is no
// claim.
double riff_claim_s(const SourceFile& file, const AVCodecParameters& parameters) {
  constexpr std::uint32_t kPlaceholder = 0x7fff0000;
  const std::vector<std::uint8_t> head = file.peek(0, 8);
  if (head.size() < 8 || !std::equal(head.begin(), head.begin() + 4, "RIFF") || parameters.bit_rate <= 0) return 0;
  std::uint32_t bytes = 0;
  for (int i = 3; i >= 0; --i) bytes = bytes << 8 | head[4 + static_cast<std::size_t>(i)];
  if (bytes >= kPlaceholder || bytes + std::int64_t{8} <= file.size()) return 0;
  return static_cast<double>(bytes) * 8 / static_cast<double>(parameters.bit_rate);
}

}  // namespace

Stream::Stream(const std::filesystem::path& path) : path_(path), file_(path), packet_(owned(av_packet_alloc())) {
  open();
  choose_stream();
  refuse_encrypted();
}

void Stream::fail(const std::string& reason) const {
  throw DecodeError(fmt::format("cannot decode {}: {}", quoted(path_), reason));
}

void Stream::open() {
  // The name only lends its extension to the guess of the format; nothing is opened by it.
  const std::string name = "file:" + path_.native();
  const AVInputFormat* format = probe_format(file_, name);
  if (format == nullptr) fail("no known audio format");
  const std::string_view format_name = format->name;
  if (std::ranges::find(kNotAudio, format_name) != kNotAudio.end() || format_name.ends_with("_pipe")) {
    fail(fmt::format("it is not audio (FFmpeg takes it for {})", format_name));
  }
  AVFormatContext* raw = avformat_alloc_context();
  if (raw == nullptr) throw std::bad_alloc();
  raw->pb = file_.io();
  raw->io_open = no_other_file;
  raw->flags |= AVFMT_FLAG_CUSTOM_IO;
  raw->probesize = kProbeBytes;
  // PCM in a WAV file may hide DTS, which four packets show; FFmpeg's own 32 cost more than decoding the file.
  raw->max_probe_packets = 4;
  raw->max_analyze_duration = kAnalyzeMicroseconds;
  AVDictionary* settings = nullptr;
  av_dict_set(&settings, "protocol_whitelist", "file", 0);
  const int opened = avformat_open_input(&raw, name.c_str(), format, &settings);  // frees raw when it fails
  av_dict_free(&settings);
  if (opened < 0) fail(fmt::format("its {} header cannot be read ({})", format_name, explain(opened)));
  container_ = owned(raw);
}

// Cover art is a video stream, and FFmpeg would decode the picture to learn its size: that takes longer than decoding
// half a minute of music. As nameless data it is passed over.
void Stream::hide_pictures() {
  for (unsigned i = 0; i < container_->nb_streams; ++i) {
    AVStream& other = *container_->streams[i];
    if (other.codecpar->codec_type == AVMEDIA_TYPE_AUDIO || other.codecpar->codec_type == AVMEDIA_TYPE_UNKNOWN)
      continue;
    other.discard = AVDISCARD_ALL;
    other.codecpar->codec_type = AVMEDIA_TYPE_DATA;
    other.codecpar->codec_id = AV_CODEC_ID_NONE;
  }
}

void Stream::choose_stream() {
  hide_pictures();
  if (avformat_find_stream_info(container_.get(), nullptr) < 0) fail("its streams cannot be read");
  const int index = av_find_best_stream(container_.get(), AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
  if (index < 0) fail("it holds no audio stream");
  for (unsigned i = 0; i < container_->nb_streams; ++i) {
    if (static_cast<int>(i) != index) container_->streams[i]->discard = AVDISCARD_ALL;
  }
  stream_ = container_->streams[index];
  if (stream_->duration > 0) {
    claimed_length_s_ = static_cast<double>(stream_->duration) * av_q2d(stream_->time_base);
  } else if (container_->duration > 0) {
    claimed_length_s_ = static_cast<double>(container_->duration) / AV_TIME_BASE;
  }
  claim_is_written_ = container_->duration_estimation_method == AVFMT_DURATION_FROM_STREAM;
  if (const double riff_s = riff_claim_s(file_, *stream_->codecpar); riff_s > 0) {
    claimed_length_s_ = riff_s;
    claim_is_written_ = true;
  }
}

void Stream::refuse_encrypted() const {
  const std::uint32_t tag = stream_->codecpar->codec_tag;
  const bool encrypted = has_tag(tag, "drms") || has_tag(tag, "enca") ||
                         av_dict_get(container_->metadata, "ASF_Protection_Type", nullptr, 0) != nullptr ||
                         av_stream_get_side_data(stream_, AV_PKT_DATA_ENCRYPTION_INIT_INFO, nullptr) != nullptr;
  if (encrypted) fail("it is encrypted (copy protection)");
}

const AVPacket* Stream::next() {
  if (pending_) {
    pending_ = false;
    return packet_.get();
  }
  int errors = 0;
  for (;;) {
    av_packet_unref(packet_.get());
    const int result = av_read_frame(container_.get(), packet_.get());
    if (result == AVERROR_EOF) {
      if (file_.read_error() != 0) interruption_ = std::generic_category().message(file_.read_error());
      return nullptr;
    }
    if (result == AVERROR_EXIT) {
      interruption_ = "the container leads in circles";
      return nullptr;
    }
    if (result < 0) {
      if (++errors < kErrorsInARow && file_.read_error() == 0) continue;
      interruption_ = explain(result);
      return nullptr;
    }
    if (packet_->stream_index != stream_->index) continue;
    if (av_packet_get_side_data(packet_.get(), AV_PKT_DATA_ENCRYPTION_INFO, nullptr) != nullptr) {
      fail("it is encrypted (copy protection)");
    }
    if (const std::optional<double> at_s = seconds_of(*packet_)) position_s_ = *at_s;
    return packet_.get();
  }
}

void Stream::seek(double at_s) {
  if (seeks_well_) {
    const std::int64_t origin = stream_->start_time == AV_NOPTS_VALUE ? 0 : stream_->start_time;
    const auto stamp = origin + static_cast<std::int64_t>(at_s / av_q2d(stream_->time_base));
    pending_ = false;
    if (av_seek_frame(container_.get(), stream_->index, stamp, AVSEEK_FLAG_BACKWARD) >= 0) {
      const AVPacket* packet = next();
      const std::optional<double> landed_s = packet != nullptr ? seconds_of(*packet) : std::nullopt;
      pending_ = packet != nullptr;
      if (landed_s && *landed_s <= at_s + kSeekLateS && *landed_s >= at_s - kSeekEarlyS) return;
    }
    seeks_well_ = false;
    restart();
  } else if (position_s_ > at_s) {
    restart();
  }
}

void Stream::restart() {
  container_.reset();
  stream_ = nullptr;
  pending_ = false;
  position_s_ = 0;
  interruption_.clear();
  avio_seek(file_.io(), 0, SEEK_SET);
  open();
  choose_stream();
}

std::optional<double> Stream::seconds_of(const AVPacket& packet) const {
  const std::int64_t stamp = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
  if (stamp == AV_NOPTS_VALUE) return std::nullopt;
  return seconds(stamp);
}

double Stream::duration_s(const AVPacket& packet) const {
  return static_cast<double>(packet.duration) * av_q2d(stream_->time_base);
}

double Stream::seconds(std::int64_t stamp) const {
  const std::int64_t origin = stream_->start_time == AV_NOPTS_VALUE ? 0 : stream_->start_time;
  return static_cast<double>(stamp - origin) * av_q2d(stream_->time_base);
}

AudioInfo Stream::info() const {
  const AVCodecParameters& parameters = *stream_->codecpar;
  AudioInfo info;
  info.container = container_->iformat->name;
  info.codec = avcodec_get_name(parameters.codec_id);
  info.channels = parameters.ch_layout.nb_channels;
  info.rate_hz = parameters.sample_rate;
  info.length_s = claimed_length_s_;
  return info;
}

void PacketClock::add(const AVPacket& packet) {
  sum_ += packet.duration;
  const std::int64_t stamp = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
  if (stamp != AV_NOPTS_VALUE) end_ = std::max(end_, stamp + packet.duration);
}

double PacketClock::length_s() const {
  if (end_ != AV_NOPTS_VALUE) return std::max(0.0, stream_.seconds(end_));
  return static_cast<double>(sum_) * av_q2d(stream_.stream().time_base);
}

}  // namespace songmap::audio::ffmpeg
