// SPDX-License-Identifier: Apache-2.0
// How far the kernels' functions are from the true value, which the C library has in more bits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reducecheck::kernels::golden {

struct UlpRow {
  std::string what;  // `silu bf16`
  std::uint64_t tried = 0;
  std::uint64_t nearest = 0;  // within half a unit
  double most = 0;            // units in the last place of the true value
  double bound = 0;           // what the kernel promises; 0: nothing beyond its roundings
};

/// silu (swiglu with 1) of all numbers of 16 bits and of every `stride`-th of fp32, and rms_norm of
/// rows in [-1, 1), in each floating type.
std::vector<UlpRow> measure_ulps(std::uint32_t stride);

}  // namespace reducecheck::kernels::golden
