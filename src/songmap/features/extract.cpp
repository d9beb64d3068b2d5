#include "songmap/features/extract.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <mutex>
#include <new>
#include <numeric>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "songmap/audio/decode.h"
#include "songmap/core/error.h"
#include "songmap/core/parallel.h"
#include "songmap/core/utf8.h"
#include "songmap/features/extract_progress.h"
#include "songmap/features/recipe.h"
#include "songmap/features/track_analysis.h"

namespace songmap::features {
namespace {

using library::Failure;
using library::FileState;
using library::KnownFile;
using library::Reading;
using library::StoredFailure;
using library::StoredFeature;

/// Work recorded with a failure to identify: it stands in the way of every recipe.
constexpr const char* kIdentifyWork = "identify";

constexpr std::size_t kTrackIdDigits = 16;

/// What stands in the way of one track. `lasting`: as long as the file stays as it is.
struct Obstacle {
  std::string stage;
  std::string reason;
  bool lasting = false;
};

/// Runs a step on one track; what the file is to blame for becomes an Obstacle, the rest is passed on.
template <class Step>
std::optional<Obstacle> attempt(const char* stage, Step&& step) {
  try {
    step();
    return std::nullopt;
  } catch (const Cancelled&) {
    throw;
  } catch (const IoError& failure) {
    return Obstacle{stage, failure.what(), false};
  } catch (const Error& failure) {
    return Obstacle{stage, failure.what(), true};
  } catch (const std::bad_alloc&) {
    return Obstacle{stage, "not enough memory for this track", false};
  }
}

struct Item {
  const library::Track* track = nullptr;
  std::optional<FileState> state;
  std::optional<KnownFile> known;
  std::optional<StoredFailure> failed_before;
  std::optional<Reading> reading;  ///< Set when every recipe is in the store.
  std::optional<Obstacle> obstacle;
  double announced_s = 0;
  bool decoded = false;
  bool is_waiting_copy = false;  ///< Another thread is busy with the same audio.
};

class Extraction {
 public:
  Extraction(const library::ScanResult& scan, library::Store& store, const ExtractOptions& options,
             const Execution& run)
      : store_(store), options_(options), run_(run), progress_(run) {
    require(!options.recipes.empty(), "recipes: at least one is needed");
    for (const std::string& name : options.recipes) {
      const Recipe& found = recipe(name);
      if (std::ranges::find(recipes_, &found) == recipes_.end()) recipes_.push_back(&found);
    }
    items_.resize(scan.tracks.size());
    for (std::size_t i = 0; i < items_.size(); ++i) items_[i].track = &scan.tracks[i];
  }

  ExtractReport extract_all() {
    const auto start = std::chrono::steady_clock::now();
    look_up();
    std::vector<std::size_t> jobs = plan();
    while (!jobs.empty()) {
      claimed_.clear();
      parallel_for(jobs.size(), run_.thread_count(), [&](std::size_t j) { process(items_[jobs[j]]); });
      // Copies of what another thread was busy with: mostly done by now; if that one failed, it is their turn.
      std::erase_if(jobs, [&](std::size_t i) { return !std::exchange(items_[i].is_waiting_copy, false); });
    }
    ExtractReport report = assemble();
    report.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
  }

 private:
  /// All that can be known without opening a file: states, identities, what is in the store, what failed before.
  void look_up() {
    std::vector<Item*> items;
    std::vector<FileState> states;
    for (Item& item : items_) {
      item.obstacle = attempt("identify", [&] { item.state = FileState::of(item.track->path); });
      if (!item.state) continue;
      items.push_back(&item);
      states.push_back(*item.state);
    }
    auto known = store_.known_files(states);
    auto failures = store_.known_failures(states);
    std::vector<std::string> content_ids;
    std::vector<Item*> known_items;
    for (std::size_t i = 0; i < items.size(); ++i) {
      items[i]->known = std::move(known[i]);
      items[i]->failed_before = std::move(failures[i]);
      if (!items[i]->known) continue;
      content_ids.push_back(items[i]->known->content_id);
      known_items.push_back(items[i]);
    }
    std::vector<std::optional<Reading>> all(known_items.size(), Reading{});
    for (const Recipe* wanted : recipes_) {
      const auto held = store_.held(content_ids, wanted->key);
      for (std::size_t i = 0; i < all.size(); ++i) all[i] = combined(all[i], held[i]);
    }
    for (std::size_t i = 0; i < all.size(); ++i) known_items[i]->reading = std::move(all[i]);
  }

  static std::optional<Reading> combined(const std::optional<Reading>& a, const std::optional<Reading>& b) {
    if (!a || !b) return std::nullopt;
    return Reading{std::max(a->decoded_s, b->decoded_s), a->excerpted || b->excerpted,
                   a->damage.empty() ? b->damage : a->damage};
  }

