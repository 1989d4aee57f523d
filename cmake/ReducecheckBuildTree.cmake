# SPDX-License-Identifier: Apache-2.0
# How a build of the project itself is laid out; a project that embeds this one keeps its own ways.

if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()

# A single-configuration generator without a build type compiles without optimisation, and a sweep
# then takes minutes.
get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT multi_config AND NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release or RelWithDebInfo" FORCE)
endif()

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

# Every public header must compile alone; `all_verify_interface_header_sets` compiles them so.
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)

# Here and not in a preset, because a preset cannot say "if it is there".
find_program(REDUCECHECK_CCACHE ccache DOC "Compiler cache, used when found")
mark_as_advanced(REDUCECHECK_CCACHE)
if(REDUCECHECK_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${REDUCECHECK_CCACHE})
endif()
