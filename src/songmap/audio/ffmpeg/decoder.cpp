#include "songmap/audio/ffmpeg/decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "songmap/audio/ffmpeg/mono.h"
#include "songmap/audio/ffmpeg/resampler.h"
#include "songmap/audio/ffmpeg/stream.h"
#include "songmap/core/error.h"

namespace songmap::audio::ffmpeg {
namespace {

// Decoders need packets before the one that is wanted (MP3's bit reservoir, overlapping windows); what comes out of
// them is dropped.
constexpr double kPrerollS = 0.6;
// Headers count frames, padding included: a smaller difference to what came out is no damage.
constexpr double kLengthToleranceS = 0.5;
constexpr std::size_t kBatchSamples = 8192;

Handle<AVCodecContext> open_codec(const Stream& stream) {
  const AVCodecParameters& parameters = *stream.stream().codecpar;
  const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
  if (codec == nullptr) stream.fail(fmt::format("no decoder for {}", avcodec_get_name(parameters.codec_id)));
  Handle<AVCodecContext> context = owned(avcodec_alloc_context3(codec));
  if (avcodec_parameters_to_context(context.get(), &parameters) < 0) stream.fail("its codec parameters are broken");
  context->pkt_timebase = stream.stream().time_base;
  context->thread_count = 1;
  // Lossless frames carry checksums; without this a damaged one comes out as loud noise.
  const AVCodecDescriptor* traits = avcodec_descriptor_get(parameters.codec_id);
  if (traits != nullptr && (traits->props & AV_CODEC_PROP_LOSSY) == 0) {
    context->err_recognition |= AV_EF_CRCCHECK | AV_EF_EXPLODE;
  }
  if (avcodec_open2(context.get(), codec, nullptr) < 0) {
    stream.fail(fmt::format("the {} decoder refuses its parameters", codec->name));
  }
  return context;
}

/// One run of decoding: packets of `stream` in, segments into `sink`.
class TrackDecoder {
 public:
  TrackDecoder(Stream& stream, const DecodeOptions& options, SampleSink& sink)
      : stream_(stream), options_(options), sink_(sink), codec_(open_codec(stream)), frame_(owned(av_frame_alloc())) {}

  /// Decodes `[start_s, start_s + length_s)` as one segment; length 0: to the end. `from_start`: the stream stands at
  /// its first packet and the samples are counted instead of their time stamps being read.
  void run_segment(double start_s, double length_s, bool from_start);
  /// Goes shortly before `start_s`; run_segment reads on from there.
  void go_to(double start_s);
  /// `length_s`: of the whole track as measured, 0 when only decoding told.
  [[nodiscard]] DecodeReport report(double length_s, bool excerpted) const;

 private:
  [[nodiscard]] bool is_near(const AVPacket& packet) const;
  void take_packet(const AVPacket* packet);
  bool take_frames();
  void take_frame();
  void append(std::span<const float> mono, int rate_hz);
  void flush_batch();
  void close_resampler();
  [[nodiscard]] std::string damage() const;

  Stream& stream_;
  const DecodeOptions& options_;
  SampleSink& sink_;
  Handle<AVCodecContext> codec_;
  Handle<AVFrame> frame_;

  std::vector<float> batch_;
  std::vector<float> mono_;
  std::optional<Resampler> resampler_;

  // The segment that is being decoded.
  double start_s_ = 0;
  double length_s_ = 0;
  bool by_stamps_ = false;
  bool full_ = false;
  double taken_s_ = 0;        // of input, inside the segment
  std::int64_t written_ = 0;  // samples to the sink, of resamplers already closed

