// SPDX-License-Identifier: Apache-2.0
#include "sim/bench/buffers.hpp"

#include <sys/mman.h>

#include <new>

namespace reducecheck::bench {

HugeMemory::HugeMemory(std::size_t bytes) : bytes_(bytes) {
  data_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data_ == MAP_FAILED) throw std::bad_alloc();
  madvise(data_, bytes, MADV_HUGEPAGE);  // advice: nothing depends on it
}

HugeMemory::~HugeMemory() {
  munmap(data_, bytes_);
}

std::uint64_t read_all(const void* memory, std::size_t bytes) {
  const auto* const words = static_cast<const std::uint64_t*>(memory);
  std::uint64_t all[32] = {};
  for (std::size_t i = 0; i + 32 <= bytes / 8; i += 32) {
    for (std::size_t j = 0; j < 32; ++j) all[j] ^= words[i + j];
  }
  for (std::size_t j = 1; j < 32; ++j) all[0] ^= all[j];
  return all[0];
}

}  // namespace reducecheck::bench
