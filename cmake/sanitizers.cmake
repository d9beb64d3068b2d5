# SONGMAP_SANITIZE=address,undefined instruments everything that we compile.
if(SONGMAP_SANITIZE)
  target_compile_options(songmap_flags INTERFACE
    -fsanitize=${SONGMAP_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g -O1)
  target_link_options(songmap_flags INTERFACE -fsanitize=${SONGMAP_SANITIZE})
endif()
