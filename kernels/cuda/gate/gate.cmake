# SPDX-License-Identifier: Apache-2.0
# cmake -DNVCC=... -DROOT=... -DSOURCES=a.cu,b.cpp -DARCHES=80,90|all [-DREPORT=program]
#       [-DREFUSED=words] -DSCRATCH=folder -P gate.cmake
# Compiles each source to machine code for each architecture and refuses local memory, spilled
# registers, calls of host functions, and in its PTX whatever does not round each operation once:
# fused, flushing or approximate instructions. REPORT reads what ptxas says and prints it as a table.
# With REFUSED the sources must be refused, in these words.

set(flags -std=c++20 -x cu --fmad=false -Werror cross-execution-space-call
  -Xptxas=-v,-warn-spills,-warn-lmem-usage,-Werror)

string(REPLACE "," ";" SOURCES "${SOURCES}")
if(ARCHES STREQUAL "all")
  execute_process(COMMAND ${NVCC} --list-gpu-arch OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[0-9]+" ARCHES "${listed}")
else()
  string(REPLACE "," ";" ARCHES "${ARCHES}")
endif()
file(MAKE_DIRECTORY ${SCRATCH})

foreach(arch IN LISTS ARCHES)
  set(log ${SCRATCH}/ptxas_${arch}.txt)
  file(WRITE ${log} "")
  foreach(source IN LISTS SOURCES)
    execute_process(
      COMMAND ${NVCC} ${flags} -arch=sm_${arch} -I${ROOT} -cubin -o ${SCRATCH}/${arch}.cubin
        --keep --keep-dir ${SCRATCH} ${source}
      RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
    file(APPEND ${log} "${said}")
    cmake_path(GET source STEM name)
    if(status EQUAL 0)
      file(STRINGS ${SCRATCH}/${name}.ptx inexact REGEX "fma\\.|\\.ftz|\\.approx")
      if(inexact)
        set(status 1)
        string(APPEND said "inexact instructions: ${inexact}\n")
      endif()
    endif()
    if(REFUSED)
      if(status EQUAL 0 OR NOT said MATCHES "${REFUSED}")
        message(FATAL_ERROR
          "sm_${arch}: ${source} should be refused for `${REFUSED}`; nvcc says\n${said}")
      endif()
    elseif(NOT status EQUAL 0)
      message(FATAL_ERROR "sm_${arch}: ${source} is refused:\n${said}")
    endif()
  endforeach()
  if(REPORT)
    execute_process(COMMAND ${REPORT} ${arch} ${log} COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()
