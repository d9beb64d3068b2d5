#include "songmap/features/damage_signs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "songmap/audio/decode.h"
#include "songmap/dsp/stft.h"

namespace songmap::features {
namespace {

constexpr int kRate_hz = 44100;
constexpr std::size_t kBlock = kRate_hz / 20;
constexpr float kSilent = 1e-3F;  // -60 dB

/// Looks at samples as they come.
class Listener final : public audio::SampleSink {
 public:
  Listener() : frames_({.n_fft = kFft, .hop_samples = kFft}), stft_({.n_fft = kFft, .hop_samples = kFft}) {}

  void begin_segment(double) override {}

  void samples(std::span<const float> mono) override {
    for (const float sample : mono) {
      loudest_ = std::max(loudest_, std::abs(sample));
      if (++filled_ == kBlock) end_block();
      look_at_run(sample);
    }
    frames_.push(mono, [&](const dsp::FrameBlock& block) { add_power(block); });
  }

  DamageSigns signs() {
    end_run();
    frames_.finish([&](const dsp::FrameBlock& block) { add_power(block); });
    DamageSigns result;
    const auto n_silent = static_cast<double>(std::ranges::count(silent_, true));
    if (!silent_.empty()) result.silent_share = n_silent / static_cast<double>(silent_.size());
    result.longest_silence_s = static_cast<double>(longest_inner_silence()) * kBlock / kRate_hz;
    double flat = 0;
    for (const auto& [level, length] : runs_) flat += level >= 0.9F * peak_ ? static_cast<double>(length) : 0;
    if (n_samples_ > 0) result.flat_share = flat / static_cast<double>(n_samples_);
    result.highest_hz = highest_hz();
    return result;
  }

 private:
  static constexpr std::size_t kFft = 2048;

  void end_block() {
    silent_.push_back(loudest_ < kSilent);
    loudest_ = 0;
    filled_ = 0;
  }

  void look_at_run(float sample) {
    ++n_samples_;
    peak_ = std::max(peak_, std::abs(sample));
    if (sample == run_of_) {
      ++run_length_;
      return;
    }
    end_run();
    run_of_ = sample;
    run_length_ = 1;
  }

  void end_run() {
    constexpr std::size_t kFewest = 4;
    if (run_length_ >= kFewest && std::abs(run_of_) > kSilent) runs_.emplace_back(std::abs(run_of_), run_length_);
  }

  void add_power(const dsp::FrameBlock& block) {
    stft_.transform(block, tile_);
    power_.resize(tile_.power.size());
    for (std::size_t k = 0; k < power_.size(); ++k) {
      for (std::size_t lane = 0; lane < tile_.n_frames; ++lane) power_[k] += tile_.power[k][lane];
    }
  }

  [[nodiscard]] std::size_t longest_inner_silence() const {
    std::size_t longest = 0;
    std::size_t length = 0;
    bool has_begun = false;
    for (const bool silent : silent_) {
      if (silent) {
        length += has_begun ? 1 : 0;
        continue;
      }
      longest = std::max(longest, length);
      length = 0;
      has_begun = true;
    }
    return longest;
  }

  [[nodiscard]] double highest_hz() const {
    if (power_.empty()) return 0;
    const double least = *std::ranges::max_element(power_) * 1e-7;  // -70 dB
    for (std::size_t k = power_.size(); k-- > 0;) {
      if (power_[k] > least) return static_cast<double>(k) * kRate_hz / static_cast<double>(kFft);
    }
    return 0;
  }

  dsp::FrameStream frames_;
  dsp::Stft stft_;
  dsp::SpectrumTile tile_;
  std::vector<double> power_;  // [bins], summed over frames
  std::vector<bool> silent_;   // of each block
  float loudest_ = 0;
  std::size_t filled_ = 0;
  float peak_ = 0;
  float run_of_ = 0;
  std::size_t run_length_ = 0;
  std::size_t n_samples_ = 0;
  std::vector<std::pair<float, std::size_t>> runs_;
};

}  // namespace

DamageSigns damage_signs(const std::filesystem::path& file) {
  Listener listener;
  audio::DecodeOptions options;
  options.rate_hz = kRate_hz;
  const audio::DecodeReport report = audio::decode(file, options, listener);
  DamageSigns signs = listener.signs();
  signs.decoded_s = report.decoded_s;
  signs.damage = report.damage;
  return signs;
}

std::vector<std::string> in_words(const DamageSigns& signs) {
  std::vector<std::string> words;
  if (signs.silent_share >= 0.9995) {
    words.emplace_back("silent all through");
    return words;
  }
  if (signs.silent_share >= 0.2)
    words.push_back(fmt::format("silent for {:.0f} % of its length", 100 * signs.silent_share));
  if (signs.longest_silence_s >= 3) words.push_back(fmt::format("a gap of {:.1f} s", signs.longest_silence_s));
  if (signs.flat_share >= 1e-3)
    words.push_back(fmt::format("clipped: {:.1f} % of its samples stand at the top", 100 * signs.flat_share));
  if (signs.highest_hz > 0 && signs.highest_hz < 5000)
    words.push_back(fmt::format("nothing above {:.1f} kHz", signs.highest_hz / 1000));
  if (!signs.damage.empty()) words.push_back(signs.damage);
  return words;
}

}  // namespace songmap::features
