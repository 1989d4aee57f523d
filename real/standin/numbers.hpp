// SPDX-License-Identifier: Apache-2.0
// Arithmetic on elements of NCCL's types, each operation rounded once.
#pragma once

#include <cstddef>
#include <cstdint>

#include <nccl.h>

namespace reducecheck::standin {

/// What combines two addends. An average is a sum of scaled addends, or a sum that is divided.
enum class Combine : std::uint8_t { sum, product, maximum, minimum };

bool is_type(int number);
std::size_t type_bytes(ncclDataType_t type);
bool is_integer(ncclDataType_t type);

/// into[i] becomes into[i] combined with from[i], for begin <= i < end. Integers wrap; floats are
/// rounded to nearest even, the two of 8 bits by way of float16 and to the largest number where the
/// result is beyond it. Of a number and a NaN the number is the greater and the lesser.
void combine(ncclDataType_t type, Combine how, std::byte* into, const std::byte* from,
             std::size_t begin, std::size_t end);

/// Each element becomes its product with the element at `scalar`.
void scale(ncclDataType_t type, std::byte* elements, std::size_t count, const std::byte* scalar);

/// The element 1/ranks of a floating type.
void store_reciprocal(ncclDataType_t type, int ranks, std::byte* scalar);

/// Each integer becomes its quotient, rounded towards zero.
void divide(ncclDataType_t type, std::byte* elements, std::size_t count, int divisor);

}  // namespace reducecheck::standin
