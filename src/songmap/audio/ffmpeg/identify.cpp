#include "songmap/audio/ffmpeg/identify.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "songmap/audio/ffmpeg/stream.h"
#include "songmap/core/hash.h"

namespace songmap::audio::ffmpeg {
namespace {

void add_number(ContentHash& hash, std::int64_t number) {
  std::array<unsigned char, 8> bytes{};  // little-endian on every machine
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(number >> (8 * i));
  hash.add(bytes.data(), bytes.size());
}

// Vorbis keeps its tags in the second of the three headers that make up the set-up data: a first byte 2, the first two
// lengths as sums of bytes up to one below 255, then the three headers (Xiph lacing). Leaves out the second.
void add_vorbis_setup(ContentHash& hash, std::string_view setup) {
  std::size_t at = 1;
  std::array<std::size_t, 2> lengths{};
  for (std::size_t& length : lengths) {
    while (at < setup.size()) {
      const auto byte = static_cast<unsigned char>(setup[at++]);
      length += byte;
      if (byte != 255) break;
    }
  }
  const std::size_t comments = std::min(at + lengths[0], setup.size());
  const std::size_t codebooks = std::min(comments + lengths[1], setup.size());
  hash.add(setup.data() + at, comments - at);
  hash.add(setup.data() + codebooks, setup.size() - codebooks);
}

void add_parameters(ContentHash& hash, const AVCodecParameters& parameters) {
  const std::string_view codec = avcodec_get_name(parameters.codec_id);
  hash.add(codec.data(), codec.size());
  add_number(hash, parameters.sample_rate);
  add_number(hash, parameters.ch_layout.nb_channels);
  if (parameters.extradata_size <= 0) return;
  const std::string_view setup(reinterpret_cast<const char*>(parameters.extradata),
                               static_cast<std::size_t>(parameters.extradata_size));
  if (parameters.codec_id == AV_CODEC_ID_VORBIS && setup.front() == 2) {
    add_vorbis_setup(hash, setup);
  } else {
    hash.add(setup.data(), setup.size());
  }
}

}  // namespace

Identity identify(const std::filesystem::path& path) {
  Stream stream(path);
  ContentHash hash;
  add_parameters(hash, *stream.stream().codecpar);
  std::int64_t packets = 0;
  PacketClock clock(stream);
  while (const AVPacket* packet = stream.next()) {
    hash.add(packet->data, static_cast<std::size_t>(packet->size));
    clock.add(*packet);
    ++packets;
  }
  if (packets == 0) stream.fail("it holds no audio packets");
  Identity identity;
  identity.content_id = hash.hex();
  identity.info = stream.info();
  if (clock.length_s() > 0) identity.info.length_s = clock.length_s();
  return identity;
}

}  // namespace songmap::audio::ffmpeg
