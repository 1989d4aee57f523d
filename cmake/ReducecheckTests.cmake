# SPDX-License-Identifier: Apache-2.0
include(GoogleTest)

# The heavy headers of all tests, compiled once. Tests are compiled with little optimisation, because
# what takes time in them is the library.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/test_headers.cpp CONTENT "// belongs to a target\n")
add_library(reducecheck_test_headers OBJECT ${PROJECT_BINARY_DIR}/test_headers.cpp)
add_library(reducecheck_test_options INTERFACE)
target_compile_options(reducecheck_test_options INTERFACE
  $<$<CONFIG:Release>:-O1> $<$<CONFIG:RelWithDebInfo>:-O0> -ffp-contract=off)
target_link_libraries(reducecheck_test_options INTERFACE
  rapidcheck_gtest GTest::gtest_main fmt::fmt reducecheck_warnings)
target_compile_features(reducecheck_test_headers PRIVATE cxx_std_20)
target_link_libraries(reducecheck_test_headers PRIVATE reducecheck_test_options)
target_precompile_headers(reducecheck_test_headers PRIVATE
  <gtest/gtest.h> <rapidcheck.h> <rapidcheck/gtest.h> <fmt/format.h>
  <algorithm> <map> <optional> <string> <vector>)

# reducecheck_add_test(NAME SOURCES a_test.cpp ... LIBRARIES reducecheck::sim ...
#                      [LABELS unit] [CASES 1000] [TIMEOUT 600] [LOCK mpirun] [WIDE])
# One executable with GoogleTest (and RapidCheck at CASES cases a property); every test of it is a
# CTest test `NAME.Suite.Case`. The label `unit` is the default; `slow` and `nightly` stay out of CI.
# LOCK: no two tests with that lock run at once. Those with `mpirun` start Open MPI, whose jobs share a
# folder that the last one to end removes, also from under one that begins.
# WIDE: it reads the project's text, walks the whole catalogue, draws thousands of cases, runs what
# another test runs as well, or neither reads untrusted input nor computes a layer. A sanitizer costs
# several times the compilation and the run, so under one neither that nor what stays out of CI is
# built.
function(reducecheck_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "WIDE" "CASES;TIMEOUT;LOCK" "SOURCES;LIBRARIES;LABELS")
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  if(NOT arg_CASES)
    set(arg_CASES 1000)
  endif()
  # A sanitizer looks at what a case touches and costs some ten times as much; the release run of the
  # same CI draws them all.
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    math(EXPR arg_CASES "${arg_CASES} / 5")
  endif()
  string(REPLACE "." "_" target "test_${name}")
  add_executable(${target} ${arg_SOURCES})
  # Beside bin/, which holds what a user runs.
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${reducecheck_BINARY_DIR}/tests
    UNITY_BUILD ${REDUCECHECK_UNITY} UNITY_BUILD_BATCH_SIZE 6)
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES} reducecheck_test_options)
  target_precompile_headers(${target} REUSE_FROM reducecheck_test_headers)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize" AND (arg_WIDE OR NOT arg_LABELS STREQUAL "unit"))
    set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  if(arg_LOCK)
    set(lock RESOURCE_LOCK ${arg_LOCK})
  endif()
  gtest_discover_tests(${target} TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
               ENVIRONMENT "RC_PARAMS=max_success=${arg_CASES}" ${lock})
endfunction()
