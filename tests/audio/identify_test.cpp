#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "songmap/audio/decode.h"
#include "songmap/audio/encode.h"
#include "songmap/core/error.h"
#include "songmap/core/matrix.h"
#include "tests/audio/sound_files.h"

namespace songmap::audio {
namespace {

using testing::little_endian;
using testing::read_bytes;
using testing::sine_wav;
using testing::TempFolder;
using testing::wav;
using testing::write_bytes;

Matrix tone(double seconds, double change = 0) {
  Matrix samples(static_cast<std::size_t>(seconds * 48000), 2);
  for (std::size_t i = 0; i < samples.rows(); ++i) {
    for (std::size_t c = 0; c < 2; ++c) {
      samples(i, c) =
          static_cast<float>(0.4 * std::sin((0.03 + 0.01 * static_cast<double>(c)) * static_cast<double>(i)));
    }
  }
  samples(samples.rows() / 2, 0) += static_cast<float>(change);
  return samples;
}

// ID3v2.3: a header with a size of four times seven bits, frames, padding.
std::string id3v2(const std::string& title, std::size_t padding, std::size_t picture_bytes) {
  const auto frame = [](const std::string& id, const std::string& content) {
    std::string size;
    for (int shift = 24; shift >= 0; shift -= 8) size += static_cast<char>(content.size() >> shift);
    return id + size + std::string(2, '\0') + content;
  };
  std::string body = frame("TIT2", std::string(1, '\0') + title);
  if (picture_bytes > 0) {
    std::string picture = std::string("\0image/png\0\3\0", 13) + "\x89PNG\r\n\x1a\n";
    for (std::size_t i = 0; i < picture_bytes; ++i) picture += static_cast<char>(i * 2654435761U >> 13);
    body += frame("APIC", picture);
  }
  body += std::string(padding, '\0');
  std::string size;
  for (int shift = 21; shift >= 0; shift -= 7) size += static_cast<char>(body.size() >> shift & 0x7f);
  return std::string("ID3\3\0\0", 6) + size + body;
}

std::string id3v1(const std::string& title) {
  std::string tag = "TAG" + title;
  tag.resize(128, '\0');
  return tag;
}

// APEv2 with one text item, header and footer.
std::string ape(const std::string& title) {
  const std::string item = little_endian(title.size(), 4) + little_endian(0, 4) + "Title" + '\0' + title;
  const auto edge = [&](std::uint32_t flags) {
    return "APETAGEX" + little_endian(2000, 4) + little_endian(item.size() + 32, 4) + little_endian(1, 4) +
           little_endian(flags, 4) + std::string(8, '\0');
  };
  return edge(0xa0000000) + item + edge(0x80000000);
}

class Identify : public ::testing::Test {
 protected:
  std::string id_of(const std::string& name, const std::string& bytes) {
    write_bytes(folder_ / name, bytes);
    return identify(folder_ / name).content_id;
  }
  TempFolder folder_;
};

TEST_F(Identify, TellsTheFileFromItsPackets) {
  write_bytes(folder_ / "a.wav", sine_wav({.rate_hz = 48000, .channels = 2}, 440, 2.5));
  const Identity identity = identify(folder_ / "a.wav");
  EXPECT_THAT(identity.content_id, ::testing::MatchesRegex("[0-9a-f]{32}"));
  EXPECT_EQ(identity.info.container, "wav");
  EXPECT_EQ(identity.info.codec, "pcm_s16le");
  EXPECT_EQ(identity.info.channels, 2);
  EXPECT_EQ(identity.info.rate_hz, 48000);
  EXPECT_NEAR(identity.info.length_s, 2.5, 1e-6);
}

TEST_F(Identify, IgnoresTheNameAndTheTagsOfAWav) {
  const std::string plain = id_of("a.wav", sine_wav({}, 440, 1));
  EXPECT_EQ(id_of("b c.wav", sine_wav({}, 440, 1)), plain);
  EXPECT_EQ(id_of("a.wav", sine_wav({.tags = "INFOINAM" + little_endian(6, 4) + "Title!"}, 440, 1)), plain);
}

TEST_F(Identify, OneChangedSampleRateOrChannelChangesIt) {
  const auto make = [](int rate_hz, std::size_t changed) {
    return wav({.rate_hz = rate_hz}, 50000, [=](std::size_t i, int) { return i == changed ? 0.25 : 0.125; });
  };
  const std::string plain = id_of("a.wav", make(44100, 60000));
  EXPECT_NE(id_of("a.wav", make(44100, 49999)), plain);
  EXPECT_NE(id_of("a.wav", make(44100, 0)), plain);
  EXPECT_NE(id_of("a.wav", make(44101, 60000)), plain);
  EXPECT_NE(id_of("a.wav", wav({.channels = 2}, 25000, [](std::size_t, int) { return 0.125; })), plain);
  for (const char* name : {"a.mp3", "a.flac", "a.ogg", "a.opus", "a.m4a"}) {
    encode(folder_ / name, tone(2), 48000);
    const std::string before = identify(folder_ / name).content_id;
    encode(folder_ / name, tone(2, 0.2), 48000);
    EXPECT_NE(identify(folder_ / name).content_id, before) << name;
  }
}

TEST_F(Identify, IgnoresTagsOfEveryKindAroundAnMp3) {
  encode(folder_ / "plain.mp3", tone(3), 48000);
  const std::string sound = read_bytes(folder_ / "plain.mp3");
  const std::string plain = identify(folder_ / "plain.mp3").content_id;
  EXPECT_EQ(id_of("t.mp3", id3v2("One", 0, 0) + sound), plain);
  EXPECT_EQ(id_of("t.mp3", id3v2("Another", 2000, 0) + sound), plain);
  EXPECT_EQ(id_of("t.mp3", id3v2("With cover", 100, 1'500'000) + sound), plain);
  EXPECT_EQ(id_of("no_extension", id3v2("With cover", 100, 1'500'000) + sound), plain);
  EXPECT_EQ(id_of("t.mp3", sound + id3v1("Three")), plain);
  EXPECT_EQ(id_of("t.mp3", sound + ape("Four")), plain);
  EXPECT_EQ(id_of("t.mp3", sound + ape(std::string(3000, 'x')) + id3v1("Five")), plain);
  EXPECT_EQ(id_of("t.mp3", id3v2("Six", 500, 0) + sound + ape("Six") + id3v1("Six")), plain);
}

TEST_F(Identify, TagsAroundAnMp3AreNoDamage) {
  class Sink : public SampleSink {
    void begin_segment(double) override {}
    void samples(std::span<const float>) override {}
  } sink;
  encode(folder_ / "plain.mp3", tone(3), 48000);
  const std::string sound = read_bytes(folder_ / "plain.mp3");
  const DecodeReport plain = decode(folder_ / "plain.mp3", {}, sink);
  write_bytes(folder_ / "t.mp3", id3v2("Six", 500, 9000) + sound + ape(std::string(300, 'x')) + id3v1("Six"));
  const DecodeReport tagged = decode(folder_ / "t.mp3", {}, sink);
  EXPECT_EQ(plain.damage, "");
  EXPECT_EQ(tagged.damage, "");
  EXPECT_EQ(tagged.decoded_s, plain.decoded_s);
}

// The comment header is replaced by another of the same length, and the checksum of its page with it.
TEST_F(Identify, IgnoresTheCommentsOfOggVorbis) {
  encode(folder_ / "a.ogg", tone(2), 48000);
  std::string bytes = read_bytes(folder_ / "a.ogg");
  const std::string plain = identify(folder_ / "a.ogg").content_id;
  const std::size_t comment = bytes.find("\3vorbis");
  ASSERT_NE(comment, std::string::npos);
  const std::size_t vendor = comment + 11;  // packet type, "vorbis", length of the vendor string
  ASSERT_LT(vendor, bytes.size());
  bytes[vendor] = 'X';
  const std::size_t page = bytes.rfind("OggS", comment);
  const auto byte = [&bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  std::size_t length = 27U + byte(page + 26);
  for (std::size_t i = 0; i < byte(page + 26); ++i) length += byte(page + 27 + i);
  for (std::size_t i = 22; i < 26; ++i) bytes[page + i] = 0;
  std::uint32_t crc = 0;  // polynomial 0x04c11db7, not reflected (RFC 3533, section 6)
  for (std::size_t i = 0; i < length; ++i) {
    crc ^= static_cast<std::uint32_t>(byte(page + i)) << 24;
    for (int bit = 0; bit < 8; ++bit) crc = crc << 1 ^ ((crc & 0x80000000U) != 0 ? 0x04c11db7U : 0U);
  }
  bytes.replace(page + 22, 4, little_endian(crc, 4));
  EXPECT_EQ(id_of("b.ogg", bytes), plain);
}

TEST_F(Identify, RefusesWhatDecodeRefuses) {
  EXPECT_THROW(static_cast<void>(identify(folder_ / "absent")), IoError);
  EXPECT_THROW(static_cast<void>(identify(folder_.path())), IoError);
  write_bytes(folder_ / "empty.mp3", "");
  EXPECT_THROW(static_cast<void>(identify(folder_ / "empty.mp3")), DecodeError);
  write_bytes(folder_ / "none.wav", wav({}, 0, [](std::size_t, int) { return 0.0; }));
  EXPECT_THROW(static_cast<void>(identify(folder_ / "none.wav")), DecodeError);
}

}  // namespace
}  // namespace songmap::audio
