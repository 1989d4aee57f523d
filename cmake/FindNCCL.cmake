# SPDX-License-Identifier: Apache-2.0
# NCCL ships no CMake package. Defines NCCL::NCCL, NCCL_FOUND and NCCL_VERSION (from nccl.h);
# NCCL_ROOT or the environment's NCCL_HOME say where to look first.

find_path(NCCL_INCLUDE_DIR nccl.h HINTS ENV NCCL_HOME PATH_SUFFIXES include)
find_library(NCCL_LIBRARY nccl HINTS ENV NCCL_HOME PATH_SUFFIXES lib lib64)
mark_as_advanced(NCCL_INCLUDE_DIR NCCL_LIBRARY)

if(NCCL_INCLUDE_DIR)
  set(NCCL_VERSION "")
  file(STRINGS ${NCCL_INCLUDE_DIR}/nccl.h parts REGEX "^#define NCCL_(MAJOR|MINOR|PATCH) ")
  foreach(part IN LISTS parts)
    string(REGEX MATCH "[0-9]+" number "${part}")
    list(APPEND NCCL_VERSION ${number})
  endforeach()
  list(JOIN NCCL_VERSION "." NCCL_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(NCCL
  REQUIRED_VARS NCCL_LIBRARY NCCL_INCLUDE_DIR VERSION_VAR NCCL_VERSION)

if(NCCL_FOUND AND NOT TARGET NCCL::NCCL)
  add_library(NCCL::NCCL UNKNOWN IMPORTED)
  set_target_properties(NCCL::NCCL PROPERTIES
    IMPORTED_LOCATION ${NCCL_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${NCCL_INCLUDE_DIR})
endif()
