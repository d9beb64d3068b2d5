#include "songmap/core/plugin.h"

#include <dlfcn.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <system_error>

#include "songmap/core/error.h"

namespace songmap {
namespace {

namespace fs = std::filesystem;

fs::path module_path(const std::string& name) {
  const std::string file = "lib" + name + ".so";
  const fs::path program_folder = fs::read_symlink("/proc/self/exe").parent_path();
  for (const fs::path& folder : {program_folder, program_folder.parent_path() / "lib" / "songmap"}) {
    std::error_code ignored;
    if (fs::exists(folder / file, ignored)) return folder / file;
  }
  throw IoError("the module " + file + " is not beside the program in " + quoted(program_folder) +
                ": build songmap again");
}

void* module_handle(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, void*> handles;
  const std::lock_guard lock(mutex);
  void*& handle = handles[name];
  if (handle == nullptr) {
    const fs::path path = module_path(name);
    handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) throw IoError("cannot load the module " + quoted(path) + ": " + dlerror());
  }
  return handle;
}

}  // namespace

void* plugin_symbol(const std::string& name, const std::string& symbol) {
  void* address = dlsym(module_handle(name), symbol.c_str());
  if (address == nullptr) throw IoError("the module " + name + " has no symbol " + symbol + ": build songmap again");
  return address;
}

}  // namespace songmap
