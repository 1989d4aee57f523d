# SPDX-License-Identifier: Apache-2.0
# reducecheck_add_mpi_test(NAME RANKS n TARGET target [ARGUMENTS ...] [ENVIRONMENT A=1 ...]
#                          [LABELS unit] [TIMEOUT 60])
# CTest test NAME.npN: the target as N ranks of a job. The machine may have fewer cores than ranks,
# and CI runs as root in a container, where Open MPI must be allowed to and cannot attach to the
# memory of other processes.
function(reducecheck_add_mpi_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "RANKS;TARGET;TIMEOUT;LABELS" "ARGUMENTS;ENVIRONMENT")
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize" AND NOT arg_LABELS STREQUAL "unit")
    return()
  endif()
  add_test(NAME ${name}.np${arg_RANKS}
    COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${arg_RANKS}
            $<TARGET_FILE:${arg_TARGET}> ${arg_ARGUMENTS}
    WORKING_DIRECTORY ${reducecheck_SOURCE_DIR})
  set(environment ${REDUCECHECK_MPI_TEST_ENVIRONMENT} ${arg_ENVIRONMENT})
  set_tests_properties(${name}.np${arg_RANKS} PROPERTIES
    LABELS ${arg_LABELS} TIMEOUT ${arg_TIMEOUT} PROCESSORS 2 RESOURCE_LOCK mpirun
    ENVIRONMENT "${environment}")
endfunction()

set(REDUCECHECK_MPI_TEST_ENVIRONMENT
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_btl_vader_single_copy_mechanism=none
  # Ranks that wait give their core to those that work, also where there seem to be cores for all.
  OMPI_MCA_mpi_yield_when_idle=1
  # MPI keeps what it allocates until the process ends.
  ASAN_OPTIONS=detect_leaks=0)
