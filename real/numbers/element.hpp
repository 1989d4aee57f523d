// SPDX-License-Identifier: Apache-2.0
// The elements that processes send each other, and how this side of a comparison adds them. It is
// written apart from the simulator's formats, so that a slip in one of the two shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace reducecheck::real {

enum class ElementType : std::uint8_t { mod64, fp32, bf16, fp16, fp8_e4m3, fp8_e5m2 };

struct ElementFacts {
  std::string_view name;
  std::size_t bytes = 0;
  int exponent_bits = 0;  // 0: an integer
  int fraction_bits = 0;
  bool has_infinity = false;
  bool saturates = false;
};

const ElementFacts& facts(ElementType type);

/// Every type, in the order of the enumeration.
std::span<const ElementType> element_types();

std::optional<ElementType> element_named(std::string_view name);

/// The value of an encoding, exactly. Not for mod64.
float decode(ElementType type, std::uint64_t encoding);

/// The encoding of the nearest value, ties to the even one; subnormals are kept. Beyond the range
/// stands infinity, or in a type that saturates the largest number. Not for mod64.
std::uint64_t encode(ElementType type, float value);

/// The sum as a collective of this type gives it: modulo 2^64, or rounded once. The two types of
/// 8 bits are added in fp16 and saturate.
std::uint64_t add(ElementType type, std::uint64_t a, std::uint64_t b);

/// The greater one; `a` where neither is.
std::uint64_t greater(ElementType type, std::uint64_t a, std::uint64_t b);

/// Whether the encoding is a NaN, which is compared as a class: libraries and processors differ in
/// its bits.
bool is_nan(ElementType type, std::uint64_t encoding);

/// Element `index` of an array of that type, and its place filled.
std::uint64_t load(ElementType type, const void* elements, std::size_t index);
void store(ElementType type, void* elements, std::size_t index, std::uint64_t encoding);

}  // namespace reducecheck::real
