#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "songmap/audio/ffmpeg/handles.h"

namespace songmap::audio::ffmpeg {

/// A regular file that FFmpeg reads through our own callbacks: names never mean protocols, devices and pipes are
/// refused, and a demuxer that goes round in circles runs out of allowance instead of hanging.
class SourceFile {
 public:
  /// @throws IoError      missing, unreadable or not a regular file.
  /// @throws DecodeError  empty.
  explicit SourceFile(const std::filesystem::path& path);
  ~SourceFile();
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  [[nodiscard]] AVIOContext* io() { return io_.get(); }
  /// Up to `bytes` bytes from `offset` on, without moving what io() reads.
  [[nodiscard]] std::vector<std::uint8_t> peek(std::int64_t offset, std::size_t bytes) const;
  [[nodiscard]] std::int64_t size() const { return size_; }
  /// The operating system's error number when reading failed, else 0.
  [[nodiscard]] int read_error() const { return read_error_; }

 private:
  static int read(void* self, std::uint8_t* buffer, int bytes);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);

  int descriptor_ = -1;
  std::int64_t size_ = 0;
  std::int64_t position_ = 0;
  std::int64_t allowance_ = 0;  // bytes that may still be read
  int read_error_ = 0;
  Handle<AVIOContext> io_;
};

}  // namespace songmap::audio::ffmpeg
