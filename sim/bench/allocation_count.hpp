// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace reducecheck::bench {

/// How often this thread has allocated memory from the heap since it began.
std::size_t allocations();

}  // namespace reducecheck::bench
