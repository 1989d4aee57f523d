// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "real/tool/backend.hpp"

namespace reducecheck::real {

std::span<Backend* const> backends() {
  static const std::array<Backend*, 2> all = [] {
    std::array<Backend*, 2> both = {&mpi_backend(), &nccl_backend()};
    // A build of one of them uses that one.
    std::ranges::stable_partition(both, [](const Backend* one) { return one->built(); });
    return both;
  }();
  return all;
}

}  // namespace reducecheck::real
