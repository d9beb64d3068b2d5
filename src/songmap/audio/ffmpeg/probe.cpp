#include "songmap/audio/ffmpeg/probe.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace songmap::audio::ffmpeg {
namespace {

constexpr std::size_t kFirstBytes = 4096;
constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::size_t kHeaderBytes = 10;

// Length of the ID3v2 tag that starts at `at`, 0 when there is none: ten bytes of header whose last four hold seven
// bits of the size each (id3.org, ID3v2.4 structure, section 3.1).
std::int64_t id3_bytes(const SourceFile& file, std::int64_t at) {
  const std::vector<std::uint8_t> head = file.peek(at, kHeaderBytes);
  if (head.size() < kHeaderBytes || std::memcmp(head.data(), "ID3", 3) != 0 || head[3] == 0xff) return 0;
  std::int64_t size = 0;
  for (std::size_t i = 6; i < kHeaderBytes; ++i) {
    if (head[i] >= 0x80) return 0;
    size = size << 7 | head[i];
  }
  const bool has_footer = (head[5] & 0x10) != 0;
  return size + static_cast<std::int64_t>(has_footer ? 2 * kHeaderBytes : kHeaderBytes);
}

}  // namespace

// FFmpeg's own probing reads a tag's cover art as if it could be audio, again and again in growing pieces (20 ms for a
// picture of 700 KB), and gives up on tags beyond a megabyte unless the extension helps.
const AVInputFormat* probe_format(const SourceFile& file, const std::string& name) {
  std::int64_t start = 0;
  while (const std::int64_t tag = id3_bytes(file, start)) start += tag;
  if (start >= file.size()) return nullptr;
  for (std::size_t bytes = kFirstBytes;; bytes *= 4) {
    std::vector<std::uint8_t> head = file.peek(start, bytes);
    const bool last = head.size() < bytes || bytes >= kMostBytes;
    const auto read = static_cast<int>(head.size());
    head.resize(head.size() + AVPROBE_PADDING_SIZE);  // zeros, as FFmpeg demands
    const AVProbeData data{name.c_str(), head.data(), read, nullptr};
    int score = 0;
    const AVInputFormat* format = av_probe_input_format3(&data, 1, &score);
    if (format != nullptr && (last || score > AVPROBE_SCORE_RETRY)) return format;
    if (last) return nullptr;
  }
}

}  // namespace songmap::audio::ffmpeg
