// SPDX-License-Identifier: Apache-2.0
// All numbers of 16 bits, and all of fp32, through the arithmetic of a device.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace reducecheck::kernels::golden {

struct ArithmeticCheck {
  std::string what;  // `fp32 to bf16`
  std::uint64_t tried = 0;
  std::uint64_t wrong = 0;
  std::string first;  // wrong: operands, what came out, what should have
};

/// Conversions of fp32 to bf16 and fp16 and back, sums and products of two bf16, each against
/// binary64 rounded once by code that the kernels do not share. One of `stride` fp32 numbers and
/// first operands is tried, all with a stride of 1; odd strides meet every kind of number.
std::vector<ArithmeticCheck> check_arithmetic(std::uint32_t stride);

}  // namespace reducecheck::kernels::golden
