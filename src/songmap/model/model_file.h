#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace songmap::model {

/// Named texts and named arrays of floats in one file: models and checkpoints.
///
///     songmap-model 1 <XXH3-128 of everything after this line, 32 hexadecimal digits>
///     kind <word>
///     value <name> <text up to the end of the line>
///     array <name> <number of floats>
///     end
///     <the arrays' floats, little-endian IEEE 754, in the order of their lines>
struct ModelFile {
  std::string kind;
  std::map<std::string, std::string> values;         ///< Names without blanks, texts without line ends.
  std::map<std::string, std::vector<float>> arrays;  ///< Names without blanks.

  /// @throws InvalidArgument  there is none of this name.
  [[nodiscard]] const std::string& value(const std::string& name) const;
  [[nodiscard]] double number(const std::string& name) const;
  [[nodiscard]] const std::vector<float>& array(const std::string& name) const;
};

/// Readers see the old file or the whole new one. @throws IoError
void write_model_file(const std::filesystem::path& path, const ModelFile& file);

/// @throws IoError it cannot be read. @throws FormatError it is not such a file, of another kind or version, or
/// damaged.
[[nodiscard]] ModelFile read_model_file(const std::filesystem::path& path, const std::string& kind);

}  // namespace songmap::model
