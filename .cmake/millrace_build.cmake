# Build rules shared by all folders: ccache and mold where present, warnings, sanitizers, libraries.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Sloppy about precompiled headers only, which ccache does not serve otherwise.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

add_compile_options(-fno-omit-frame-pointer -pipe)
set(MILLRACE_SANITIZERS -fsanitize=address,undefined -fno-sanitize=null,vptr -fno-sanitize-recover=undefined)
if(MILLRACE_SANITIZE)
  add_compile_options(${MILLRACE_SANITIZERS})
  add_link_options(${MILLRACE_SANITIZERS})
endif()
if(MILLRACE_TSAN)
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
endif()
if(MILLRACE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Interface target with the warnings of our own code. Off are those that GCC 12 gives at -O3 for inlined library code where
# there is nothing (PR 105329 and its like).
add_library(millrace_warnings INTERFACE)
target_compile_options(millrace_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Werror
  -Wno-sign-conversion
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-stringop-overflow;-Wno-array-bounds;-Wno-maybe-uninitialized>)
target_include_directories(millrace_warnings INTERFACE ${CMAKE_SOURCE_DIR})

# millrace_library(NAME DIR [RECURSE] [PUBLIC libs...] [PRIVATE libs...])
# A static library of all .cpp files of a folder (headers lie beside them).
function(millrace_library name)
  cmake_parse_arguments(ARG "RECURSE" "" "PUBLIC;PRIVATE" ${ARGN})
  if(ARG_RECURSE)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  else()
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  endif()
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC millrace_warnings ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE millrace_warnings ${ARG_PUBLIC} ${ARG_PRIVATE})
  endif()
endfunction()
