# The only place that finds a library. Each becomes an interface target `deps::NAME`.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# songmap_package(NAME pkg-config-module...)
function(songmap_package name)
  pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${ARGN})
  add_library(deps::${name} ALIAS PkgConfig::${name})
endfunction()

songmap_package(ffmpeg libavformat libavcodec libavutil)
songmap_package(soxr soxr)
songmap_package(taglib taglib)
songmap_package(fftw fftw3f)
songmap_package(icu icu-uc icu-i18n)
songmap_package(sqlite sqlite3)
songmap_package(fmt fmt)
songmap_package(xxhash libxxhash)
songmap_package(httplib cpp-httplib)
songmap_package(zlib zlib)

# CLD2 has no pkg-config file.
find_library(_cld2 cld2 REQUIRED)
find_path(_cld2_headers cld2/public/compact_lang_det.h REQUIRED)
add_library(deps_cld2 INTERFACE)
target_include_directories(deps_cld2 SYSTEM INTERFACE ${_cld2_headers})
target_link_libraries(deps_cld2 INTERFACE ${_cld2})
add_library(deps::cld2 ALIAS deps_cld2)

# songmap_headers(NAME DIR...): a header-only library; SYSTEM keeps its warnings out of ours.
function(songmap_headers name)
  add_library(deps_${name} INTERFACE)
  target_include_directories(deps_${name} SYSTEM INTERFACE ${ARGN})
  add_library(deps::${name} ALIAS deps_${name})
endfunction()

songmap_headers(toml /usr/include)
songmap_headers(json /usr/include)
songmap_headers(cli11 /usr/include)

set(SONGMAP_DEPS ${CMAKE_SOURCE_DIR}/.deps CACHE PATH "Where scripts/setup.sh puts the pinned wheels")
set(_assorthead ${SONGMAP_DEPS}/site/assorthead/include)
if(NOT EXISTS ${_assorthead}/umappp/umappp.hpp)
  message(FATAL_ERROR "${_assorthead} is missing: run scripts/setup.sh")
endif()
songmap_headers(assorthead ${_assorthead})
target_link_libraries(deps_assorthead INTERFACE Threads::Threads)
# Everything uses the Eigen that comes with them: its SVD has no counterpart in Debian's 3.4, and two versions in one
# program break each other's memory.
songmap_headers(eigen ${_assorthead})

# libtorch: linked by path, because the CMake package of the CUDA build demands a CUDA toolkit.
set(SONGMAP_LIBTORCH "$ENV{SONGMAP_LIBTORCH}" CACHE PATH "A libtorch to use instead of the pinned wheel")
set(_torch ${SONGMAP_DEPS}/site/torch)
if(SONGMAP_LIBTORCH)
  set(_torch ${SONGMAP_LIBTORCH})
endif()
if(NOT EXISTS ${_torch}/lib/libtorch_cpu.so)
  message(FATAL_ERROR "${_torch}/lib/libtorch_cpu.so is missing: run scripts/setup.sh")
endif()
songmap_headers(torch ${_torch}/include ${_torch}/include/torch/csrc/api/include)
target_link_libraries(deps_torch INTERFACE ${_torch}/lib/libtorch_cpu.so ${_torch}/lib/libc10.so)
target_link_options(deps_torch INTERFACE -Wl,-rpath,${_torch}/lib)
file(GLOB _nvidia_libraries LIST_DIRECTORIES true ${SONGMAP_DEPS}/site/nvidia/*/lib)
foreach(_folder ${_nvidia_libraries})
  target_link_options(deps_torch INTERFACE -Wl,-rpath,${_folder} -Wl,-rpath-link,${_folder})
endforeach()

if(SONGMAP_TESTS)
  find_package(GTest REQUIRED)
endif()
if(SONGMAP_BENCH)
  find_package(benchmark REQUIRED)
endif()
