#pragma once

#include <filesystem>
#include <memory>

#include "songmap/model/script_model.h"

namespace songmap::model {

/// See load_script_model.
[[nodiscard]] std::unique_ptr<ScriptModel> load_script_module(const std::filesystem::path& file,
                                                              const ScriptOptions& options);

}  // namespace songmap::model
