#include "songmap/run/report_manifest.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "songmap/core/error.h"
#include "songmap/core/text_file.h"

namespace songmap::run {
namespace {

using nlohmann::json;

const json& member(const json& object, const char* name) {
  static const json kMissing;
  if (!object.is_object()) return kMissing;
  const auto found = object.find(name);
  return found == object.end() ? kMissing : *found;
}

/// A value as a person would write it: text without quotes, a list as "a, b".
std::string spelled(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "";
  if (value.is_number_float()) return fmt::format("{:g}", value.get<double>());
  if (value.is_array()) {
    std::string list;
    for (const json& entry : value) list += (list.empty() ? "" : ", ") + spelled(entry);
    return list;
  }
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

template <class Number>
std::optional<Number> number(const json& value) {
  if (!value.is_number()) return std::nullopt;
  if constexpr (!std::is_floating_point_v<Number>) {
    if (value.get<double>() < 0) return std::nullopt;
  }
  return value.get<Number>();
}

/// The numbers of a list; a single number is a list of one.
template <class Number>
std::vector<Number> numbers(const json& value) {
  std::vector<Number> list;
  if (value.is_array()) {
    for (const json& entry : value) {
      if (const auto n = number<Number>(entry)) list.push_back(*n);
    }
  } else if (const auto n = number<Number>(value)) {
    list.push_back(*n);
  }
  return list;
}

std::vector<std::string> texts(const json& value) {
  std::vector<std::string> list;
  if (value.is_array()) {
    for (const json& entry : value) list.push_back(spelled(entry));
  } else if (value.is_string()) {
    list.push_back(spelled(value));
  }
  return list;
}

std::vector<std::pair<std::string, std::string>> pairs(const json& value) {
  std::vector<std::pair<std::string, std::string>> list;
  if (!value.is_object()) return list;
  for (const auto& [name, entry] : value.items()) list.emplace_back(name, spelled(entry));
  return list;
}

std::string command_line(const json& value) {
  if (!value.is_array()) return spelled(value);
  std::string line;
  for (const json& entry : value) {
    std::string word = spelled(entry);
    constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%";
    if (word.empty() || word.find_first_not_of(kPlain) != std::string::npos) {
      std::string safe = "'";
      for (const char c : word) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
      word = safe + "'";
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line;
}

ReportModel read_model(const json& value) {
  ReportModel model;
  model.name = spelled(member(value, "name"));
  model.kind = spelled(member(value, "kind"));
  model.n_inputs = number<std::size_t>(member(value, "n_inputs"));
  model.n_latent = number<std::size_t>(member(value, "n_latent"));
  model.seeds = numbers<std::uint64_t>(member(value, "seeds"));
  model.active_units = numbers<double>(member(value, "active_units"));
  model.predicted_active = numbers<double>(member(value, "predicted_active"));
  model.sigma = numbers<double>(member(value, "sigma"));
  const json& collapsed = member(value, "collapsed");
  for (const json& entry : collapsed.is_array() ? collapsed : json::array({collapsed})) {
    if (entry.is_boolean()) model.collapsed.push_back(entry.get<bool>());
  }
  return model;
}

ReportProjection read_projection(const json& value) {
  ReportProjection projection;
  projection.view = spelled(member(value, "view"));
  projection.space = spelled(member(value, "space"));
  projection.projection = spelled(member(value, "projection"));
  projection.dimensions = number<int>(member(value, "dimensions")).value_or(2);
  projection.trustworthiness = number<double>(member(value, "trustworthiness"));
  return projection;
}

}  // namespace

ReportManifest load_report_manifest(const std::filesystem::path& file) {
  ReportManifest manifest;
  if (!std::filesystem::exists(file)) return manifest;
  const json root = json::parse(read_file(file), nullptr, false);
  if (root.is_discarded()) throw FormatError(fmt::format("{} is not JSON", quoted(file)));

  manifest.version = spelled(member(root, "songmap"));
  manifest.command = command_line(member(root, "command"));
  manifest.preset = spelled(member(root, "preset"));
  manifest.created = spelled(member(root, "created"));
  manifest.seed = number<std::uint64_t>(member(root, "seed"));
  manifest.seeds = number<std::size_t>(member(root, "seeds"));
  if (member(root, "seeds").is_array()) manifest.seeds = member(root, "seeds").size();
  manifest.threads = number<std::size_t>(member(root, "threads"));

  const json& input = member(root, "input");
  manifest.input_path = spelled(member(input, "path"));
  manifest.input_kind = spelled(member(input, "kind"));
  manifest.audio_s = number<double>(member(input, "audio_s"));
  manifest.excerpted = texts(member(input, "excerpted"));

  manifest.options = pairs(member(root, "options"));
  manifest.recipes = pairs(member(root, "recipes"));
  manifest.label_source = spelled(member(member(root, "labels"), "source"));
  manifest.targets = texts(member(member(root, "labels"), "targets"));
  for (const json& model : member(root, "models")) manifest.models.push_back(read_model(model));
  for (const json& entry : member(root, "projections")) manifest.projections.push_back(read_projection(entry));
  manifest.k = number<std::size_t>(member(member(root, "k"), "value"));
  manifest.k_source = spelled(member(member(root, "k"), "source"));
  manifest.warnings = texts(member(root, "warnings"));
  manifest.notes = texts(member(root, "notes"));
  return manifest;
}

}  // namespace songmap::run
