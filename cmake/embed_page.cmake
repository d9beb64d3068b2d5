# The explorer's page: Vite builds it from src/web, and its files become part of the program.
#
# As a script (cmake -P), with FOLDER (what Vite wrote) and OUTPUT: writes a source file that defines
# explorer::page_files(). The bytes are taken in by the assembler, which is faster than any array of numbers.
if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
  list(SORT files)
  set(blocks "")
  set(entries "")
  set(number 0)
  foreach(file ${files})
    string(APPEND blocks
      "asm(\".section .rodata\\n.balign 16\\nsongmap_page_${number}:\\n.incbin \\\"${FOLDER}/${file}\\\"\\n\"\n"
      "    \"songmap_page_${number}_end:\\n.byte 0\\n.previous\\n\");\n"
      "extern \"C\" const char songmap_page_${number}[], songmap_page_${number}_end[];\n")
    string(APPEND entries
      "      {\"${file}\", {songmap_page_${number}, static_cast<std::size_t>(songmap_page_${number}_end - songmap_page_${number})}},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  file(WRITE ${OUTPUT} "#include \"songmap/explorer/page.h\"\n\n#include <array>\n#include <cstddef>\n\n${blocks}
namespace songmap::explorer {

std::span<const PageFile> page_files() {
  static const std::array<PageFile, ${number}> files{{
${entries}  }};
  return files;
}

}  // namespace songmap::explorer
")
  return()
endif()

# songmap_embed_page(OUT.cpp): builds the page whenever a file of src/web changes.
function(songmap_embed_page output)
  set(web ${CMAKE_SOURCE_DIR}/src/web)
  set(node ${SONGMAP_DEPS}/bin/node)
  if(NOT EXISTS ${node} OR NOT EXISTS ${web}/node_modules/vite)
    message(FATAL_ERROR "${node} or ${web}/node_modules is missing: run scripts/setup.sh")
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${web}/src/*)
  set(built ${CMAKE_CURRENT_BINARY_DIR}/page)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${node} ${web}/node_modules/typescript/bin/tsc --noEmit
    COMMAND ${node} ${web}/node_modules/vite/bin/vite.js build --logLevel warn --outDir ${built} --emptyOutDir
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${built} -DOUTPUT=${output} -P ${CMAKE_SOURCE_DIR}/cmake/embed_page.cmake
    DEPENDS ${sources} ${web}/index.html ${web}/package-lock.json ${web}/vite.config.ts ${web}/tsconfig.json
            ${CMAKE_SOURCE_DIR}/cmake/embed_page.cmake
    WORKING_DIRECTORY ${web}
    COMMENT "Building the explorer's page"
    VERBATIM)
endfunction()
