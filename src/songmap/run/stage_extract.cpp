#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <numeric>
#include <set>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/core/random.h"
#include "songmap/core/utf8.h"
#include "songmap/features/dataset.h"
#include "songmap/features/embedding.h"
#include "songmap/features/embedding_model.h"
#include "songmap/features/extract.h"
#include "songmap/features/recipe.h"
#include "songmap/features/spectrogram_windows.h"
#include "songmap/features/vector_windows.h"
#include "songmap/library/lyrics_table.h"
#include "songmap/library/scan.h"
#include "songmap/library/store.h"
#include "songmap/run/embeddings.h"
#include "songmap/run/lyrics_pairing.h"
#include "songmap/run/manifest.h"
#include "songmap/run/model_inputs.h"
#include "songmap/run/stage_record.h"
#include "songmap/run/tables.h"

namespace songmap::run {
namespace {

namespace fs = std::filesystem;

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// What both kinds of input give.
struct Described {
  std::vector<TrackRow> tracks;
  std::vector<OwnLyrics> lyrics;  ///< One a track; empty for a table.
  std::vector<FailureRow> failures;
  std::vector<std::size_t> places;          ///< Of each track in the collection's order, failed ones counted too.
  std::size_t n_listed = 0;                 ///< Tracks of the collection, failed ones counted too.
  std::vector<PretrainedInput> pretrained;  ///< What a user's model gave.
  Matrix values;
  std::vector<std::string> columns;
  features::WindowedRows windows;  ///< Of spectrograms, where a track has several; else empty.
};

bool is_spectrogram(const std::string& recipe) { return recipe == "log-mel" || recipe == "log-mel-track"; }

/// Windows of the tracks are asked for, and the recipe has some.
bool reads_windows(const FeatureOptions& options) { return options.metric != "none" && options.recipe == "timbre"; }

/// What a model is to read of each track: a vector, or windows of its spectrogram and their mean.
void gather_values(const features::ExtractReport& report, library::Store& store, const FeatureOptions& options,
                   Described& described) {
  if (!is_spectrogram(options.recipe)) {
    described.values = features::gather(report, store, options.recipe);
    described.columns = features::recipe(options.recipe).columns;
    if (reads_windows(options)) described.windows = features::gather_vector_windows(report, store, kWindowRecipe);
    return;
  }
  features::WindowOptions windows;
  windows.most_windows = options.most_windows;
  described.windows = features::gather_windows(report, store, options.recipe, windows);
  if (described.windows.track.size() == report.tracks.size()) {
    described.values = std::move(described.windows.rows);
    described.windows = {};
  } else {
    described.values = features::mean_by_track(described.windows.rows, described.windows.track, report.tracks.size());
  }
}

/// Every row gets every label column that some row has.
void complete_labels(std::vector<TrackRow>& tracks) {
  std::set<std::string> names;
  for (const TrackRow& track : tracks) {
    for (const auto& [name, value] : track.labels) names.insert(name);
  }
  for (TrackRow& track : tracks) {
    for (const std::string& name : names) track.labels.try_emplace(name);
  }
}

/// Label columns worth scoring, the most specific first: genre, then label, then the rest by name.
std::vector<std::string> targets_of(const std::vector<TrackRow>& tracks) {
  std::vector<std::string> targets;
  if (tracks.empty()) return targets;
  for (const auto& [name, value] : tracks.front().labels) {
    if (std::ranges::any_of(tracks, [&](const TrackRow& track) { return !track.labels.at(name).empty(); })) {
      targets.push_back(name);
    }
  }
  const auto rank = [](const std::string& name) { return name == "genre" ? 0 : name == "label" ? 1 : 2; };
  std::ranges::stable_sort(targets, {}, rank);
  return targets;
}

void warn(const std::string& sentence, Manifest& manifest, const StageContext& context) {
  manifest.warnings["extract"].push_back(sentence);
  if (context.warn) context.warn(sentence);
}

void note(const std::string& sentence, Manifest& manifest, const StageContext& context) {
  manifest.notes["extract"].push_back(sentence);
  if (context.note) context.note(sentence);
}

/// The tracks that stand for the collection: `size` of n, drawn at random, in their order; all where `size` is 0.
std::vector<std::size_t> sampled(std::size_t n, std::size_t size, std::uint64_t seed, Manifest& manifest,
                                 const StageContext& context) {
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (size == 0) return rows;
  if (n <= size) {
    if (n < size) {
      warn(fmt::format("The preset draws {} tracks at random, and there are {}: all of them are used.", size, n),
           manifest, context);
    }
    return rows;
  }
  rows = Random(seed, 0x5a3b).permutation(n);
  rows.resize(size);
  std::ranges::sort(rows);
  note(fmt::format("{} of {} tracks were drawn at random, as the preset says (evaluation.sample).", size, n), manifest,
       context);
  return rows;
}

template <class Item>
std::vector<Item> taken(std::vector<Item> items, const std::vector<std::size_t>& rows) {
  std::vector<Item> result;
  result.reserve(rows.size());
  for (const std::size_t row : rows) result.push_back(std::move(items[row]));
  return result;
}

Described describe_table(const ExtractRequest& request, Manifest& manifest, const StageContext& context) {
  features::FeatureTable table = features::load_feature_table(request.input, request.options.features.columns);
  for (const std::string& column : table.left_out) {
    note(fmt::format("The column '{}' is not used as a feature: {}.", column, features::kLengthReason), manifest,
         context);
  }
  Described described;
  for (std::size_t i = 0; i < table.ids.size(); ++i) {
    TrackRow row;
    row.track_id = table.ids[i];
    row.path = table.ids[i];
    for (const auto& [name, values] : table.labels) row.labels[name] = values[i];
    const auto tag = [&](const char* name) {
      return table.tags.contains(name) ? table.tags.at(name)[i] : std::string();
    };
    row.title = tag("title");
    row.artist = tag("artist");
    row.album = tag("album");
    described.tracks.push_back(std::move(row));
  }
  std::vector<std::size_t> rejected_lines;
  for (const features::RejectedRow& row : table.rejected) {
    described.failures.push_back({row.id, row.id, "features", row.reason});
    rejected_lines.push_back(row.line);
  }
  for (std::size_t i = 0; i < table.lines.size(); ++i) {
    const auto before = std::ranges::lower_bound(rejected_lines, table.lines[i]) - rejected_lines.begin();
    described.places.push_back(i + static_cast<std::size_t>(before));
  }
  described.n_listed = table.ids.size() + table.rejected.size();
  const std::vector<std::size_t> chosen =
      sampled(described.tracks.size(), request.options.evaluation.sample, request.seed, manifest, context);
  described.tracks = taken(std::move(described.tracks), chosen);
  described.places = taken(std::move(described.places), chosen);
  described.values = take_rows(table.values, chosen);
  described.columns = std::move(table.columns);
  manifest.input.kind = "table";
  manifest.label_source = table.labels.empty() ? "none" : "the table's columns";
  return described;
}

Described describe_audio(const ExtractRequest& request, const std::optional<features::EmbeddingModel>& audio_model,
                         Manifest& manifest, const StageContext& context) {
  library::ScanOptions scan_options;
  if (!request.label_from.empty()) scan_options.label_from = request.label_from;
  scan_options.read_lyrics = request.options.lyrics.vectors != "none";
  library::ScanResult scanned = library::scan(request.input, scan_options, context.execution);
  if (context.note) {
    for (const std::string& hint : scanned.hints) context.note(hint);
  }
  if (!request.more_paths.empty()) {
    library::ScanOptions plain = scan_options;
    if (plain.label_from == "csv") plain.label_from = "auto";
    library::ScanResult more = library::scan_paths(request.more_paths, scanned.root, plain, context.execution);
    std::ranges::move(more.tracks, std::back_inserter(scanned.tracks));
    std::ranges::move(more.failures, std::back_inserter(scanned.failures));
  }
  const std::vector<std::size_t> chosen =
      sampled(scanned.tracks.size(), request.options.evaluation.sample, request.seed, manifest, context);
  const std::size_t n_listed = scanned.tracks.size();
  scanned.tracks = taken(std::move(scanned.tracks), chosen);
  const fs::path store_file = request.store.empty() ? library::default_store_path() : request.store;
  library::Store store = library::Store::open(store_file);
  features::ExtractOptions extract_options;
  extract_options.recipes = {request.options.features.recipe};
  if (request.options.features.log_mel && request.options.features.recipe != "log-mel")
    extract_options.recipes.emplace_back("log-mel");
  if (reads_windows(request.options.features)) extract_options.recipes.emplace_back(kWindowRecipe);
  extract_options.retry_failed = request.retry_failed;
  features::ExtractReport report = features::extract(scanned, store, extract_options, context.execution);
  const std::size_t n_excluded = std::erase_if(
      report.tracks, [&](const features::ExtractedTrack& track) { return request.exclude.contains(track.track_id); });
  if (n_excluded > 0) note(fmt::format("{} tracks are excluded.", n_excluded), manifest, context);
  const auto n_failed =
      report.failures.size() +
      static_cast<std::size_t>(std::ranges::count_if(
          scanned.failures, [](const library::Failure& failure) { return failure.stage != "lyrics"; }));
  if (context.note) {
    context.note(fmt::format("{} tracks: {} decoded, {} known from before, {} failed", scanned.tracks.size(),
                             report.n_decoded, report.n_reused, n_failed));
  }

  std::unordered_map<std::string, std::size_t> place_of;
  for (std::size_t i = 0; i < chosen.size(); ++i) place_of[scanned.tracks[i].relative_path] = chosen[i];
  Described described;
  described.n_listed = n_listed;
  for (const features::ExtractedTrack& extracted : report.tracks) {
    const library::Track& track = extracted.track;
    const std::string path = utf8::repaired(track.relative_path);
    described.tracks.push_back(
        {extracted.track_id, path, track.title, track.artist, track.album, extracted.length_s, track.labels});
    described.places.push_back(place_of.at(track.relative_path));
    manifest.input.audio_s += extracted.decoded_s;
    if (extracted.excerpted) manifest.input.excerpted.push_back(path);
    described.lyrics.push_back({track.lyrics, track.lyrics_source});
    if (!extracted.damage.empty()) manifest.input.damaged.push_back(path + ": " + extracted.damage);
  }
  for (const std::vector<library::Failure>* failures :
       {&std::as_const(scanned.failures), &std::as_const(report.failures)}) {
    for (const library::Failure& failure : *failures) {
      described.failures.push_back({failure.track_id, failure.path, failure.stage, failure.reason});
    }
  }
  if (!report.tracks.empty()) gather_values(report, store, request.options.features, described);
  if (audio_model && !report.tracks.empty()) {
    features::EmbeddingReport embedded = features::embed_tracks(report, store, *audio_model, context.execution);
    for (const library::Failure& failure : embedded.failures) {
      described.failures.push_back({failure.track_id, failure.path, failure.stage, failure.reason});
    }
    manifest.recipes["embedding"] = features::recipe_key(*audio_model);
    described.pretrained.push_back(input_of_model(request.audio_model, *audio_model, std::move(embedded)));
  }
  for (const std::string& name : extract_options.recipes) manifest.recipes[name] = features::recipe(name).key;
  manifest.input.kind = "audio";
  manifest.label_source = scan_options.label_from;
  return described;
}

std::vector<PretrainedInput> match_embeddings(const std::vector<GivenEmbedding>& embeddings, Described& described,
                                              Manifest& manifest, const StageContext& context) {
  std::vector<features::EmbeddedTrack> tracks;
  for (std::size_t i = 0; i < described.tracks.size(); ++i) {
    tracks.push_back({described.tracks[i].track_id, described.tracks[i].path, described.places[i]});
  }
  std::vector<PretrainedInput> inputs = std::move(described.pretrained);
  for (const GivenEmbedding& given : embeddings) inputs.push_back(matched_input(given, tracks, described.n_listed));
  for (const PretrainedInput& input : inputs) {
    for (const std::string& sentence : input.warnings) warn(sentence, manifest, context);
    for (const std::string& sentence : input.notes) note(sentence, manifest, context);
    manifest.pretrained.push_back(input.record);
  }
  return inputs;
}

}  // namespace

RunFolder extract_stage(const ExtractRequest& request, const StageContext& context) {
  std::error_code error;
  if (!fs::exists(request.input, error)) {
    throw IoError(fmt::format("{} does not exist: give a folder of music, a CSV of tracks or a CSV of features",
                              quoted(request.input)));
  }
  const auto start = std::chrono::steady_clock::now();
  // Options that do not go together and a table that cannot be read are told before hours of decoding.
  cluster::check(request.options.clusterings.groups);
  if (request.options.lyrics.vectors != "none") {
    for (const fs::path& table : request.lyrics_tables) (void)library::read_lyrics_table(table);
  }
  const std::vector<GivenEmbedding> embeddings = read_embeddings(request);
  const std::optional<features::EmbeddingModel> audio_model = load_audio_model(request);
  const RunFolder folder = RunFolder::for_writing(request.output);
  Manifest manifest;
  manifest.version = request.version;
  manifest.command = request.command_line;
  manifest.preset = request.preset;
  manifest.protocol = request.protocol;
  manifest.created = now_utc();
  manifest.seed = request.seed;
  manifest.threads = context.execution.thread_count();
  manifest.input.path = fs::absolute(request.input).lexically_normal().string();
  manifest.options = resolved(request.options);

  // From here on the folder is a run, whatever ends this one: the same command may go on in it.
  if (!fs::exists(folder.manifest())) save_manifest(folder.manifest(), manifest);
  const bool is_file = fs::is_regular_file(request.input, error);
  const bool is_table = is_file && features::is_feature_table(request.input);
  if (is_table && audio_model) {
    throw InvalidArgument(
        fmt::format("--audio-model {} reads audio, and {} is a table of features: give its vectors "
                    "with --audio-embedding",
                    quoted(request.audio_model), quoted(request.input)));
  }
  Described described =
      is_table ? describe_table(request, manifest, context) : describe_audio(request, audio_model, manifest, context);
  PairedLyrics lyrics;
  if (request.options.lyrics.vectors != "none") {
    lyrics = pair_lyrics(described.tracks, described.lyrics, request.lyrics_tables, request.options.lyrics.pairing);
    // The study scores against the language of however few.
    const LyricsOptions& words = request.options.lyrics;
    add_lyrics_language(lyrics.rows, words.views == "study" ? 0 : words.fewest, described.tracks);
    for (const std::string& sentence : lyrics.warnings) warn(sentence, manifest, context);
    for (const std::string& sentence : lyrics.notes) note(sentence, manifest, context);
  } else if (!request.lyrics_tables.empty()) {
    warn(fmt::format("{} is not read: this run looks at sound alone (lyrics.vectors is none).",
                     quoted(request.lyrics_tables.front())),
         manifest, context);
  }
  manifest.lyrics = lyrics.record;
  manifest.lyrics.tables = named_tables(request.lyrics_tables);
  complete_labels(described.tracks);
  manifest.input.n_tracks = described.tracks.size();
  // A track whose lyrics cannot be read, or that a user's model cannot take, is no failed track.
  const auto of_lyrics = static_cast<std::size_t>(std::ranges::count(described.failures, "lyrics", &FailureRow::stage));
  const auto of_model =
      static_cast<std::size_t>(std::ranges::count(described.failures, "embedding", &FailureRow::stage));
  manifest.input.n_failures = described.failures.size() - of_lyrics - of_model;
  manifest.input.n_lyrics_failures = lyrics.failures.size() + of_lyrics;
  described.failures.insert(described.failures.end(), lyrics.failures.begin(), lyrics.failures.end());
  manifest.targets = targets_of(described.tracks);
  manifest.columns = std::move(described.columns);
  save_failures(folder.failures(), described.failures);
  if (described.tracks.empty()) {
    throw Error(fmt::format("not one of {} tracks in {} could be described; {} tells why", described.failures.size(),
                            quoted(request.input), quoted(folder.failures())));
  }
  const std::vector<PretrainedInput> pretrained = match_embeddings(embeddings, described, manifest, context);
  folder.remove_results();
  save_tracks(folder.tracks(), described.tracks);
  save_lyrics(folder.lyrics(), lyrics.rows);
  write_npy(folder.space("raw"), described.values);
  for (const PretrainedInput& input : pretrained) save_embedding(folder, input);
  if (!described.windows.track.empty()) save_windows(folder, described.windows);
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  manifest.stage_seconds["extract"] = spent.count();
  save_manifest(folder.manifest(), manifest);
  return folder;
}

}  // namespace songmap::run
