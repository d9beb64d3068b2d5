# SONGMAP_SANITIZE=address,undefined instruments everything that we compile. Combine it with SONGMAP_PORTABLE (as the
# preset does): gcc takes minutes and gigabytes to instrument Eigen's AVX-512 code.
if(SONGMAP_SANITIZE)
  target_compile_options(songmap_flags INTERFACE
    -fsanitize=${SONGMAP_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1 -O1)
  target_link_options(songmap_flags INTERFACE -fsanitize=${SONGMAP_SANITIZE})
endif()
