// SPDX-License-Identifier: Apache-2.0
// The conversions that every kernel rounds by, alone, so that all numbers can be tried.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/launch.hpp"

namespace reducecheck::kernels::golden {

/// out[i] = the fp32 number with the encoding first + i * stride, modulo 2^32, in the type: bf16 or
/// fp16.
void convert_to(Queue queue, Element type, std::uint16_t* out, std::uint32_t first,
                std::uint32_t stride, std::size_t n);

/// out[i] = the number with the encoding i, of bf16 or fp16, in fp32: n <= 65536.
void convert_from(Queue queue, Element type, std::uint32_t* out, std::size_t n);

}  // namespace reducecheck::kernels::golden
