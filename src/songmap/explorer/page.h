#pragma once

#include <span>
#include <string_view>

namespace songmap::explorer {

/// A file of the page, as Vite built it.
struct PageFile {
  std::string_view path;  ///< "index.html", "assets/index-1a2b3c.js"
  std::string_view bytes;
};

/// The page, embedded in the program.
[[nodiscard]] std::span<const PageFile> page_files();

}  // namespace songmap::explorer