  /// Tracks with something to do, longest first, so that no long one is left for the end on one core.
  std::vector<std::size_t> plan() {
    std::vector<std::size_t> jobs;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      Item& item = items_[i];
      if (item.reading || item.obstacle) continue;
      item.announced_s = work_s(length_s(item), recipes_);
      progress_.expect(item.announced_s);
      jobs.push_back(i);
    }
    std::ranges::stable_sort(jobs, std::greater{}, [&](std::size_t i) { return length_s(items_[i]); });
    return jobs;
  }

  static double length_s(const Item& item) { return item.known ? item.known->length_s : item.track->length_s; }

  /// Recipes that can share one decode of a track. One set, or two for a long track.
  std::vector<std::vector<const Recipe*>> passes(double length_s, const std::vector<const Recipe*>& recipes) const {
    std::vector<const Recipe*> of_beginning;
    std::vector<const Recipe*> of_all;
    for (const Recipe* one : recipes) (one->length_s > 0 ? of_beginning : of_all).push_back(one);
    if (of_beginning.empty() || of_all.empty() || length_s <= decoding_.excerpts_over_s) return {recipes};
    return {of_beginning, of_all};
  }

  /// Seconds of audio to decode for these recipes.
  double work_s(double length_s, const std::vector<const Recipe*>& recipes) const {
    double sum = 0;
    for (const auto& pass : passes(length_s, recipes)) {
      double needed_s = 0;
      for (const Recipe* one : pass) needed_s = std::max(needed_s, one->length_s > 0 ? one->length_s : length_s);
      sum += std::min({needed_s, length_s, decoding_.excerpts_over_s});
    }
    return sum;
  }

  void process(Item& item) {
    TrackProgress progress(progress_, item.announced_s);
    work_on(item, progress);
    progress.finish();
    item.announced_s = 0;
  }

  void work_on(Item& item, TrackProgress& progress) {
    if (!refresh_state(item) || !identify(item)) return;
    std::vector<const Recipe*> missing;
    std::optional<Reading> reading = Reading{};
    const std::string& id = item.known->content_id;
    for (const Recipe* wanted : recipes_) {
      const auto held = store_.held({&id, 1}, wanted->key).front();
      reading = combined(reading, held);
      if (!held) missing.push_back(wanted);
    }
    item.reading = std::move(reading);
    if (missing.empty()) return;
    const std::string work = work_name(missing);
    if (failed_before(item, work)) return;
    {
      const std::lock_guard lock(mutex_);
      item.is_waiting_copy = !claimed_.insert(id).second;
    }
    if (item.is_waiting_copy) return;
    progress.expect(work_s(item.known->length_s, missing));
    compute(item, missing, work, progress);
  }

  /// Hours may have passed since the scan.
  static bool refresh_state(Item& item) {
    item.obstacle = attempt("identify", [&] {
      const FileState now = FileState::of(item.track->path);
      if (now == *item.state) return;
      item.state = now;
      item.known.reset();
      item.failed_before.reset();
    });
    return !item.obstacle;
  }

  bool identify(Item& item) {
    if (item.known) return true;
    if (failed_before(item, kIdentifyWork)) return false;
    item.obstacle = attempt("identify", [&] {
      const audio::Identity identity = audio::identify(item.track->path);
      check_unchanged(item);
      item.known = KnownFile{identity.content_id, identity.info.length_s};
    });
    if (item.obstacle) {
      record(item, kIdentifyWork);
      return false;
    }
    store_.remember_file(*item.state, *item.known);
    const std::lock_guard lock(mutex_);
    ++n_identified_;
    return true;
  }

  /// What was read from a file that was being written belongs to no content.
  static void check_unchanged(const Item& item) {
    if (FileState::of(item.track->path) != *item.state) {
      throw IoError(fmt::format("{} changed while it was being read", quoted(item.track->path)));
    }
  }

  bool failed_before(Item& item, const std::string& work) const {
    if (options_.retry_failed || !item.failed_before || item.failed_before->work != work) return false;
    item.obstacle = Obstacle{item.failed_before->stage, item.failed_before->reason, true};
    return true;
  }

  void record(const Item& item, const std::string& work) {
    if (item.obstacle->lasting) store_.record_failure(*item.state, {work, item.obstacle->stage, item.obstacle->reason});
  }

  static std::string work_name(const std::vector<const Recipe*>& recipes) {
    std::set<std::string> keys;
    for (const Recipe* one : recipes) keys.insert(one->key);
    return fmt::format("{}", fmt::join(keys, " "));
  }

