# SPDX-License-Identifier: Apache-2.0
# Warnings, floating-point rules and the two ways to declare a target.

add_library(reducecheck_warnings INTERFACE)
set(gcc_12 $<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>)
target_compile_options(reducecheck_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual
  # A designated initialiser leaves the other members at their defaults on purpose.
  -Wno-missing-field-initializers
  # False alarms of GCC 12: "a" + std::string (https://gcc.gnu.org/PR105651), and a moved
  # std::variant whose other alternatives it takes for read.
  $<${gcc_12}:-Wno-restrict>
  $<${gcc_12}:-Wno-maybe-uninitialized>
  $<$<BOOL:${REDUCECHECK_WERROR}>:-Werror>)

# A library of the project: alias reducecheck::NAME, headers by their path from the root, and no
# contraction of a * b + c in anything that uses it, because it must round twice.
function(reducecheck_add_library name)
  add_library(reducecheck_${name} STATIC)
  add_library(reducecheck::${name} ALIAS reducecheck_${name})
  set_target_properties(reducecheck_${name} PROPERTIES
    EXPORT_NAME ${name} UNITY_BUILD ${REDUCECHECK_UNITY} UNITY_BUILD_BATCH_SIZE 32)
  target_compile_features(reducecheck_${name} PUBLIC cxx_std_20)
  target_compile_options(reducecheck_${name} PUBLIC -ffp-contract=off)
  target_include_directories(reducecheck_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/reducecheck>)
  target_link_libraries(reducecheck_${name} PRIVATE $<BUILD_INTERFACE:reducecheck_warnings>)
endfunction()
