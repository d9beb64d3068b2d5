#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "songmap/audio/decode.h"
#include "songmap/audio/ffmpeg/handles.h"
#include "songmap/audio/ffmpeg/source_file.h"

namespace songmap::audio::ffmpeg {

/// The encoded packets of a file's best audio stream. Everything else in the file is passed over unread where the
/// container allows it.
class Stream {
 public:
  /// @throws IoError, DecodeError  as `decode` in audio/decode.h.
  explicit Stream(const std::filesystem::path& path);

  /// Next packet, or null at the end. Valid until the next call.
  [[nodiscard]] const AVPacket* next();

  /// Goes to a packet at or shortly before `at_s` seconds of the track: by the container's own means where its first
  /// packet then proves them right, else by starting again. The caller reads on to the time that it wants.
  void seek(double at_s);
  /// Makes `seek` read instead: the header is known to be wrong, and containers without an index reckon with it.
  void distrust_seeking() { seeks_well_ = false; }

  /// Time of a packet in seconds from the track's first sample; nothing when it bears no stamp.
  [[nodiscard]] std::optional<double> seconds_of(const AVPacket& packet) const;
  [[nodiscard]] double duration_s(const AVPacket& packet) const;

  /// Time of a stamp in seconds from the track's first sample, in the stream's time base.
  [[nodiscard]] double seconds(std::int64_t stamp) const;

  [[nodiscard]] const AVStream& stream() const { return *stream_; }
  [[nodiscard]] std::int64_t file_bytes() const { return file_.size(); }
  /// What the header says or FFmpeg estimates; 0 when nothing is known. Never verified.
  [[nodiscard]] double claimed_length_s() const { return claimed_length_s_; }
  /// Whether claimed_length_s was written in the file, rather than guessed from the bit rate.
  [[nodiscard]] bool claim_is_written() const { return claim_is_written_; }
  /// Container, codec, channels, rate and the claimed length.
  [[nodiscard]] AudioInfo info() const;
  /// Why reading stopped before the end of the stream; empty when it did not.
  [[nodiscard]] const std::string& interruption() const { return interruption_; }

  /// Throws DecodeError about this file.
  [[noreturn]] void fail(const std::string& reason) const;

 private:
  void open();
  void restart();
  void hide_pictures();
  void choose_stream();
  void refuse_encrypted() const;

  std::filesystem::path path_;
  SourceFile file_;
  Handle<AVFormatContext> container_;  // after file_: it is closed first
  Handle<AVPacket> packet_;
  AVStream* stream_ = nullptr;
  double claimed_length_s_ = 0;
  bool claim_is_written_ = false;
  std::string interruption_;
  bool seeks_well_ = true;
  bool pending_ = false;   // packet_ holds one that next() has still to give
  double position_s_ = 0;  // of the packet given last
};

/// Length of a track as its packets tell it, whatever the header claims.
class PacketClock {
 public:
  explicit PacketClock(const Stream& stream) : stream_(stream) {}
  void add(const AVPacket& packet);
  /// End of the latest packet, or the sum of the durations where packets bear no time stamps.
  [[nodiscard]] double length_s() const;

 private:
  const Stream& stream_;
  std::int64_t end_ = AV_NOPTS_VALUE;
  std::int64_t sum_ = 0;
};

}  // namespace songmap::audio::ffmpeg
