#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace songmap {

/// Closed range that a number must lie in.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};
[[nodiscard]] constexpr Range at_least(double low) { return {low, std::numeric_limits<double>::infinity()}; }

/// One named value of an options struct: where it lies, what it may be, and one line of help.
struct OptionField {
  using Target = std::variant<bool*, int*, std::int64_t*, std::size_t*, double*, float*, std::string*,
                              std::vector<std::string>*, std::vector<std::size_t>*>;
  static_assert(std::is_same_v<std::size_t, std::uint64_t>, "seeds are pointed to as std::size_t");
  std::string name;  ///< "section.field"
  Target target;
  Range range;                       ///< Of numbers.
  std::vector<std::string> choices;  ///< Of strings and lists of strings; empty: any.
  std::string help;

  /// The present value as TOML would spell it: 12, 0.5, true, "text", [1, 2].
  [[nodiscard]] std::string value() const;
  /// What it may be, for help: "1 … 64", "auto | cpu | cuda".
  [[nodiscard]] std::string allowed() const;
};

/// The options of a job by name, over structs that somebody else owns. Each options struct has one
/// `void describe(OptionSet&, KMeansOptions&)`, which the TOML reader, `--set`, `--help` and the manifest all use.
class OptionSet {
 public:
  /// Fields added from now on are named "section.field".
  void section(std::string name) { section_ = std::move(name); }

  void add(std::string name, OptionField::Target target, std::string help);
  void add(std::string name, OptionField::Target target, Range range, std::string help);
  void add(std::string name, std::string& target, std::vector<std::string> choices, std::string help);
  void add(std::string name, std::vector<std::string>& target, std::vector<std::string> choices, std::string help);

  [[nodiscard]] const std::vector<OptionField>& fields() const { return fields_; }

  /// Sets one field from text: a number, true/false, a word, or a comma-separated list (brackets optional).
  /// `source` names where it came from in messages ("--set", "easy.toml, line 3").
  /// @throws InvalidArgument  unknown name (the nearest known one is offered), wrong type, out of range.
  void set(std::string_view name, std::string_view value, std::string_view source);

  /// `set` with "name=value".
  void assign(std::string_view assignment, std::string_view source);

 private:
  std::string section_;
  std::vector<OptionField> fields_;
};

/// The candidate with the smallest edit distance to `word`; empty when none is near (distance above a third).
[[nodiscard]] std::string nearest_name(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace songmap
