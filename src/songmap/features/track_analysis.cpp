#include "songmap/features/track_analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "songmap/core/error.h"
#include "songmap/features/frame_tile.h"
#include "songmap/features/log_mel.h"
#include "songmap/features/study_vector.h"
#include "songmap/features/tempo.h"
#include "songmap/features/timbre.h"

namespace songmap::features {
namespace {

constexpr float kSilence = 1e-6f;  // -120 dB of full scale
constexpr float kLargest = 1e6f;
constexpr double kMargin_s = 0.5;  // longer than the ringing and the blocks of a resampler
constexpr auto kHeadSamples = static_cast<std::size_t>(kStudyLength_s * kRate_hz);

/// Largest magnitude; infinity if any sample is not a number.
float peak_of(std::span<const float> samples) {
  float peak = 0;
  int strange = 0;
#pragma omp simd reduction(max : peak) reduction(| : strange)
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const float magnitude = std::abs(samples[i]);
    peak = magnitude > peak ? magnitude : peak;
    strange |= !(magnitude <= kLargest);
  }
  return strange != 0 ? std::numeric_limits<float>::infinity() : peak;
}

}  // namespace

/// The head (the first 10 s) and the whole track share the frames that lie in both; where the head ends, a copy of the
/// stream is finished for the head alone.
struct TrackAnalysis::State {
  explicit State(FrameNeeds needs) : describer(needs) {}

  std::vector<std::string> order;
  std::optional<StudyVector> study;
  std::optional<LogMel> log_mel;
  std::optional<LogMel> log_mel_track;
  std::optional<Timbre> timbre;
  std::optional<Tempo> tempo;
  FrameDescriber describer;
  std::optional<dsp::FrameStream> stream;  // of the segment that is open
  bool head_open = false;
  float head_peak = 0;
  float peak = 0;
  std::size_t n_samples = 0;

  [[nodiscard]] bool wants_head() const { return study || log_mel; }
  [[nodiscard]] bool wants_whole() const { return timbre || log_mel_track || tempo; }

  void receive(const dsp::FrameBlock& block, bool for_head, bool for_whole) {
    if (!for_head && !for_whole) return;
    const FrameTile& tile = describer.describe(block);
    if (for_head && study) study->add(tile, describer.spectrum());
    if (for_head && log_mel) log_mel->add(tile);
    if (for_whole && timbre) timbre->add(tile);
    if (for_whole && log_mel_track) log_mel_track->add(tile);
    if (for_whole && tempo) tempo->add(tile);
  }

  void push(std::span<const float> samples) {
    stream->push(samples, [this](const dsp::FrameBlock& block) { receive(block, head_open, wants_whole()); });
  }

  void close_head() {
    if (!head_open) return;
    head_open = false;
    dsp::FrameStream copy = *stream;
    copy.finish([this](const dsp::FrameBlock& block) { receive(block, true, false); });
  }

  void close_segment() {
    if (!stream || stream->n_samples() == 0) return;
    close_head();
    if (wants_whole()) {
      // A signal shorter than a frame is taken as a frame's length of signal and silence.
      if (stream->n_samples() < kFrames.n_fft) {
        push(std::vector<float>(kFrames.n_fft - stream->n_samples()));
      }
      stream->finish([this](const dsp::FrameBlock& block) { receive(block, false, true); });
    }
    stream.reset();
  }
};

TrackAnalysis::TrackAnalysis(std::span<const std::string> recipe_names) {
  require(!recipe_names.empty(), "track analysis: no recipe was asked for");
  FrameNeeds needs;
  const auto wants = [&](std::string_view name) { return std::ranges::find(recipe_names, name) != recipe_names.end(); };
  const auto need = [&](const FrameNeeds& more) {
    needs.fine_mel |= more.fine_mel;
    needs.coarse_mel |= more.coarse_mel;
    needs.shape |= more.shape;
    needs.timbre |= more.timbre;
  };
  for (const std::string& name : recipe_names) {
    (void)recipe(name);
    require(std::ranges::count(recipe_names, name) == 1, fmt::format("recipe '{}' was asked for twice", name));
  }
  if (wants("study-vector")) need(StudyVector::kNeeds);
  if (wants("log-mel")) need(LogMel::kNeeds);
  if (wants("log-mel-track")) need(LogMel::kNeeds);
  if (wants("timbre") || wants("timbre-windows")) need(Timbre::kNeeds);
  if (wants("tempo")) need(Tempo::kNeeds);
  state_ = std::make_unique<State>(needs);
  state_->order.assign(recipe_names.begin(), recipe_names.end());
  if (wants("study-vector")) state_->study.emplace();
  if (wants("log-mel")) state_->log_mel.emplace();
  if (wants("log-mel-track")) state_->log_mel_track.emplace();
  if (wants("timbre") || wants("timbre-windows")) state_->timbre.emplace();
  if (wants("tempo")) state_->tempo.emplace();
  state_->head_open = state_->wants_head();
}

TrackAnalysis::~TrackAnalysis() = default;
TrackAnalysis::TrackAnalysis(TrackAnalysis&&) noexcept = default;
TrackAnalysis& TrackAnalysis::operator=(TrackAnalysis&&) noexcept = default;

double TrackAnalysis::needed_s() const { return state_->wants_whole() ? 0 : kStudyLength_s + kMargin_s; }

void TrackAnalysis::begin_segment(double /*start_s*/) {
  state_->close_segment();
  state_->stream.emplace(kFrames);
  if (state_->timbre) state_->timbre->begin_segment();
  if (state_->tempo) state_->tempo->begin_segment();
}

void TrackAnalysis::samples(std::span<const float> mono) {
  State& s = *state_;
  if (!s.stream) begin_segment(0);
  const float peak = peak_of(mono);
  if (peak > kLargest) throw DecodeError("holds samples that are not finite");
  s.peak = std::max(s.peak, peak);
  s.n_samples += mono.size();
  if (s.head_open) {
    const std::span<const float> head = mono.first(std::min(mono.size(), kHeadSamples - s.stream->n_samples()));
    s.head_peak = std::max(s.head_peak, head.size() == mono.size() ? peak : peak_of(head));
    s.push(head);
    if (s.stream->n_samples() == kHeadSamples) s.close_head();
    mono = mono.subspan(head.size());
  }
  if (s.wants_whole()) s.push(mono);
}

std::vector<FeatureArray> TrackAnalysis::finish() {
  State& s = *state_;
  if (s.n_samples == 0) throw DecodeError("holds no samples: nothing to describe");
  if (!(s.peak > kSilence)) throw DecodeError("is silent: nothing to describe");
  if (s.wants_head() && !(s.head_peak > kSilence)) {
    throw DecodeError(fmt::format("is silent for its first {} s: nothing to describe", kStudyLength_s));
  }
  s.close_segment();
  std::vector<FeatureArray> arrays;
  for (const std::string& name : s.order) {
    arrays.push_back({name, name == "study-vector"    ? s.study->finish()
                            : name == "log-mel"       ? s.log_mel->finish()
                            : name == "log-mel-track" ? packed_levels(s.log_mel_track->finish())
                            : name == "timbre"        ? s.timbre->track()
                            : name == "tempo"         ? s.tempo->finish()
                                                      : s.timbre->windows()});
    if (!all_finite(arrays.back().values)) throw DecodeError(fmt::format("gives {} values that are not finite", name));
  }
  return arrays;
}

}  // namespace songmap::features
