# SPDX-License-Identifier: Apache-2.0
# What every build needs. What a part needs beyond that is looked for in ReducecheckParts.cmake.
# Nothing is downloaded and no hardware is probed.

find_package(fmt 9 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(tomlplusplus 3.3 REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
find_package(Threads REQUIRED)

if(REDUCECHECK_BUILD_TESTS)
  find_package(GTest 1.12 REQUIRED)
  find_package(rapidcheck CONFIG REQUIRED)
endif()
