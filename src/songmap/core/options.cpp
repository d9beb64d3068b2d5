#include "songmap/core/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <type_traits>

#include "songmap/core/csv.h"
#include "songmap/core/error.h"

namespace songmap {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

/// As TOML spells text. What JSON makes of it is the same.
std::string quoted_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

/// Without the quotes around it, where there are any; in double quotes, a backslash keeps the next character as it is.
std::string unquoted(std::string_view text) {
  text = trimmed(text);
  if (text.size() < 2 || (text.front() != '"' && text.front() != '\'') || text.back() != text.front()) {
    return std::string(text);
  }
  const bool escapes = text.front() == '"';
  std::string result;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (escapes && text[i] == '\\' && i + 2 < text.size()) ++i;
    result += text[i];
  }
  return result;
}

/// Where the first item of a list ends: at the first comma that is not inside its quotes.
std::size_t item_end(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return text.size();
  std::size_t at = first;
  if (const char quote = text[first]; quote == '"' || quote == '\'') {
    for (at = first + 1; at < text.size() && text[at] != quote; ++at) at += quote == '"' && text[at] == '\\' ? 1 : 0;
    if (at >= text.size()) at = first;  // never closed: a plain character
  }
  return std::min(text.find(',', at), text.size());
}

std::vector<std::string> list_items(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<std::string> items;
  while (!trimmed(text).empty()) {
    const std::size_t comma = item_end(text);
    items.push_back(unquoted(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

/// Complains about one value of one field, always in the same words.
[[noreturn]] void reject(const OptionField& field, std::string_view value, std::string_view source) {
  throw InvalidArgument(fmt::format("{}: {} = {} is not allowed: {}", source, field.name, value, field.allowed()));
}

template <class Number>
Number parsed(const OptionField& field, std::string_view text, std::string_view source) {
  const std::string_view digits = trimmed(text);
  Number value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) reject(field, text, source);
  const auto number = static_cast<double>(value);
  if (!(number >= field.range.low && number <= field.range.high)) reject(field, text, source);
  return value;
}

std::string bound(double value) { return std::isinf(value) ? (value < 0 ? "-inf" : "inf") : fmt::format("{}", value); }

/// Insertions, deletions, changes and swaps of neighbours that turn `a` into `b` (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  std::iota(cost[0].begin(), cost[0].end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string OptionField::value() const {
  return std::visit(
      [](auto* typed) -> std::string {
        using Value = std::remove_pointer_t<decltype(typed)>;
        if constexpr (std::is_same_v<Value, std::string>) {
          return quoted_text(*typed);
        } else if constexpr (std::is_same_v<Value, std::vector<std::string>>) {
          std::string items;
          for (const std::string& item : *typed) items += (items.empty() ? "" : ", ") + quoted_text(item);
          return "[" + items + "]";
        } else if constexpr (std::is_same_v<Value, std::vector<std::size_t>>) {
          return fmt::format("[{}]", fmt::join(*typed, ", "));
        } else {
          return fmt::format("{}", *typed);
        }
      },
      target);
}

std::string OptionField::allowed() const {
  if (!choices.empty()) {
    const bool is_list = std::holds_alternative<std::vector<std::string>*>(target);
    return fmt::format("{} {}", is_list ? "some of" : "one of", fmt::join(choices, " | "));
  }
  return std::visit(
      [&](auto* typed) -> std::string {
        using Value = std::remove_pointer_t<decltype(typed)>;
        if constexpr (std::is_same_v<Value, bool>) return "true or false";
        if constexpr (std::is_same_v<Value, std::string>) return "text";
        if constexpr (std::is_same_v<Value, std::vector<std::string>>) return "a list of names";
        const std::string kind = std::is_floating_point_v<Value> ? "a number" : "a whole number";
        const std::string subject = std::is_same_v<Value, std::vector<std::size_t>> ? "a list of whole numbers" : kind;
        const double low = std::is_unsigned_v<Value> ? std::max(range.low, 0.0) : range.low;
        if (std::isinf(low) && std::isinf(range.high)) return subject;
        if (std::isinf(range.high)) return fmt::format("{} of at least {}", subject, bound(low));
        return fmt::format("{} from {} to {}", subject, bound(low), bound(range.high));
      },
      target);
}

void OptionSet::add(std::string name, OptionField::Target target, std::string help) {
  add(std::move(name), target, Range{}, std::move(help));
}

void OptionSet::add(std::string name, OptionField::Target target, Range range, std::string help) {
  fields_.push_back({section_.empty() ? std::move(name) : section_ + "." + name, target, range, {}, std::move(help)});
}

void OptionSet::add(std::string name, std::string& target, std::vector<std::string> choices, std::string help) {
  add(std::move(name), &target, Range{}, std::move(help));
  fields_.back().choices = std::move(choices);
}

void OptionSet::add(std::string name, std::vector<std::string>& target, std::vector<std::string> choices,
                    std::string help) {
  add(std::move(name), &target, Range{}, std::move(help));
  fields_.back().choices = std::move(choices);
}

void OptionSet::set(std::string_view name, std::string_view value, std::string_view source) {
  const auto found = std::ranges::find(fields_, name, &OptionField::name);
  if (found == fields_.end()) {
    std::vector<std::string> names;
    for (const OptionField& field : fields_) names.push_back(field.name);
    const std::string near = nearest_name(name, names);
    throw InvalidArgument(fmt::format("{}: there is no option '{}'{}", source, name,
                                      near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
  }
  const OptionField& field = *found;
  std::visit(
      [&](auto* target) {
        using Value = std::remove_pointer_t<decltype(target)>;
        if constexpr (std::is_same_v<Value, bool>) {
          const std::string word = unquoted(value);
          if (word != "true" && word != "false") reject(field, value, source);
          *target = word == "true";
        } else if constexpr (std::is_same_v<Value, std::string>) {
          const std::string word = unquoted(value);
          if (!field.choices.empty() && std::ranges::find(field.choices, word) == field.choices.end()) {
            reject(field, value, source);
          }
          *target = word;
        } else if constexpr (std::is_same_v<Value, std::vector<std::string>>) {
          std::vector<std::string> items = list_items(value);
          for (const std::string& item : items) {
            if (!field.choices.empty() && std::ranges::find(field.choices, item) == field.choices.end()) {
              reject(field, item, source);
            }
          }
          *target = std::move(items);
        } else if constexpr (std::is_same_v<Value, std::vector<std::size_t>>) {
          Value items;
          for (const std::string& item : list_items(value)) items.push_back(parsed<std::size_t>(field, item, source));
          *target = std::move(items);
        } else {
          *target = parsed<Value>(field, value, source);
        }
      },
      field.target);
}

void OptionSet::assign(std::string_view assignment, std::string_view source) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    throw InvalidArgument(fmt::format("{}: '{}' should read name=value", source, assignment));
  }
  set(trimmed(assignment.substr(0, equals)), assignment.substr(equals + 1), source);
}

std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(word.size() / 3, 1) + 1;
  for (const std::string& candidate : candidates) {
    // A field given without its section is near too.
    const std::size_t dot = candidate.rfind('.');
    std::size_t distance = edit_distance(word, candidate);
    if (dot != std::string::npos) distance = std::min(distance, edit_distance(word, candidate.substr(dot + 1)) + 1);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace songmap
