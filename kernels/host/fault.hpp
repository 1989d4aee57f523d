// SPDX-License-Identifier: Apache-2.0
// What the host executor says of a kernel that does what no kernel may.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/launch.hpp"

namespace reducecheck::kernels::host {

enum class FaultKind : std::uint8_t {
  race,                // two accesses, one of them a write, that no barrier orders
  divergent_barrier,   // not all threads of the block came to the same barrier
  divergent_shuffle,   // not all lanes of the warp came to the same shuffle
  out_of_bounds,       // an index beyond a buffer
  uninitialised_read,  // of shared memory that nobody wrote
  shared_memory,       // more than the launch gave, or requests that differ between threads
  misaligned,          // a pack that does not begin at a multiple of its size
  endless,             // more accesses than any kernel here needs
};

struct Fault : KernelFault {
  Fault(FaultKind what, const std::string& sentence) : KernelFault(sentence), kind(what) {}
  FaultKind kind;
};

}  // namespace reducecheck::kernels::host
