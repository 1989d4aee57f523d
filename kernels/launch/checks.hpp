// SPDX-License-Identifier: Apache-2.0
// What every launch is checked for before anything runs, on the host as for a GPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "kernels/launch.hpp"

namespace reducecheck::kernels {

/// Throws LaunchError unless the buffer is there, when it has elements, and is aligned to them.
inline void check_buffer(const std::string& kernel, const char* name, const void* data,
                         std::size_t count, std::size_t bytes) {
  const std::string what = "kernel `" + kernel + "`: buffer `" + name + "`";
  if (data == nullptr && count > 0) {
    throw LaunchError(what + " of " + std::to_string(count) + " elements is a null pointer");
  }
  if (reinterpret_cast<std::uintptr_t>(data) % bytes != 0) {
    throw LaunchError(what + " is not aligned to its elements of " + std::to_string(bytes) +
                      " bytes");
  }
}

/// Throws LaunchError saying what is `expected` unless it `holds`.
inline void check(bool holds, const char* kernel, const std::string& expected) {
  if (!holds) throw LaunchError("kernel `" + std::string(kernel) + "`: expected " + expected);
}

/// The product of sizes. Throws LaunchError from 2^48 on: no device holds that.
inline std::size_t elements(const char* kernel, std::initializer_list<std::size_t> sizes) {
  constexpr std::size_t most = std::size_t{1} << 48;
  std::size_t product = 1;
  for (const std::size_t size : sizes) {
    if (size == 0) return 0;
  }
  for (const std::size_t size : sizes) {
    check(size < most / product, kernel, "fewer than 2^48 elements");
    product *= size;
  }
  return product;
}

/// Whether packs of 16 bytes may begin at each of these.
inline bool packable(std::initializer_list<const void*> buffers) {
  for (const void* buffer : buffers) {
    if (reinterpret_cast<std::uintptr_t>(buffer) % 16 != 0) return false;
  }
  return true;
}

}  // namespace reducecheck::kernels
