# SPDX-License-Identifier: Apache-2.0
# cmake -D NAME=... -D STATUS=... -D SAYS=... -P canary.cmake -- COMMAND WORD...
# Runs what must fail, and fails itself unless that ends with the status and says a line that fits.
# CI looks for the line `canary reported: NAME` in the log of the tests.
set(command "")
set(begun FALSE)
foreach(i RANGE 1 ${CMAKE_ARGC})
  if(begun AND i LESS CMAKE_ARGC)
    list(APPEND command "${CMAKE_ARGV${i}}")
  elseif("${CMAKE_ARGV${i}}" STREQUAL "--")
    set(begun TRUE)
  endif()
endforeach()

execute_process(COMMAND ${command}
  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT status STREQUAL STATUS)
  message(FATAL_ERROR "${NAME}: status ${status} instead of ${STATUS}\n${output}")
endif()
if(NOT output MATCHES "(^|\n)([^\n]*${SAYS}[^\n]*)")
  message(FATAL_ERROR "${NAME}: says nothing like `${SAYS}`\n${output}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E echo "canary reported: ${NAME}: ${CMAKE_MATCH_2}")
