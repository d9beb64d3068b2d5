#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace songmap {

/// Base of everything that the library throws. `what()` is one sentence for a person: what failed and the rule it
/// broke.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A wrong call: an argument outside its documented range. Names the argument, its value and the rule.
class InvalidArgument : public Error {
 public:
  using Error::Error;
};

/// The file system or the store failed.
class IoError : public Error {
 public:
  using Error::Error;
};

/// A file is readable but not what its format demands (CSV, NPY, TOML, checkpoint).
class FormatError : public Error {
 public:
  using Error::Error;
};

/// Audio could not be decoded.
class DecodeError : public Error {
 public:
  using Error::Error;
};

/// A training loss stopped being finite.
class Diverged : public Error {
 public:
  using Error::Error;
};

/// The caller's progress function asked to stop. Everything finished so far is kept.
class Cancelled : public Error {
 public:
  Cancelled() : Error("cancelled") {}
};

/// Throws InvalidArgument with `message` unless `condition` holds.
inline void require(bool condition, const std::string& message) {
  if (!condition) throw InvalidArgument(message);
}

/// `path` quoted for a message: control characters and invalid UTF-8 are escaped, and a long middle is left out.
[[nodiscard]] std::string quoted(const std::filesystem::path& path);

}  // namespace songmap
