# SPDX-License-Identifier: Apache-2.0
# Parts that need MPI, Gloo, CUDA or NCCL: built when those are found, and one line says what became
# of each part. The switches are AUTO (use what is found), ON (an error when missing) or OFF.

foreach(name IN ITEMS MPI GLOO CUDA NCCL)
  set(REDUCECHECK_WITH_${name} AUTO CACHE STRING "Build what needs ${name}: AUTO, ON or OFF")
  set_property(CACHE REDUCECHECK_WITH_${name} PROPERTY STRINGS AUTO ON OFF)
  if(NOT REDUCECHECK_WITH_${name} MATCHES "^(AUTO|ON|OFF)$")
    message(FATAL_ERROR
      "REDUCECHECK_WITH_${name} is `${REDUCECHECK_WITH_${name}}`; possible: AUTO ON OFF")
  endif()
endforeach()

# How each is found, and what to install when it is not.
set(REDUCECHECK_FIND_MPI MPI COMPONENTS CXX)
set(REDUCECHECK_INSTALL_MPI "libopenmpi-dev openmpi-bin")
set(REDUCECHECK_FIND_GLOO Gloo CONFIG)
set(REDUCECHECK_INSTALL_GLOO "libgloo-dev")
set(REDUCECHECK_FIND_CUDA CUDAToolkit)
set(REDUCECHECK_INSTALL_CUDA "the CUDA Toolkit")
set(REDUCECHECK_FIND_NCCL NCCL)
set(REDUCECHECK_INSTALL_NCCL "libnccl-dev")
set(MPI_CXX_SKIP_MPICXX ON)  # the C++ bindings, which MPI 3 removed

# Leaves in `reason` why `name` cannot be used, or nothing. A macro, because what find_package sets
# must reach the part that asked.
macro(reducecheck_find_for_part name reason)
  set(${reason} "")
  if(REDUCECHECK_WITH_${name} STREQUAL "OFF")
    set(${reason} "REDUCECHECK_WITH_${name} is OFF")
  else()
    find_package(${REDUCECHECK_FIND_${name}} QUIET)
    list(GET REDUCECHECK_FIND_${name} 0 _reducecheck_package)
    if(NOT ${_reducecheck_package}_FOUND)
      set(${reason} "no ${name} found: install ${REDUCECHECK_INSTALL_${name}}")
    endif()
  endif()
endmacro()

# reducecheck_add_part(real/nccl SWITCH NCCL [NEEDS CUDA ...])
# Adds the folder of that part when this version has it and what it needs was found.
# REDUCECHECK_WITH_<SWITCH>=ON insists on it.
function(reducecheck_add_part part)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "SWITCH" "NEEDS")
  # A test elsewhere may link the part, and so what the part links.
  set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
  cmake_path(GET part FILENAME folder)
  set(outcome "")
  if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
    set(outcome "not part of this version yet")
  else()
    set(reasons "")
    foreach(need IN LISTS arg_SWITCH arg_NEEDS)
      reducecheck_find_for_part(${need} reason)
      if(reason)
        list(APPEND reasons "${reason}")
      endif()
    endforeach()
    if(reasons)
      list(JOIN reasons ", " reasons)
      set(outcome "left out (${reasons})")
    endif()
  endif()
  if(NOT outcome)
    message(STATUS "${part}: built")
    add_subdirectory(${folder})
  elseif(REDUCECHECK_WITH_${arg_SWITCH} STREQUAL "ON")
    message(FATAL_ERROR "REDUCECHECK_WITH_${arg_SWITCH} is ON, but ${part} is ${outcome}")
  else()
    message(STATUS "${part}: ${outcome}")
  endif()
endfunction()
