#include "songmap/features/embedding_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <new>
#include <optional>

#include "songmap/audio/decode.h"
#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/utf8.h"
#include "songmap/features/extract_progress.h"

namespace songmap::features {
namespace {

/// Windows that the model reads at once: more are no faster, and a network may need 30 MB for each.
constexpr std::size_t kBatch = 4;

class CollectingSink final : public audio::SampleSink {
 public:
  void begin_segment(double /*start_s*/) override {}
  void samples(std::span<const float> mono) override { all.insert(all.end(), mono.begin(), mono.end()); }

  std::vector<float> all;
};

/// Windows [first, last) of `starts`.
Matrix window_rows(const EmbeddingModel& model, std::span<const float> samples, std::span<const std::size_t> starts) {
  Matrix windows(starts.size(), model.window_samples);
  for (std::size_t w = 0; w < starts.size(); ++w) {
    const std::size_t length = std::min(model.window_samples, samples.size() - starts[w]);
    std::ranges::copy(samples.subspan(starts[w], length), windows.row(w).begin());
  }
  return windows;
}

/// `between` is called before every batch, and may throw.
Matrix mean_vector(const EmbeddingModel& model, std::span<const float> samples, const std::function<void()>& between) {
  const std::vector<std::size_t> starts = window_starts(samples.size(), model.window_samples, model.most_windows);
  std::vector<double> sums(model.n_columns);
  for (std::size_t first = 0; first < starts.size(); first += kBatch) {
    between();
    const auto batch = std::span(starts).subspan(first, std::min(kBatch, starts.size() - first));
    const Matrix vectors = model.embed(window_rows(model, samples, batch));
    for (std::size_t i = 0; i < vectors.rows(); ++i) {
      for (std::size_t j = 0; j < sums.size(); ++j) sums[j] += vectors(i, j);
    }
  }
  Matrix mean(1, model.n_columns);
  for (std::size_t j = 0; j < sums.size(); ++j) {
    mean(0, j) = static_cast<float>(sums[j] / static_cast<double>(starts.size()));
  }
  return mean;
}

/// The same audio once, however many copies of it there are.
struct Job {
  const ExtractedTrack* track = nullptr;
  std::string failure;
};

library::StoredFeature embedded(const EmbeddingModel& model, const ExtractedTrack& track, TrackProgress& progress) {
  audio::DecodeOptions decoding;
  decoding.rate_hz = model.rate_hz;
  decoding.known_length_s = track.length_s;
  CollectingSink samples;
  CountingSink counting(samples, decoding.rate_hz, progress);
  const audio::DecodeReport decoded = audio::decode(track.track.path, decoding, counting);
  return {recipe_key(model),
          mean_vector(model, samples.all, [&] { progress.advance(0); }),
          {decoded.decoded_s, decoded.excerpted, decoded.damage}};
}

void compute(const EmbeddingModel& model, library::Store& store, AudioProgress& all, Job& job) {
  TrackProgress progress(all, std::min(job.track->length_s, audio::DecodeOptions{}.excerpts_over_s));
  std::optional<library::StoredFeature> result;
  try {
    result = embedded(model, *job.track, progress);
  } catch (const Cancelled&) {
    throw;
  } catch (const Error& error) {
    job.failure = error.what();
  } catch (const std::bad_alloc&) {
    job.failure = "not enough memory for this track";
  }
  if (result) store.save(job.track->content_id, {&*result, 1});
  progress.finish();
}

}  // namespace

std::string recipe_key(const EmbeddingModel& model) {
  return fmt::format("embedding-{}-{}hz-{}x{}-mean-1", model.identity, model.rate_hz, model.most_windows,
                     model.window_samples);
}

std::vector<std::size_t> window_starts(std::size_t n_samples, std::size_t window_samples, std::size_t most_windows) {
  require(window_samples > 0 && most_windows > 0, "a track has at least one window of at least one sample");
  if (n_samples <= window_samples) return {0};
  const std::size_t n = std::min((n_samples + window_samples - 1) / window_samples, most_windows);
  std::vector<std::size_t> starts(n);
  for (std::size_t w = 1; w < n; ++w) starts[w] = w * (n_samples - window_samples) / (n - 1);
  return starts;
}

Matrix embed_samples(const EmbeddingModel& model, std::span<const float> samples) {
  return mean_vector(model, samples, [] {});
}

EmbeddingReport embed_tracks(const ExtractReport& report, library::Store& store, const EmbeddingModel& model,
                             const Execution& run) {
  const std::string key = recipe_key(model);
  std::vector<std::string> ids;
  for (const ExtractedTrack& track : report.tracks) ids.push_back(track.content_id);
  const auto held = store.held(ids, key);
  std::map<std::string, std::size_t> job_of;
  std::vector<Job> jobs;
  AudioProgress progress(run, "embed");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (held[i] || !job_of.emplace(ids[i], jobs.size()).second) continue;
    jobs.push_back({&report.tracks[i], ""});
    progress.expect(std::min(report.tracks[i].length_s, audio::DecodeOptions{}.excerpts_over_s));
  }
  std::vector<Job*> longest_first;
  for (Job& job : jobs) longest_first.push_back(&job);
  std::ranges::stable_sort(longest_first, std::greater<>(), [](const Job* job) { return job->track->length_s; });
  parallel_for(jobs.size(), run.thread_count(),
               [&](std::size_t j) { compute(model, store, progress, *longest_first[j]); });

  EmbeddingReport result;
  result.rows = Matrix(report.tracks.size(), model.n_columns);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto job = job_of.find(ids[i]);
    const std::string failure = job == job_of.end() ? "" : jobs[job->second].failure;
    if (failure.empty()) {
      const std::optional<Matrix> values = store.find(ids[i], key);
      if (!values || values->rows() != 1 || values->cols() != model.n_columns) {
        throw IoError(fmt::format("the store {} holds no sound embedding of {}: run again to compute it",
                                  quoted(store.path()), quoted(report.tracks[i].track.path)));
      }
      std::ranges::copy(values->row(0), result.rows.row(i).begin());
      continue;
    }
    std::ranges::fill(result.rows.row(i), std::numeric_limits<float>::quiet_NaN());
    result.failures.push_back(
        {report.tracks[i].track_id, utf8::repaired(report.tracks[i].track.relative_path), "embedding", failure});
  }
  result.n_computed =
      static_cast<std::size_t>(std::ranges::count_if(jobs, [](const Job& job) { return job.failure.empty(); }));
  return result;
}

}  // namespace songmap::features
