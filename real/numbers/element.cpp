// SPDX-License-Identifier: Apache-2.0
#include "real/numbers/element.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace reducecheck::real {
namespace {

constexpr ElementType types[] = {ElementType::mod64, ElementType::fp32,     ElementType::bf16,
                                 ElementType::fp16,  ElementType::fp8_e4m3, ElementType::fp8_e5m2};

constexpr ElementFacts table[] = {
    {"mod64", 8, 0, 0, false, false},   {"fp32", 4, 8, 23, true, false},
    {"bf16", 2, 8, 7, true, false},     {"fp16", 2, 5, 10, true, false},
    {"fp8_e4m3", 1, 4, 3, false, true}, {"fp8_e5m2", 1, 5, 2, true, true},
};

/// The fields of an encoding.
struct Fields {
  bool negative = false;
  std::uint64_t exponent = 0;
  std::uint64_t fraction = 0;
};

std::uint64_t ones(int bits) {
  return (std::uint64_t{1} << bits) - 1;
}

Fields split(const ElementFacts& f, std::uint64_t encoding) {
  return {((encoding >> (f.exponent_bits + f.fraction_bits)) & 1U) != 0,
          (encoding >> f.fraction_bits) & ones(f.exponent_bits), encoding & ones(f.fraction_bits)};
}

int bias(const ElementFacts& f) {
  return static_cast<int>(ones(f.exponent_bits - 1));
}

bool nan_fields(const ElementFacts& f, const Fields& fields) {
  if (fields.exponent != ones(f.exponent_bits)) return false;
  return f.has_infinity ? fields.fraction != 0 : fields.fraction == ones(f.fraction_bits);
}

/// The encoding of the greatest finite number.
std::uint64_t largest(const ElementFacts& f) {
  const std::uint64_t all = ones(f.exponent_bits + f.fraction_bits);
  return f.has_infinity ? all - ones(f.fraction_bits) - 1 : all - 1;
}

/// significand * 2^power in units of 2^unit, to nearest, ties to even.
std::uint64_t in_units(std::uint64_t significand, int power, int unit) {
  const int drop = unit - power;
  if (drop <= 0) return significand << -drop;
  if (drop > 40) return 0;  // far below half a unit: a significand has 24 bits
  const std::uint64_t kept = significand >> drop;
  const std::uint64_t rest = significand & ones(drop);
  const std::uint64_t half = std::uint64_t{1} << (drop - 1);
  const bool up = rest > half || (rest == half && (kept & 1U) != 0);
  return kept + (up ? 1 : 0);
}

}  // namespace

const ElementFacts& facts(ElementType type) {
  return table[static_cast<std::size_t>(type)];
}

std::span<const ElementType> element_types() {
  return types;
}

std::optional<ElementType> element_named(std::string_view name) {
  for (const ElementType type : types) {
    if (facts(type).name == name) return type;
  }
  return std::nullopt;
}

float decode(ElementType type, std::uint64_t encoding) {
  if (type == ElementType::fp32) return std::bit_cast<float>(static_cast<std::uint32_t>(encoding));
  const ElementFacts& f = facts(type);
  const Fields fields = split(f, encoding);
  float magnitude = 0;
  if (nan_fields(f, fields)) {
    magnitude = std::numeric_limits<float>::quiet_NaN();
  } else if (f.has_infinity && fields.exponent == ones(f.exponent_bits)) {
    magnitude = std::numeric_limits<float>::infinity();
  } else {
    const bool normal = fields.exponent != 0;
    const auto significand =
        static_cast<float>(fields.fraction + (normal ? ones(f.fraction_bits) + 1 : 0));
    const int power = (normal ? static_cast<int>(fields.exponent) : 1) - bias(f) - f.fraction_bits;
    magnitude = std::ldexp(significand, power);
  }
  return fields.negative ? -magnitude : magnitude;
}

std::uint64_t encode(ElementType type, float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (type == ElementType::fp32) return bits;
  const ElementFacts& f = facts(type);
  const std::uint64_t sign = static_cast<std::uint64_t>(bits >> 31)
                             << (f.exponent_bits + f.fraction_bits);
  const Fields from = split(facts(ElementType::fp32), bits);
  const std::uint64_t all = ones(f.exponent_bits + f.fraction_bits);
  if (std::isnan(value)) return sign | all;
  const std::uint64_t beyond = f.saturates ? largest(f) : all - ones(f.fraction_bits);
  if (std::isinf(value)) return sign | beyond;
  const std::uint64_t significand = from.fraction | (from.exponent != 0 ? ones(23) + 1 : 0);
  if (significand == 0) return sign;
  const int power = static_cast<int>(from.exponent != 0 ? from.exponent : 1) - 127 - 23;
  const int leading = power + static_cast<int>(std::bit_width(significand)) - 1;
  const int least = 1 - bias(f);  // exponent of the smallest normal number
  const int exponent = leading > least ? leading : least;
  const std::uint64_t units = in_units(significand, power, exponent - f.fraction_bits);
  // One more unit than the fraction holds runs over into the next exponent, as it should.
  const std::uint64_t below = (static_cast<std::uint64_t>(exponent - least)) << f.fraction_bits;
  const std::uint64_t magnitude = below + units;
  return sign | (magnitude > largest(f) ? beyond : magnitude);
}

std::uint64_t add(ElementType type, std::uint64_t a, std::uint64_t b) {
  if (type == ElementType::mod64) return a + b;
  const float sum = decode(type, a) + decode(type, b);
  if (facts(type).bytes > 1) return encode(type, sum);
  return encode(type, decode(ElementType::fp16, encode(ElementType::fp16, sum)));
}

std::uint64_t greater(ElementType type, std::uint64_t a, std::uint64_t b) {
  if (type == ElementType::mod64) return a < b ? b : a;
  return decode(type, a) < decode(type, b) ? b : a;
}

bool is_nan(ElementType type, std::uint64_t encoding) {
  return type != ElementType::mod64 && nan_fields(facts(type), split(facts(type), encoding));
}

std::uint64_t load(ElementType type, const void* elements, std::size_t index) {
  const std::size_t bytes = facts(type).bytes;
  std::uint64_t encoding = 0;
  std::memcpy(&encoding, static_cast<const std::byte*>(elements) + index * bytes, bytes);
  return encoding;
}

void store(ElementType type, void* elements, std::size_t index, std::uint64_t encoding) {
  const std::size_t bytes = facts(type).bytes;
  std::memcpy(static_cast<std::byte*>(elements) + index * bytes, &encoding, bytes);
}

}  // namespace reducecheck::real
