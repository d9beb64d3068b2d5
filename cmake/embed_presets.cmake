# songmap_embed_presets(OUT.cpp): writes presets/*.toml into a source file that defines run::embedded_presets().
function(songmap_embed_presets output)
  file(GLOB presets CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/presets/*.toml)
  set(entries "")
  foreach(preset ${presets})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${preset})
    get_filename_component(name ${preset} NAME_WE)
    file(READ ${preset} text)
    string(APPEND entries "    {\"${name}\", R\"~toml~(${text})~toml~\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [[
#include <array>

#include "songmap/run/embedded_presets.h"

namespace songmap::run {
namespace {
constexpr EmbeddedPreset kPresets[] = {
@entries@};
}  // namespace

std::span<const EmbeddedPreset> embedded_presets() { return kPresets; }
}  // namespace songmap::run
]])
endfunction()