  void compute(Item& item, const std::vector<const Recipe*>& missing, const std::string& work,
               TrackProgress& progress) {
    std::vector<StoredFeature> results;
    double audio_s = 0;
    for (const auto& pass : passes(item.known->length_s, missing)) {
      audio_s += run_pass(item, pass, results, progress);
      if (item.obstacle) break;
    }
    if (!item.obstacle) {
      item.obstacle = attempt("decode", [&] { check_unchanged(item); });
    }
    if (item.obstacle) {
      record(item, work);
      return;
    }
    try {
      store_.save(item.known->content_id, results);
    } catch (const InvalidArgument& refusal) {
      item.obstacle = Obstacle{"store", refusal.what(), true};
      record(item, work);
      return;
    }
    if (item.failed_before) store_.forget_failure(item.track->path);
    finish(item, audio_s);
  }

  /// One decode. Returns the seconds of audio that came out of it.
  double run_pass(Item& item, const std::vector<const Recipe*>& pass, std::vector<StoredFeature>& results,
                  TrackProgress& progress) {
    std::vector<std::string> names;
    for (const Recipe* one : pass) names.push_back(one->name);
    TrackAnalysis analysis(names);
    audio::DecodeOptions decoding = decoding_;
    decoding.limit_s = analysis.needed_s();
    decoding.known_length_s = item.known->length_s;
    CountingSink sink(analysis, decoding.rate_hz, progress);
    audio::DecodeReport decoded;
    item.obstacle = attempt("decode", [&] { decoded = audio::decode(item.track->path, decoding, sink); });
    if (item.obstacle) return 0;
    item.obstacle = attempt("features", [&] {
      std::vector<FeatureArray> arrays = analysis.finish();
      for (std::size_t i = 0; i < arrays.size(); ++i) {
        results.push_back(
            {pass[i]->key, std::move(arrays[i].values), {decoded.decoded_s, decoded.excerpted, decoded.damage}});
      }
    });
    return decoded.decoded_s;
  }

  void finish(Item& item, double audio_s) {
    item.decoded = true;
    std::optional<Reading> reading = Reading{};
    for (const Recipe* wanted : recipes_) {
      reading = combined(reading, store_.held({&item.known->content_id, 1}, wanted->key).front());
    }
    item.reading = std::move(reading);
    const std::lock_guard lock(mutex_);
    audio_s_ += audio_s;
  }

  ExtractReport assemble() {
    ExtractReport report;
    report.n_identified = n_identified_;
    report.audio_s = audio_s_;
    std::unordered_map<std::string, std::size_t> copies;
    for (Item& item : items_) {
      std::string track_id;
      if (item.known) {
        track_id = item.known->content_id.substr(0, kTrackIdDigits);
        if (const std::size_t copy = ++copies[track_id]; copy > 1) track_id += fmt::format("-{}", copy);
      }
      if (!item.reading) {
        report.failures.push_back(
            {track_id, utf8::repaired(item.track->relative_path), item.obstacle->stage, item.obstacle->reason});
        continue;
      }
      ++(item.decoded ? report.n_decoded : report.n_reused);
      report.tracks.push_back({*item.track, track_id, item.known->content_id, item.known->length_s,
                               item.reading->decoded_s, item.reading->excerpted, item.reading->damage});
    }
    return report;
  }

  library::Store& store_;
  const ExtractOptions& options_;
  const Execution& run_;
  const audio::DecodeOptions decoding_{};
  AudioProgress progress_;
  std::vector<const Recipe*> recipes_;
  std::vector<Item> items_;
  std::mutex mutex_;  ///< Of what follows.
  std::set<std::string> claimed_;
  std::size_t n_identified_ = 0;
  double audio_s_ = 0;
};

}  // namespace

ExtractReport extract(const library::ScanResult& scan, library::Store& store, const ExtractOptions& options,
                      const Execution& run) {
  return Extraction(scan, store, options, run).extract_all();
}

Matrix gather(const ExtractReport& report, library::Store& store, std::string_view name) {
  const Recipe& wanted = recipe(name);
  require(!wanted.columns.empty(), fmt::format("recipe '{}' gives more than one vector a track", name));
  Matrix result(report.tracks.size(), wanted.columns.size());
  for (std::size_t i = 0; i < report.tracks.size(); ++i) {
    const ExtractedTrack& track = report.tracks[i];
    const std::optional<Matrix> values = store.find(track.content_id, wanted.key);
    if (!values || values->rows() != 1 || values->cols() != wanted.columns.size()) {
      throw IoError(fmt::format("the store {} holds no sound '{}' values for {}: extract again to compute them",
                                quoted(store.path()), name, quoted(track.track.path)));
    }
    std::ranges::copy(values->row(0), result.row(i).begin());
  }
  return result;
}

}  // namespace songmap::features
