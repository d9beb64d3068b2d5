#include "songmap/core/npy.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <string>
#include <string_view>

#include "songmap/core/error.h"
#include "songmap/core/text_file.h"

namespace songmap {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);

/// The text after `key` in the header's Python dictionary.
std::string_view header_value(std::string_view header, std::string_view key, const std::string& name) {
  const std::size_t at = header.find(key);
  if (at == std::string_view::npos) throw FormatError(fmt::format("{}: the NPY header has no {}", name, key));
  return header.substr(header.find(':', at) + 1);
}

}  // namespace

void write_npy(const std::filesystem::path& path, MatrixView x) {
  std::string header =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", x.rows(), x.cols());
  // The data begins at a multiple of 64 bytes; magic, version and length take 10.
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::string content(kMagic);
  content += '\x01';
  content += '\x00';
  content += static_cast<char>(header.size() & 0xff);
  content += static_cast<char>(header.size() >> 8);
  content += header;
  content.append(reinterpret_cast<const char*>(x.data()), x.values().size_bytes());
  write_file(path, content);
}

Matrix read_npy(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  const std::string name = quoted(path);
  const std::string_view bytes(content);
  if (!bytes.starts_with(kMagic) || bytes.size() < 12) throw FormatError(name + " is not a NumPy .npy file");
  const bool long_header = bytes[6] >= 2;
  std::size_t header_size = static_cast<unsigned char>(bytes[8]) | static_cast<unsigned char>(bytes[9]) << 8;
  if (long_header) {
    header_size |= std::size_t(static_cast<unsigned char>(bytes[10])) << 16 |
                   std::size_t(static_cast<unsigned char>(bytes[11])) << 24;
  }
  const std::size_t data_at = (long_header ? 12 : 10) + header_size;
  if (data_at > bytes.size()) throw FormatError(name + ": the NPY header is cut off");
  const std::string_view header = bytes.substr(0, data_at);

  const std::string_view type = header_value(header, "'descr'", name);
  const bool is_double = type.substr(0, 8).find("<f8") != std::string_view::npos;
  if (!is_double && type.substr(0, 8).find("<f4") == std::string_view::npos) {
    throw FormatError(name + ": only float32 and float64 arrays are read");
  }
  if (header_value(header, "'fortran_order'", name).substr(0, 6).find("True") != std::string_view::npos) {
    throw FormatError(name + ": stored in Fortran order; save it with numpy.ascontiguousarray first");
  }
  std::string_view shape = header_value(header, "'shape'", name);
  shape = shape.substr(shape.find('(') + 1);
  shape = shape.substr(0, shape.find(')'));
  std::vector<std::size_t> sizes;
  for (std::size_t at = 0; at < shape.size();) {
    std::size_t value = 0;
    const auto result = std::from_chars(shape.data() + at, shape.data() + shape.size(), value);
    if (result.ec == std::errc()) {
      sizes.push_back(value);
      at = static_cast<std::size_t>(result.ptr - shape.data());
    } else {
      ++at;
    }
  }
  if (sizes.empty() || sizes.size() > 2)
    throw FormatError(fmt::format("{}: {} dimensions; 1 or 2 are read", name, sizes.size()));
  const std::size_t rows = sizes[0];
  const std::size_t cols = sizes.size() == 2 ? sizes[1] : 1;
  const std::size_t item = is_double ? sizeof(double) : sizeof(float);
  const std::size_t available = (bytes.size() - data_at) / item;
  if (cols != 0 && rows > available / cols) {
    throw FormatError(fmt::format("{}: cut off: {} x {} values promised, {} there", name, rows, cols, available));
  }
  Matrix result(rows, cols);
  for (std::size_t i = 0; i < rows * cols; ++i) {
    if (is_double) {
      double value = 0;
      std::memcpy(&value, bytes.data() + data_at + i * item, item);
      result.data()[i] = static_cast<float>(value);
    } else {
      std::memcpy(result.data() + i, bytes.data() + data_at + i * item, item);
    }
  }
  return result;
}

}  // namespace songmap
