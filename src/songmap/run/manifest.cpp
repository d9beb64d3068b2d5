#include "songmap/run/manifest.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "songmap/core/error.h"
#include "songmap/core/text_file.h"
#include "songmap/core/utf8.h"

namespace songmap::run {
namespace {

using Json = nlohmann::ordered_json;

/// File names may hold any bytes; JSON may not.
std::string text(const std::string& raw) { return utf8::repaired(raw); }

Json texts(const std::vector<std::string>& raw) {
  Json list = Json::array();
  for (const std::string& item : raw) list.push_back(text(item));
  return list;
}

Json numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(std::isfinite(value) ? Json(value) : Json(nullptr));
  return list;
}

std::vector<double> read_numbers(const Json& list) {
  std::vector<double> values;
  for (const Json& value : list) values.push_back(value.is_number() ? value.get<double>() : std::nan(""));
  return values;
}

/// An option's TOML spelling is JSON as well, but for inf and nan.
Json option_value(const std::string& toml) {
  const Json parsed = Json::parse(toml, nullptr, /*allow_exceptions=*/false);
  return parsed.is_discarded() ? Json(toml) : parsed;
}

Json by_stage(const std::map<std::string, std::vector<std::string>>& sentences) {
  Json object = Json::object();
  for (const auto& [stage, lines] : sentences) object[stage] = texts(lines);
  return object;
}

Json flat(const std::map<std::string, std::vector<std::string>>& sentences) {
  Json list = Json::array();
  for (const auto& [stage, lines] : sentences) {
    for (const std::string& line : lines) list.push_back(text(line));
  }
  return list;
}

/// What stands under `key`; null where nothing does.
const Json& child(const Json& object, const char* key) {
  static const Json kMissing;
  const auto found = object.find(key);
  return found == object.end() ? kMissing : *found;
}

template <class Value>
void read(const Json& object, const char* key, Value& value) {
  const Json& found = child(object, key);
  if (!found.is_null()) value = found.get<Value>();
}

Json model_json(const ModelRecord& model) {
  return {{"name", model.name},
          {"kind", model.kind},
          {"input", model.input},
          {"condition", text(model.condition)},
          {"beta", model.beta},
          {"n_inputs", model.n_inputs},
          {"n_latent", model.n_latent},
          {"seeds", model.seeds},
          {"active_units", numbers(model.active_units)},
          {"predicted_active", numbers(model.predicted_active)},
          {"sigma", numbers(model.sigma)},
          {"collapsed", model.collapsed},
          {"kl_per_dimension", numbers(model.kl_per_dimension)}};
}

ModelRecord read_model(const Json& object) {
  ModelRecord model;
  read(object, "name", model.name);
  read(object, "kind", model.kind);
  read(object, "input", model.input);
  read(object, "condition", model.condition);
  read(object, "beta", model.beta);
  read(object, "n_inputs", model.n_inputs);
  read(object, "n_latent", model.n_latent);
  read(object, "seeds", model.seeds);
  read(object, "collapsed", model.collapsed);
  model.active_units = read_numbers(object.value("active_units", Json::array()));
  model.predicted_active = read_numbers(object.value("predicted_active", Json::array()));
  model.sigma = read_numbers(object.value("sigma", Json::array()));
  model.kl_per_dimension = read_numbers(object.value("kl_per_dimension", Json::array()));
  return model;
}

Json space_json(const SpaceRecord& space) {
  return {{"name", space.name},
          {"view", space.view},
          {"kind", space.kind},
          {"model", space.model},
          {"title", space.title},
          {"seeded", space.seeded},
          {"n_columns", space.n_columns},
          {"n_audio_columns", space.n_audio_columns},
          {"methods", texts(space.methods)},
          {"pretrained", space.pretrained}};
}

SpaceRecord read_space(const Json& object) {
  SpaceRecord space;
  read(object, "name", space.name);
  read(object, "view", space.view);
  read(object, "kind", space.kind);
  read(object, "model", space.model);
  read(object, "title", space.title);
  read(object, "seeded", space.seeded);
  read(object, "n_columns", space.n_columns);
  read(object, "n_audio_columns", space.n_audio_columns);
  read(object, "methods", space.methods);
  read(object, "pretrained", space.pretrained);
  return space;
}

Json k_json(const Manifest& manifest) {
  Json views = Json::object();
  for (const auto& [view, k] : manifest.view_clusters) {
    views[view] = {{"value", k}, {"source", n_clusters_source_of(manifest, view)}};
  }
  return {{"value", manifest.n_clusters}, {"source", manifest.n_clusters_source}, {"views", views}};
}

Json pretrained_json(const PretrainedRecord& input) {
  return {{"modality", input.modality},
          {"source", text(input.source)},
          {"input", input.input},
          {"n_columns", input.n_columns},
          {"n_tracks", input.n_tracks}};
}

PretrainedRecord read_pretrained(const Json& object) {
  PretrainedRecord input;
  read(object, "modality", input.modality);
  read(object, "source", input.source);
  read(object, "input", input.input);
  read(object, "n_columns", input.n_columns);
  read(object, "n_tracks", input.n_tracks);
  return input;
}

Json to_json(const Manifest& manifest) {
  Json pretrained = Json::array();
  for (const PretrainedRecord& input : manifest.pretrained) pretrained.push_back(pretrained_json(input));
  Json options = Json::object();
  for (const auto& [name, value] : manifest.options) options[name] = option_value(value);
  Json models = Json::array();
  for (const ModelRecord& model : manifest.models) models.push_back(model_json(model));
  Json spaces = Json::array();
  for (const SpaceRecord& space : manifest.spaces) spaces.push_back(space_json(space));
  Json projections = Json::array();
  for (const ProjectionRecord& map : manifest.projections) {
    projections.push_back(
        {{"view", map.view},
         {"space", map.space},
         {"projection", map.projection},
         {"dimensions", map.dimensions},
         {"trustworthiness", std::isfinite(map.trustworthiness) ? Json(map.trustworthiness) : Json(nullptr)}});
  }
  return {{"songmap", manifest.version},
          {"command", text(manifest.command)},
          {"preset", text(manifest.preset)},
          {"protocol", manifest.protocol},
          {"created", manifest.created},
          {"seed", manifest.seed},
          {"seeds", manifest.seeds},
          {"threads", manifest.threads},
          {"machine", manifest.machine},
          {"input",
           {{"path", text(manifest.input.path)},
            {"kind", manifest.input.kind},
            {"n_tracks", manifest.input.n_tracks},
            {"n_failures", manifest.input.n_failures},
            {"n_lyrics_failures", manifest.input.n_lyrics_failures},
            {"audio_s", manifest.input.audio_s},
            {"excerpted", texts(manifest.input.excerpted)},
            {"damaged", texts(manifest.input.damaged)}}},
          {"options", options},
          {"recipes", manifest.recipes},
          {"columns", texts(manifest.columns)},
          {"labels", {{"source", manifest.label_source}, {"targets", texts(manifest.targets)}}},
          {"condition", text(manifest.condition)},
          {"lyrics",
           {{"n_tracks", manifest.lyrics.n_tracks},
            {"pairing", manifest.lyrics.pairing},
            {"vectors", manifest.lyrics.vectors},
            {"tables", manifest.lyrics.tables},
            {"languages", manifest.lyrics.languages},
            {"pseudo_languages", manifest.lyrics.pseudo_languages}}},
          {"pretrained", pretrained},
          {"spaces", spaces},
          {"main",
           {{"space", manifest.main_space}, {"method", manifest.main_method}, {"methods", texts(manifest.methods)}}},
          {"k", k_json(manifest)},
          {"evaluated_rows", manifest.evaluated_rows},
          {"models", models},
          {"choice",
           {{"model", manifest.choice.model},
            {"reason", manifest.choice.reason},
            {"median_length_s", manifest.choice.median_length_s},
            {"median_windows", manifest.choice.median_windows},
            {"within_share", manifest.choice.within_share}}},
          {"projections", projections},
          {"warnings", flat(manifest.warnings)},
          {"notes", flat(manifest.notes)},
          {"warnings_by_stage", by_stage(manifest.warnings)},
          {"notes_by_stage", by_stage(manifest.notes)},
          {"stage_seconds", manifest.stage_seconds}};
}

Manifest from_json(const Json& json) {
  Manifest manifest;
  read(json, "songmap", manifest.version);
  read(json, "command", manifest.command);
  read(json, "preset", manifest.preset);
  read(json, "protocol", manifest.protocol);
  read(json, "created", manifest.created);
  read(json, "seed", manifest.seed);
  read(json, "seeds", manifest.seeds);
  read(json, "threads", manifest.threads);
  read(json, "machine", manifest.machine);
  const Json& input = child(json, "input");
  read(input, "path", manifest.input.path);
  read(input, "kind", manifest.input.kind);
  read(input, "n_tracks", manifest.input.n_tracks);
  read(input, "n_failures", manifest.input.n_failures);
  read(input, "n_lyrics_failures", manifest.input.n_lyrics_failures);
  read(input, "audio_s", manifest.input.audio_s);
  read(input, "excerpted", manifest.input.excerpted);
  read(input, "damaged", manifest.input.damaged);
  for (const auto& [name, value] : child(json, "options").items()) manifest.options[name] = value.dump();
  read(json, "recipes", manifest.recipes);
  read(json, "columns", manifest.columns);
  read(child(json, "labels"), "source", manifest.label_source);
  read(child(json, "labels"), "targets", manifest.targets);
  read(json, "condition", manifest.condition);
  const Json& lyrics = child(json, "lyrics");
  read(lyrics, "n_tracks", manifest.lyrics.n_tracks);
  read(lyrics, "pairing", manifest.lyrics.pairing);
  read(lyrics, "vectors", manifest.lyrics.vectors);
  read(lyrics, "tables", manifest.lyrics.tables);
  read(lyrics, "languages", manifest.lyrics.languages);
  read(lyrics, "pseudo_languages", manifest.lyrics.pseudo_languages);
  for (const Json& object : child(json, "pretrained")) manifest.pretrained.push_back(read_pretrained(object));
  for (const Json& space : child(json, "spaces")) manifest.spaces.push_back(read_space(space));
  read(child(json, "main"), "space", manifest.main_space);
  read(child(json, "main"), "method", manifest.main_method);
  read(child(json, "main"), "methods", manifest.methods);
  read(child(json, "k"), "value", manifest.n_clusters);
  read(child(json, "k"), "source", manifest.n_clusters_source);
  for (const auto& [view, k] : child(child(json, "k"), "views").items()) {
    read(k, "value", manifest.view_clusters[view]);
    read(k, "source", manifest.view_clusters_source[view]);
  }
  read(json, "evaluated_rows", manifest.evaluated_rows);
  for (const Json& model : child(json, "models")) manifest.models.push_back(read_model(model));
  const Json& choice = child(json, "choice");
  read(choice, "model", manifest.choice.model);
  read(choice, "reason", manifest.choice.reason);
  read(choice, "median_length_s", manifest.choice.median_length_s);
  read(choice, "median_windows", manifest.choice.median_windows);
  read(choice, "within_share", manifest.choice.within_share);
  for (const Json& object : child(json, "projections")) {
    ProjectionRecord map;
    read(object, "view", map.view);
    read(object, "space", map.space);
    read(object, "projection", map.projection);
    read(object, "dimensions", map.dimensions);
    read(object, "trustworthiness", map.trustworthiness);
    manifest.projections.push_back(map);
  }
  read(json, "warnings_by_stage", manifest.warnings);
  read(json, "notes_by_stage", manifest.notes);
  read(json, "stage_seconds", manifest.stage_seconds);
  return manifest;
}

}  // namespace

std::size_t n_clusters_of(const Manifest& manifest, const std::string& view) {
  const auto found = manifest.view_clusters.find(view);
  return found == manifest.view_clusters.end() ? manifest.n_clusters : found->second;
}

const std::string& n_clusters_source_of(const Manifest& manifest, const std::string& view) {
  const auto found = manifest.view_clusters_source.find(view);
  return found == manifest.view_clusters_source.end() ? manifest.n_clusters_source : found->second;
}

Manifest load_manifest(const std::filesystem::path& file) {
  const std::string content = read_file(file);
  try {
    return from_json(Json::parse(content));
  } catch (const Json::exception& error) {
    throw FormatError(fmt::format("{} is not a manifest of songmap: {}", quoted(file), error.what()));
  }
}

void save_manifest(const std::filesystem::path& file, const Manifest& manifest) {
  write_file(file, to_json(manifest).dump(2) + "\n");
}

}  // namespace songmap::run