  std::vector<Segment> segments_;
  std::int64_t packets_ = 0;
  std::int64_t bad_packets_ = 0;
  int rate_hz_ = 0;
  int channels_ = 0;
};

void TrackDecoder::run_segment(double start_s, double length_s, bool from_start) {
  start_s_ = start_s;
  length_s_ = length_s;
  by_stamps_ = !from_start;
  full_ = false;
  taken_s_ = 0;
  written_ = 0;
  batch_.clear();
  sink_.begin_segment(start_s);
  while (!full_) {
    const AVPacket* packet = stream_.next();
    if (packet != nullptr && by_stamps_ && !is_near(*packet)) continue;
    take_packet(packet);
    if (packet == nullptr) break;
  }
  flush_batch();
  close_resampler();
  segments_.push_back({start_s, static_cast<double>(written_) / options_.rate_hz});
}

// Whether a packet belongs to the segment or the stretch before it that the decoder needs. One without a time stamp
// could be from anywhere.
bool TrackDecoder::is_near(const AVPacket& packet) const {
  const std::optional<double> at_s = stream_.seconds_of(packet);
  return at_s && *at_s + stream_.duration_s(packet) >= start_s_ - kPrerollS;
}

void TrackDecoder::go_to(double start_s) {
  stream_.seek(std::max(0.0, start_s - kPrerollS));
  avcodec_flush_buffers(codec_.get());
}

void TrackDecoder::take_packet(const AVPacket* packet) {
  const bool warming_up = packet != nullptr && by_stamps_ && stream_.seconds_of(*packet).value_or(0) < start_s_;
  const int sent = avcodec_send_packet(codec_.get(), packet);
  if (sent == AVERROR(ENOMEM)) throw std::bad_alloc();
  const bool good = take_frames() && (sent >= 0 || packet == nullptr);
  if (packet == nullptr || warming_up) return;
  ++packets_;
  if (!good) ++bad_packets_;
}

bool TrackDecoder::take_frames() {
  while (!full_) {
    const int received = avcodec_receive_frame(codec_.get(), frame_.get());
    if (received == AVERROR(EAGAIN) || received == AVERROR_EOF) return true;
    if (received == AVERROR(ENOMEM)) throw std::bad_alloc();
    if (received < 0) return false;
    take_frame();
  }
  return true;
}

void TrackDecoder::take_frame() {
  const int rate_hz = frame_->sample_rate;
  if (frame_->nb_samples <= 0 || rate_hz <= 0) return;
  rate_hz_ = rate_hz;
  channels_ = frame_->ch_layout.nb_channels;
  mono_.resize(static_cast<std::size_t>(frame_->nb_samples));
  if (!mix_to_mono(*frame_, mono_.data())) stream_.fail("its sample format is unknown");
  std::span<const float> mono(mono_);
  if (by_stamps_ && taken_s_ == 0) {
    const std::int64_t stamp = frame_->best_effort_timestamp;
    if (stamp == AV_NOPTS_VALUE) return;
    const double early = std::round((start_s_ - stream_.seconds(stamp)) * rate_hz);
    if (early > 0) mono = mono.subspan(std::min(mono.size(), static_cast<std::size_t>(early)));
  }
  append(mono, rate_hz);
}

void TrackDecoder::append(std::span<const float> mono, int rate_hz) {
  if (length_s_ > 0) {
    const double left = std::round((length_s_ - taken_s_) * rate_hz);
    if (left <= static_cast<double>(mono.size())) {
      mono = mono.first(static_cast<std::size_t>(std::max(0.0, left)));
      full_ = true;
    }
  }
  if (mono.empty()) return;
  if (!all_finite(mono)) stream_.fail("it holds samples that are not finite");
  taken_s_ += static_cast<double>(mono.size()) / rate_hz;
  if (resampler_ && resampler_->from_hz() != rate_hz) {  // chained streams may change their rate
    flush_batch();
    close_resampler();
  }
  if (!resampler_) resampler_.emplace(rate_hz, options_.rate_hz, sink_);
  batch_.insert(batch_.end(), mono.begin(), mono.end());
  if (batch_.size() >= kBatchSamples) flush_batch();
}

void TrackDecoder::flush_batch() {
  if (!batch_.empty()) resampler_->push(batch_);
  batch_.clear();
}

void TrackDecoder::close_resampler() {
  if (!resampler_) return;
  resampler_->finish();
  written_ += resampler_->written();
  resampler_.reset();
}

std::string TrackDecoder::damage() const {
  std::string text;
  const auto add = [&text](const std::string& what) { text += (text.empty() ? "" : "; ") + what; };
  if (bad_packets_ > 0) add(fmt::format("{} of {} packets could not be decoded", bad_packets_, packets_));
  if (!stream_.interruption().empty()) add("reading stopped early: " + stream_.interruption());
  return text;
}

DecodeReport TrackDecoder::report(double length_s, bool excerpted) const {
  DecodeReport report;
  report.info = stream_.info();
  report.segments = segments_;
  for (const Segment& segment : segments_) report.decoded_s += segment.length_s;
  if (2 * bad_packets_ > packets_) {
    stream_.fail(fmt::format("{} of {} packets could not be decoded", bad_packets_, packets_));
  }
  if (report.decoded_s == 0) stream_.fail("not a single sample comes out of it");
  report.info.rate_hz = rate_hz_;
  report.info.channels = channels_;
  report.excerpted = excerpted;
  report.damage = damage();
  const double claimed_s = stream_.claimed_length_s();
  double planned_s = 0;
  if (excerpted) planned_s = static_cast<double>(segments_.size()) * options_.excerpt_s;
  if (2 * report.decoded_s < planned_s) stream_.fail("most of its excerpts cannot be reached");
  if (length_s == 0) length_s = report.decoded_s;
  if (stream_.claim_is_written() && options_.limit_s == 0 && claimed_s > length_s + kLengthToleranceS) {
    report.damage += fmt::format("{}it ends after {:.1f} s of the {:.1f} s that its header claims",
                                 report.damage.empty() ? "" : "; ", length_s, claimed_s);
  }
  report.info.length_s = options_.limit_s == 0 ? length_s : claimed_s;
  return report;
}

double measured_length_s(const std::filesystem::path& path) {
  Stream stream(path);
  PacketClock clock(stream);
  while (const AVPacket* packet = stream.next()) clock.add(*packet);
  return clock.length_s();
}

// A header that claims too much must not turn a short track into excerpts of nothing, nor one that claims too little
// spare a long one: whatever could be long by its size or its claim is measured.
bool may_be_long(const Stream& stream, const DecodeOptions& options) {
  constexpr double kFewestBytesPerS = 4000;
  return stream.claimed_length_s() > options.excerpts_over_s / 2 ||
         static_cast<double>(stream.file_bytes()) > options.excerpts_over_s * kFewestBytesPerS;
}

// Excerpts in the middles of equal parts of the track.
std::vector<Segment> plan_excerpts(double length_s, const DecodeOptions& options) {
  const auto n = static_cast<std::size_t>(options.excerpts_over_s / options.excerpt_s);
  const double part_s = length_s / static_cast<double>(n);
  std::vector<Segment> plan(n);
  for (std::size_t i = 0; i < n; ++i) {
    plan[i] = {(static_cast<double>(i) + 0.5) * part_s - options.excerpt_s / 2, options.excerpt_s};
  }
  return plan;
}

}  // namespace

DecodeReport decode(const std::filesystem::path& path, const DecodeOptions& options, SampleSink& sink) {
  Stream stream(path);
  double length_s = options.known_length_s;
  if (length_s == 0 && may_be_long(stream, options)) length_s = measured_length_s(path);
  const double taken_s = options.limit_s > 0 ? std::min(length_s, options.limit_s) : length_s;
  TrackDecoder decoder(stream, options, sink);
  if (taken_s <= options.excerpts_over_s) {
    decoder.run_segment(0, options.limit_s, true);
    return decoder.report(0, false);
  }
  if (std::abs(stream.claimed_length_s() - length_s) > 0.01 * length_s) stream.distrust_seeking();
  for (const Segment& excerpt : plan_excerpts(taken_s, options)) {
    decoder.go_to(excerpt.start_s);
    decoder.run_segment(excerpt.start_s, excerpt.length_s, false);
  }
  return decoder.report(length_s, true);
}

}  // namespace songmap::audio::ffmpeg
