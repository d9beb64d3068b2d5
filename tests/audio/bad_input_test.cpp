#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <limits>

#include "songmap/audio/decode.h"
#include "songmap/audio/encode.h"
#include "songmap/core/error.h"
#include "songmap/core/matrix.h"
#include "tests/audio/sound_files.h"

namespace songmap::audio {
namespace {

using testing::Encoding;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::read_bytes;
using testing::sine_wav;
using testing::TempFolder;
using testing::wav;
using testing::write_bytes;

class NullSink : public SampleSink {
 public:
  void begin_segment(double) override {}
  void samples(std::span<const float> mono) override { n += mono.size(); }
  std::size_t n = 0;
};

DecodeReport report_of(const std::filesystem::path& path) {
  NullSink sink;
  return decode(path, {}, sink);
}

// What decoding `path` throws, prefixed by the kind of the error.
std::string error_of(const std::filesystem::path& path) {
  try {
    report_of(path);
  } catch (const DecodeError& error) {
    return std::string("DecodeError: ") + error.what();
  } catch (const IoError& error) {
    return std::string("IoError: ") + error.what();
  }
  return "nothing";
}

// A lossy file of noise-free music-like sound.
void encode_tone(const std::filesystem::path& path, double seconds) {
  const auto n = static_cast<std::size_t>(seconds * 48000);
  Matrix samples(n, 1);
  for (std::size_t i = 0; i < n; ++i) {
    samples(i, 0) =
        static_cast<float>(0.4 * std::sin(0.03 * static_cast<double>(i)) * std::sin(1e-5 * static_cast<double>(i)));
  }
  encode(path, samples, 48000);
}

class BadInput : public ::testing::Test {
 protected:
  TempFolder folder_;
};

TEST_F(BadInput, MissingFilesFoldersAndDevicesAreIoErrors) {
  EXPECT_THAT(error_of(folder_ / "absent.mp3"), HasSubstr("IoError: cannot read"));
  EXPECT_THAT(error_of(folder_.path()), HasSubstr("it is a directory"));
  std::filesystem::create_symlink(folder_ / "nowhere", folder_ / "broken.mp3");
  EXPECT_THAT(error_of(folder_ / "broken.mp3"), HasSubstr("No such file"));
  ASSERT_EQ(mkfifo((folder_ / "pipe.mp3").c_str(), 0600), 0);
  EXPECT_THAT(error_of(folder_ / "pipe.mp3"), HasSubstr("not a regular file"));
  EXPECT_THAT(error_of("/dev/zero"), HasSubstr("not a regular file"));
}

TEST_F(BadInput, AFileWithoutPermissionIsAnIoError) {
  write_bytes(folder_ / "open.wav", sine_wav({}, 440, 0.1));
  write_bytes(folder_ / "locked.wav", sine_wav({}, 440, 0.1));
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_all | std::filesystem::perms::others_exec);
  std::filesystem::permissions(folder_ / "locked.wav", std::filesystem::perms::none);
  EXPECT_EQ(error_of(folder_ / "open.wav"), "nothing");  // loads the decoder, before anything is given up
  // Permissions do not bind root: for a moment this process is nobody.
  constexpr uid_t kNobody = 65534;
  const uid_t user = geteuid();
  if (user == 0) ASSERT_EQ(seteuid(kNobody), 0);
  const std::string error = error_of(folder_ / "locked.wav");
  if (user == 0) ASSERT_EQ(seteuid(user), 0);
  EXPECT_THAT(error, HasSubstr("IoError: cannot read"));
  EXPECT_THAT(error, HasSubstr("Permission denied"));
}

TEST_F(BadInput, WhatIsNotAudioIsADecodeError) {
  write_bytes(folder_ / "empty.mp3", "");
  EXPECT_THAT(error_of(folder_ / "empty.mp3"), HasSubstr("DecodeError: cannot decode"));
  EXPECT_THAT(error_of(folder_ / "empty.mp3"), HasSubstr("the file is empty"));
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "These are the words of a song, verse " + std::to_string(i) + ".\n";
  for (const char* name : {"text.mp3", "text.flac", "text.ogg", "text.wav", "text.m4a", "text.txt", "text"}) {
    write_bytes(folder_ / name, text);
    EXPECT_THAT(error_of(folder_ / name), HasSubstr("DecodeError: ")) << name;
    write_bytes(folder_ / name, text.substr(0, 12));
    EXPECT_THAT(error_of(folder_ / name), HasSubstr("DecodeError: ")) << name;
    write_bytes(folder_ / name, std::string(100'000, '\0'));
    EXPECT_THAT(error_of(folder_ / name), HasSubstr("DecodeError: ")) << name;
  }
}

TEST_F(BadInput, AWavWithoutSamplesIsADecodeErrorAndOneSampleIsEnough) {
  write_bytes(folder_ / "none.wav", wav({}, 0, [](std::size_t, int) { return 0.0; }));
  EXPECT_THAT(error_of(folder_ / "none.wav"), HasSubstr("DecodeError: "));
  write_bytes(folder_ / "one.wav", wav({.rate_hz = 22050}, 1, [](std::size_t, int) { return 0.5; }));
  EXPECT_EQ(decode_all(folder_ / "one.wav"), std::vector<float>{0.5F});
  write_bytes(folder_ / "one44.wav", wav({}, 1, [](std::size_t, int) { return 0.5; }));
  EXPECT_EQ(decode_all(folder_ / "one44.wav").size(), 1U);
}

TEST_F(BadInput, SamplesThatAreNotFiniteAreRefused) {
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    for (const Encoding encoding : {Encoding::kFloat32, Encoding::kFloat64}) {
      for (const int channels : {1, 2}) {
        write_bytes(folder_ / "bad.wav",
                    wav({.channels = channels, .encoding = encoding}, 30000,
                        [&](std::size_t i, int c) { return i == 29000 && c == channels - 1 ? bad : 0.1; }));
        EXPECT_THAT(error_of(folder_ / "bad.wav"), HasSubstr("not finite"));
      }
    }
  }
}

TEST_F(BadInput, SilenceIsGoodAudio) {
  write_bytes(folder_ / "silent.wav", wav({}, 44100, [](std::size_t, int) { return 0.0; }));
  EXPECT_THAT(decode_all(folder_ / "silent.wav"), ::testing::Each(0.0F));
}

TEST_F(BadInput, AHeaderThatClaimsHoursIsNotBelieved) {
  write_bytes(folder_ / "liar.wav", sine_wav({.claimed_data_bytes = 0x40000000}, 440, 3.0));
  const DecodeReport report = report_of(folder_ / "liar.wav");
  EXPECT_FALSE(report.excerpted);
  EXPECT_DOUBLE_EQ(report.decoded_s, 3.0);
  EXPECT_NEAR(report.info.length_s, 3.0, 1e-3);
  EXPECT_THAT(report.damage, HasSubstr("its header claims"));
}

TEST_F(BadInput, TruncatedFilesGiveWhatIsThereAndSaySo) {
  for (const char* name : {"cut.flac", "cut.wav", "cut.ogg", "cut.opus", "cut.mp3"}) {
    SCOPED_TRACE(name);
    encode_tone(folder_ / name, 20);
    const std::string whole = read_bytes(folder_ / name);
    EXPECT_EQ(report_of(folder_ / name).damage, "");
    write_bytes(folder_ / name, whole.substr(0, whole.size() * 6 / 10));
    const DecodeReport report = report_of(folder_ / name);
    EXPECT_GT(report.decoded_s, 5);
    EXPECT_LT(report.decoded_s, 19);
    // Ogg headers claim no length, so that a cut at the end of a page cannot be told from a shorter song.
    if (!std::string_view(name).starts_with("cut.o")) {
      EXPECT_NE(report.damage, "");
    }
  }
  encode_tone(folder_ / "cut.m4a", 20);
  const std::string whole = read_bytes(folder_ / "cut.m4a");
  const bool index_first = whole.find("moov") < whole.find("mdat");
  write_bytes(folder_ / "cut.m4a", whole.substr(0, whole.size() * 6 / 10));
  if (index_first) {
    EXPECT_THAT(report_of(folder_ / "cut.m4a").damage, HasSubstr("ends"));
  } else {
    EXPECT_THAT(error_of(folder_ / "cut.m4a"), HasSubstr("DecodeError: "));
  }
}

TEST_F(BadInput, MoreBadPacketsThanGoodOnesAreAnError) {
  encode_tone(folder_ / "tone.flac", 20);
  std::string bytes = read_bytes(folder_ / "tone.flac");
  std::uint32_t state = 1;
  for (std::size_t i = 2000; i < bytes.size(); i += 400) {  // a hit in every frame
    state = state * 1664525 + 1013904223;
    bytes[i] = static_cast<char>(bytes[i] ^ static_cast<char>(state >> 24 | 1));
  }
  write_bytes(folder_ / "noise.flac", bytes);
  EXPECT_THAT(error_of(folder_ / "noise.flac"), HasSubstr("packets could not be decoded"));
}

TEST_F(BadInput, AFewDamagedPacketsAreReportedAndLeftOut) {
  encode_tone(folder_ / "tone.flac", 20);
  std::string bytes = read_bytes(folder_ / "tone.flac");
  for (std::size_t i = 0; i < 8; ++i) bytes[bytes.size() / 2 + i] = static_cast<char>(~bytes[bytes.size() / 2 + i]);
  write_bytes(folder_ / "scratched.flac", bytes);
  const DecodeReport report = report_of(folder_ / "scratched.flac");
  EXPECT_THAT(report.damage, HasSubstr("packets could not be decoded"));
  EXPECT_GT(report.decoded_s, 18);
}

TEST_F(BadInput, EncryptedTracksAreRefused) {
  encode_tone(folder_ / "tone.m4a", 5);
  std::string bytes = read_bytes(folder_ / "tone.m4a");
  const std::size_t entry = bytes.find("mp4a", bytes.find("stsd"));
  ASSERT_NE(entry, std::string::npos);
  for (const char* kind : {"drms", "enca"}) {
    write_bytes(folder_ / "sold.m4a", std::string(bytes).replace(entry, 4, kind));
    EXPECT_THAT(error_of(folder_ / "sold.m4a"), HasSubstr("encrypted"));
  }
}

TEST_F(BadInput, AnyNameIsAFileName) {
  const std::string sound = sine_wav({}, 440, 0.1);
  for (const std::string& name :
       {std::string("line\nbreak.wav"), std::string("\xf0\x9f\x8e\xb5 song.wav"), std::string("bad \xff\xfe utf8.wav"),
        std::string("http:x.mp3"), std::string("concat:a|b.wav"), std::string("pipe:0"), std::string("-i.wav"),
        std::string("%03d.wav"), std::string("*?[a].wav"), std::string("subfile,,start,0,end,9,,:x"),
        std::string(250, 'n') + ".wav"}) {
    write_bytes(folder_ / name, sound);
    EXPECT_EQ(report_of(folder_ / name).damage, "") << name;
  }
  EXPECT_THAT(error_of(folder_ / std::string(4000, 'n')), HasSubstr("IoError: "));
  EXPECT_THAT(error_of(folder_ / "no\nsuch.wav"), Not(HasSubstr("\n")));
}

TEST_F(BadInput, PlaylistsOpenNothing) {
  write_bytes(folder_ / "secret.wav", sine_wav({}, 440, 1.0));
  const std::string secret = (folder_ / "secret.wav").string();
  const std::vector<std::pair<std::string, std::string>> lists = {
      {"list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n" + secret + "\n#EXT-X-ENDLIST\n"},
      {"list.m3u", "#EXTM3U\n" + secret + "\n"},
      {"list.ffconcat", "ffconcat version 1.0\nfile '" + secret + "'\n"},
      {"list.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n"},
      {"list.mpd", "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><Period></Period></MPD>"},
      {"list.mp3", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n" + secret + "\n#EXT-X-ENDLIST\n"}};
  for (const auto& [name, content] : lists) {
    write_bytes(folder_ / name, content);
    EXPECT_THAT(error_of(folder_ / name), HasSubstr("DecodeError: ")) << name;
  }
}

// A crude fuzzer: whatever is thrown at it, the answer is samples or an Error, soon.
TEST_F(BadInput, DamageOfAnyKindEndsInSamplesOrAnError) {
  std::uint32_t state = 7;
  const auto random = [&state] { return (state = state * 1664525 + 1013904223) >> 8; };
  const auto start = std::chrono::steady_clock::now();
  for (const char* name : {"x.mp3", "x.flac", "x.ogg", "x.opus", "x.m4a", "x.wav"}) {
    encode_tone(folder_ / name, 1.5);
    const std::string good = read_bytes(folder_ / name);
    for (int round = 0; round < 25; ++round) {
      std::string bytes = good;
      for (int hits = 1 + static_cast<int>(random() % 30); hits > 0; --hits) {
        const std::size_t reach = round % 2 == 0 ? std::min<std::size_t>(bytes.size(), 600) : bytes.size();
        bytes[random() % reach] = static_cast<char>(random());
      }
      write_bytes(folder_ / name, bytes);
      EXPECT_NO_FATAL_FAILURE(static_cast<void>(error_of(folder_ / name))) << name << " round " << round;
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

}  // namespace
}  // namespace songmap::audio
