// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: memory that begins where a cache line does. A register of 64 bytes that is
// read across two lines costs twice, and a sum that is stored so and read again several times that.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace reducecheck {

template <class T>
struct LineAllocator {
  using value_type = T;
  static constexpr std::size_t line = 64;

  LineAllocator() = default;
  template <class U>
  explicit LineAllocator(const LineAllocator<U>&) {}

  T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{line}));
  }
  void deallocate(T* memory, std::size_t) { ::operator delete (memory, std::align_val_t{line}); }

  friend bool operator==(const LineAllocator&, const LineAllocator&) { return true; }
};

template <class T>
using AlignedVector = std::vector<T, LineAllocator<T>>;

}  // namespace reducecheck
