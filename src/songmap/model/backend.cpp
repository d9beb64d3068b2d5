#include "songmap/model/backend.h"

#include "songmap/core/error.h"
#include "songmap/core/plugin.h"
#include "songmap/model/train.h"

namespace songmap::model {

const Backend& backend() {
  using Entry = const Backend* (*)();
  static const auto entry = reinterpret_cast<Entry>(plugin_symbol("songmap_torch", "songmap_torch_backend"));
  return *entry();
}

std::unique_ptr<LatentModel> load_model(const std::filesystem::path& path) {
  const ModelFile file = read_model_file(path, "vae");
  try {
    return backend().make_model(from_model_file(file));
  } catch (const InvalidArgument& error) {
    throw FormatError(quoted(path) + " is not a model of this version: " + error.what());
  }
}

std::unique_ptr<ScriptModel> load_script_model(const std::filesystem::path& file, const ScriptOptions& options) {
  return backend().load_script(file, options);
}

bool device_available(const std::string& device) {
  try {
    static_cast<void>(backend().resolved_device(device));
    return true;
  } catch (const InvalidArgument&) {
    return false;
  }
}

std::string backend_description() { return backend().description(); }

}  // namespace songmap::model
