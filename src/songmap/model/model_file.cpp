#include "songmap/model/model_file.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "songmap/core/error.h"
#include "songmap/core/hash.h"
#include "songmap/core/text_file.h"

namespace songmap::model {
namespace {

static_assert(std::endian::native == std::endian::little, "the arrays of a model file are little-endian");

constexpr std::string_view kMagic = "songmap-model";
constexpr std::string_view kVersion = "1";

/// What stands before `end`, which is taken off `text` together with it; all of `text` where there is no `end`.
std::string_view take_until(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

template <class Number>
bool parse(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

template <class Map>
const typename Map::mapped_type& named(const Map& map, const std::string& name, std::string_view what) {
  const auto found = map.find(name);
  require(found != map.end(), fmt::format("it has no {} '{}'", what, name));
  return found->second;
}

}  // namespace

const std::string& ModelFile::value(const std::string& name) const { return named(values, name, "value"); }

double ModelFile::number(const std::string& name) const {
  double result = 0;
  const std::string& text = value(name);
  require(parse(std::string_view(text), result), fmt::format("its value {} is not a number: '{}'", name, text));
  return result;
}

const std::vector<float>& ModelFile::array(const std::string& name) const { return named(arrays, name, "array"); }

void write_model_file(const std::filesystem::path& path, const ModelFile& file) {
  std::string body = fmt::format("kind {}\n", file.kind);
  for (const auto& [name, text] : file.values) body += fmt::format("value {} {}\n", name, text);
  for (const auto& [name, floats] : file.arrays) body += fmt::format("array {} {}\n", name, floats.size());
  body += "end\n";
  for (const auto& [name, floats] : file.arrays) {
    body.append(reinterpret_cast<const char*>(floats.data()), floats.size() * sizeof(float));
  }
  write_file(path, fmt::format("{} {} {}\n", kMagic, kVersion, content_hash(body)) + body);
}

ModelFile read_model_file(const std::filesystem::path& path, const std::string& kind) {
  const std::string content = read_file(path);
  std::string_view rest = content;
  const auto demand = [&](bool condition, std::string_view complaint) {
    if (!condition) throw FormatError(fmt::format("{} {}", quoted(path), complaint));
  };
  std::string_view first = take_until(rest, '\n');
  demand(take_until(first, ' ') == kMagic, "is not a songmap model file");
  const std::string_view version = take_until(first, ' ');
  demand(version == kVersion,
         fmt::format("has version '{}' of the model format; this program reads {}", version.substr(0, 20), kVersion));
  demand(first == content_hash(rest), "is damaged: its checksum does not fit its content");

  ModelFile file;
  std::vector<std::pair<std::string, std::size_t>> sizes;
  for (std::string_view line = take_until(rest, '\n'); line != "end"; line = take_until(rest, '\n')) {
    const std::string_view word = take_until(line, ' ');
    const std::string name(word == "kind" ? std::string_view() : take_until(line, ' '));
    if (word == "kind") {
      file.kind = line;
    } else if (word == "value") {
      file.values[name] = line;
    } else {
      std::size_t count = 0;
      demand(word == "array" && parse(line, count), "has a line that is no part of the model format");
      sizes.emplace_back(name, count);
    }
  }
  demand(file.kind == kind, fmt::format("is a '{}', not a '{}'", file.kind, kind));
  for (const auto& [name, count] : sizes) {
    demand(count <= rest.size() / sizeof(float), "ends before its last array");
    std::vector<float>& floats = file.arrays[name];
    floats.resize(count);
    std::memcpy(floats.data(), rest.data(), count * sizeof(float));
    rest.remove_prefix(count * sizeof(float));
  }
  demand(rest.empty(), "goes on after its last array");
  return file;
}

}  // namespace songmap::model
