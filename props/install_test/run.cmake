# SPDX-License-Identifier: Apache-2.0
# Installs the build, then configures, builds and runs the consumer against the installed files.

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${SCRATCH_DIR})
set(prefix ${SCRATCH_DIR}/prefix)
set(build ${SCRATCH_DIR}/build)
if(CONFIG)
  set(config --config ${CONFIG})
endif()

run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${prefix} ${config})
run(${CMAKE_COMMAND} -S ${CONSUMER_DIR} -B ${build} -G ${GENERATOR}
  -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_BUILD_TYPE=${CONFIG} -DWANTED_VERSION=${VERSION}
  -DCMAKE_CXX_COMPILER=${CXX_COMPILER} -DCMAKE_CXX_FLAGS=${CXX_FLAGS}
  -DCMAKE_RUNTIME_OUTPUT_DIRECTORY=${build})
run(${CMAKE_COMMAND} --build ${build} ${config})
run(${build}/consumer)
run(${prefix}/bin/reducecheck --version)
