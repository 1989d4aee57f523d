// SPDX-License-Identifier: Apache-2.0
#include "sim/tool/version.hpp"

#include <fmt/format.h>

#include "reducecheck_build.hpp"  // written by the build, see commit.cmake

namespace reducecheck::tool {

std::string version_text() {
  return fmt::format("{} ({})", build_version, build_commit);
}

std::string banner_text(std::uint64_t seed) {
  return fmt::format("reducecheck {} seed={}\n", version_text(), seed);
}

}  // namespace reducecheck::tool
