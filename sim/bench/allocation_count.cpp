// SPDX-License-Identifier: Apache-2.0
// malloc of this executable counts, because Eigen and operator new both end there. It goes on to
// the malloc that would have been found without it.
#include "sim/bench/allocation_count.hpp"

#include <dlfcn.h>

namespace {

thread_local std::size_t count_of_thread = 0;

using Allocate = void* (*)(std::size_t);

Allocate next_malloc() {
  static const auto next = reinterpret_cast<Allocate>(dlsym(RTLD_NEXT, "malloc"));
  return next;
}

}  // namespace

extern "C" void* malloc(std::size_t size) {
  ++count_of_thread;
  return next_malloc()(size);
}

std::size_t reducecheck::bench::allocations() {
  return count_of_thread;
}
