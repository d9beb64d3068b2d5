#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

/// Any audio file to mono samples at one rate. FFmpeg and soxr do the work in a module that is loaded on first use.
namespace songmap::audio {

struct AudioInfo {
  std::string container;  ///< FFmpeg's short name of the demuxer ("mp3", "ogg", "mov,mp4,m4a,3gp,3g2,mj2").
  std::string codec;      ///< FFmpeg's short name of the codec ("mp3", "vorbis", "pcm_s16le").
  int channels = 0;
  int rate_hz = 0;      ///< Of the file, before resampling.
  double length_s = 0;  ///< From the packets' time stamps where they were read, else what the header claims.
};

struct Identity {
  std::string content_id;  ///< 32 hexadecimal digits: hash of the encoded audio packets and the codec's set-up data.
  AudioInfo info;          ///< length_s comes from the packets.
};

/// Names the encoded audio of a file: reads every packet of its best audio stream and decodes nothing. Tags, cover art
/// and the container's layout leave the name as it is; one changed sample changes it. Linear in the file's size.
/// @throws IoError      not a readable regular file.
/// @throws DecodeError  no audio packets in it.
[[nodiscard]] Identity identify(const std::filesystem::path& path);

/// Checked on entry to `decode`.
struct DecodeOptions {
  int rate_hz = 22050;           ///< Of the output, 1,000 … 384,000.
  double limit_s = 0;            ///< Take the track to end after so many seconds; 0: no limit.
  double excerpts_over_s = 900;  ///< A longer track is described by excerpts of so many seconds in all, at least 1.
  double excerpt_s = 60;         ///< Length of one excerpt, 1 … excerpts_over_s.
  double known_length_s = 0;     ///< The track's length as `identify` measured it: saves reading a long file twice. 0:
                                 ///< not known.
};

/// Receives the samples of a track. What it throws ends the decoding and reaches the caller.
class SampleSink {
 public:
  virtual ~SampleSink() = default;
  /// Called once for a whole track, and once for each excerpt of a long one; `start_s` counts from the track's start.
  virtual void begin_segment(double start_s) = 0;
  /// The next samples of the segment, finite, nominally in [-1, 1] (lossy codecs overshoot). Any number per call.
  virtual void samples(std::span<const float> mono) = 0;
};

struct Segment {
  double start_s = 0;
  double length_s = 0;
};

struct DecodeReport {
  AudioInfo info;
  double decoded_s = 0;           ///< What the sink received, all segments together.
  std::vector<Segment> segments;  ///< As the sink received them.
  bool excerpted = false;
  std::string damage;  ///< Empty, or one sentence: what was wrong with the file and yet could be survived.
};

/// Decodes the best audio stream of `path`, takes the mean of its channels (as librosa.to_mono) and resamples it with
/// soxr's HQ recipe (as librosa.load, whose length, ceil(n * ratio), it keeps). Memory does not grow with the length.
/// One thread; equal files give equal samples, however often and beside whatever else it runs.
/// @throws InvalidArgument  an option is outside its range.
/// @throws IoError          not a readable regular file.
/// @throws DecodeError      no audio stream, encrypted, not a single sample, fewer than half of the packets decode, or
///                          samples that are not finite.
DecodeReport decode(const std::filesystem::path& path, const DecodeOptions& options, SampleSink& sink);

/// All samples that `decode` gives, segments side by side.
[[nodiscard]] std::vector<float> decode_all(const std::filesystem::path& path, const DecodeOptions& options = {});

/// One line for `songmap doctor`: the versions of FFmpeg and soxr. @throws IoError the module is missing.
[[nodiscard]] std::string decoder_description();

}  // namespace songmap::audio
