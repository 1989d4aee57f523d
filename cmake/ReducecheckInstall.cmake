# SPDX-License-Identifier: Apache-2.0
# The installed package: `find_package(reducecheck)` gives reducecheck::scenarios and
# reducecheck::sim, and the executable of the same name as the project.

include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/reducecheck)

install(TARGETS reducecheck_scenarios reducecheck_sim
  EXPORT reducecheck
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/reducecheck)
if(TARGET reducecheck)
  install(TARGETS reducecheck reducecheck_proof_check EXPORT reducecheck
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(TARGET reducecheck_real_tool)
  install(TARGETS reducecheck_real_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(EXPORT reducecheck NAMESPACE reducecheck:: DESTINATION ${package_dir}
  FILE reducecheckTargets.cmake)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/reducecheckConfig.cmake.in
  ${PROJECT_BINARY_DIR}/reducecheckConfig.cmake INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor version may break, so only the same one fits.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/reducecheckConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/reducecheckConfig.cmake
              ${PROJECT_BINARY_DIR}/reducecheckConfigVersion.cmake
  DESTINATION ${package_dir})

install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/scenarios/catalogue
  DESTINATION ${CMAKE_INSTALL_DATADIR}/reducecheck
  FILES_MATCHING PATTERN "*.toml")
