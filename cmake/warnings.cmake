# Flags of our own code: the interface target `songmap_flags`.
add_library(songmap_flags INTERFACE)
target_compile_options(songmap_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Wno-maybe-uninitialized -Wno-stringop-overflow)  # gcc 12 warns of the AVX-512 intrinsics' and fmt's own headers

if(SONGMAP_PORTABLE)
  target_compile_options(songmap_flags INTERFACE -march=x86-64-v2)
else()
  target_compile_options(songmap_flags INTERFACE -march=native)
endif()

# -O3 for the kernels. Sums may be vectorised where a loop says so (`#pragma omp simd reduction`), never by
# -ffast-math: the checks for values that are not finite must mean something.
set(CMAKE_CXX_FLAGS_RELEASE "-O3")
target_compile_options(songmap_flags INTERFACE -fopenmp-simd -fno-math-errno)
