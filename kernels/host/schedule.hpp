// SPDX-License-Identifier: Apache-2.0
// How kernels on the host run what has no order.
#pragma once

#include <cstdint>

namespace reducecheck::kernels::host {

/// In which order a launch runs what has no order, and what it watches for.
struct Schedule {
  std::uint64_t seed = 0;  // 0: by number
  bool races = true;
  std::uint64_t most_accesses = std::uint64_t{1} << 40;
};

/// How launches by the functions of kernels/launch.hpp run from now on, in every thread.
void set_schedule(const Schedule& schedule);

}  // namespace reducecheck::kernels::host
