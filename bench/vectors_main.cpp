// songmap_vectors [--decode-only] FILES…: the study's 70 values of the whole of each file (the recipe itself stops
// after 10 s), or decoding and resampling alone. Prints the number of files and the seconds they took.
#include <exception>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "bench/stopwatch.h"
#include "songmap/audio/decode.h"
#include "songmap/features/frame_tile.h"
#include "songmap/features/study_vector.h"

namespace songmap::bench {
namespace {

class WholeFile final : public audio::SampleSink {
 public:
  void begin_segment(double /*start_s*/) override {}
  void samples(std::span<const float> mono) override {
    stream_.push(mono, [this](const dsp::FrameBlock& block) { receive(block); });
  }
  Matrix finish() {
    stream_.finish([this](const dsp::FrameBlock& block) { receive(block); });
    return vector_.finish();
  }

 private:
  void receive(const dsp::FrameBlock& block) {
    const features::FrameTile& tile = describer_.describe(block);
    vector_.add(tile, describer_.spectrum());
  }

  dsp::FrameStream stream_{features::kFrames};
  features::FrameDescriber describer_{features::StudyVector::kNeeds};
  features::StudyVector vector_;
};

class Discard final : public audio::SampleSink {
 public:
  void begin_segment(double /*start_s*/) override {}
  void samples(std::span<const float> /*mono*/) override {}
};

void process(const std::filesystem::path& file, bool decode_only) {
  if (decode_only) {
    Discard sink;
    audio::decode(file, {}, sink);
  } else {
    WholeFile sink;
    audio::decode(file, {}, sink);
    (void)sink.finish();
  }
}

}  // namespace
}  // namespace songmap::bench

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files(argv + 1, argv + argc);
  const bool decode_only = !files.empty() && files.front() == "--decode-only";
  if (decode_only) files.erase(files.begin());
  if (files.empty()) {
    fmt::print(stderr, "usage: songmap_vectors [--decode-only] FILES...\n");
    return 2;
  }
  try {
    songmap::bench::process(files.front(), decode_only);  // Loads FFmpeg and plans the transforms: not counted.
    const songmap::bench::Stopwatch watch;
    for (const auto& file : files) songmap::bench::process(file, decode_only);
    watch.print(files.size());
  } catch (const std::exception& failure) {
    fmt::print(stderr, "songmap_vectors: {}\n", failure.what());
    return 1;
  }
}
