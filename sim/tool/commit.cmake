# SPDX-License-Identifier: Apache-2.0
# cmake -DSOURCE_DIR=... -DVERSION=... -DOUTPUT=... -P commit.cmake
#
# Runs with every build, because a commit does not make CMake configure again, and writes the header
# only when its text changes.
set(commit unknown)
find_program(git git)
if(git)
  # The checkout around a vendored copy is not ours.
  execute_process(COMMAND ${git} -C ${SOURCE_DIR} rev-parse --show-toplevel
    OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  file(REAL_PATH "${SOURCE_DIR}" source)
  if(top STREQUAL source)
    execute_process(
      COMMAND ${git} -C ${SOURCE_DIR} --no-optional-locks
              describe --always --dirty=+ --abbrev=7 --exclude=*
      OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed)
      set(commit ${described})
    endif()
  endif()
endif()

file(WRITE ${OUTPUT}.new
  "#pragma once\n"
  "namespace reducecheck::tool {\n"
  "inline constexpr const char* build_version = \"${VERSION}\";\n"
  "inline constexpr const char* build_commit = \"${commit}\";\n"
  "}\n")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
file(REMOVE ${OUTPUT}.new)
