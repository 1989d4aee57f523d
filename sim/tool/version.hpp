// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace reducecheck::tool {

/// `0.1.0 (1a2b3c4)`; the commit is `unknown` outside a git checkout and ends in `+` when files
/// were changed since.
std::string version_text();

/// `reducecheck 0.1.0 (1a2b3c4) seed=1`, the first line of every run.
std::string banner_text(std::uint64_t seed);

}  // namespace reducecheck::tool
