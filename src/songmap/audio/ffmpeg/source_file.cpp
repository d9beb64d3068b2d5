#include "songmap/audio/ffmpeg/source_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "songmap/core/error.h"

namespace songmap::audio::ffmpeg {
namespace {

constexpr int kBufferBytes = 64 * 1024;
// A sound file is read about once, plus probing and the steps of a search when seeking.
constexpr std::int64_t kReadsPerByte = 8;
constexpr std::int64_t kFreeBytes = std::int64_t{64} << 20;

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& reason) {
  throw IoError(fmt::format("cannot read {}: {}", quoted(path), reason));
}

std::string reason_of(int error) { return std::generic_category().message(error); }

void require_regular(const std::filesystem::path& path, const struct stat& status) {
  if (S_ISDIR(status.st_mode)) fail(path, "it is a directory");
  if (!S_ISREG(status.st_mode)) fail(path, "it is a device, pipe or socket, not a regular file");
}

}  // namespace

SourceFile::SourceFile(const std::filesystem::path& path) {
  struct stat status {};
  // Asked before opening, because opening some devices already does something, and again of what was opened.
  if (stat(path.c_str(), &status) != 0) fail(path, reason_of(errno));
  require_regular(path, status);
  descriptor_ = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor_ < 0) fail(path, reason_of(errno));
  try {
    if (fstat(descriptor_, &status) != 0) fail(path, reason_of(errno));
    require_regular(path, status);
    size_ = status.st_size;
    if (size_ == 0) throw DecodeError(fmt::format("cannot decode {}: the file is empty", quoted(path)));
    allowance_ = kReadsPerByte * size_ + kFreeBytes;
    auto* buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
    if (buffer == nullptr) throw std::bad_alloc();
    AVIOContext* io = avio_alloc_context(buffer, kBufferBytes, 0, this, &SourceFile::read, nullptr, &SourceFile::seek);
    if (io == nullptr) av_free(buffer);
    io_ = owned(io);
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

SourceFile::~SourceFile() { close(descriptor_); }

std::vector<std::uint8_t> SourceFile::peek(std::int64_t offset, std::size_t bytes) const {
  std::vector<std::uint8_t> found(bytes);
  std::size_t have = 0;
  while (have < bytes) {
    const ssize_t got = pread(descriptor_, found.data() + have, bytes - have, offset + static_cast<std::int64_t>(have));
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  found.resize(have);
  return found;
}

int SourceFile::read(void* self, std::uint8_t* buffer, int bytes) {
  auto& file = *static_cast<SourceFile*>(self);
  if (file.allowance_ <= 0) return AVERROR_EXIT;
  ssize_t got = 0;
  do {
    got = pread(file.descriptor_, buffer, static_cast<std::size_t>(bytes), file.position_);
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    file.read_error_ = errno;
    return AVERROR(errno);
  }
  if (got == 0) return AVERROR_EOF;
  file.position_ += got;
  file.allowance_ -= got;
  return static_cast<int>(got);
}

std::int64_t SourceFile::seek(void* self, std::int64_t offset, int whence) {
  auto& file = *static_cast<SourceFile*>(self);
  switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
      return file.size_;
    case SEEK_SET:
      break;
    case SEEK_CUR:
      offset += file.position_;
      break;
    case SEEK_END:
      offset += file.size_;
      break;
    default:
      return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  return file.position_ = offset;
}

}  // namespace songmap::audio::ffmpeg
