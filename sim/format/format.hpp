// SPDX-License-Identifier: Apache-2.0
// The floating-point formats that partial sums travel in.
//
// Every value of every format is a binary32 value, so that widening is exact and rounding from
// binary32 is the only conversion. Rounding is by integers, to nearest, ties to even; subnormals
// are kept. Processors' own conversions are not used, because some flush subnormals. Which of the
// patterns that are NaN stands for a NaN is not part of a result.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>

namespace reducecheck {

enum class Format : std::uint8_t { fp32, bf16, fp16, fp8_e4m3, fp8_e5m2 };

/// The layout of a format: a sign, an exponent with its bias, a fraction.
struct FormatTraits {
  std::string_view name;
  int bytes = 0;
  int exponent_bits = 0;
  int fraction_bits = 0;  // without the implicit one: numbers have fraction_bits + 1 significant
  int bias = 0;
  float largest = 0;  // finite
  bool has_infinity = false;
  bool saturates = false;  // what is beyond the range, infinities too, becomes the largest number
};

inline constexpr FormatTraits format_traits[] = {
    {"fp32", 4, 8, 23, 127, 0x1.fffffep127F, true, false},
    {"bf16", 2, 8, 7, 127, 0x1.fep127F, true, false},
    {"fp16", 2, 5, 10, 15, 65504.0F, true, false},
    // As NVIDIA, Arm and Intel define them (arXiv 2209.05433): e4m3 has no infinity and one NaN
    // pattern a sign; e5m2 has infinities, which no rounding to it makes.
    {"fp8_e4m3", 1, 4, 3, 7, 448.0F, false, true},
    {"fp8_e5m2", 1, 5, 2, 15, 57344.0F, true, true},
};

constexpr const FormatTraits& traits(Format format) {
  return format_traits[static_cast<std::size_t>(format)];
}

/// The format of that name, as in FormatTraits::name.
constexpr std::optional<Format> format_named(std::string_view name) {
  for (std::size_t i = 0; i < std::size(format_traits); ++i) {
    if (format_traits[i].name == name) return static_cast<Format>(i);
  }
  return std::nullopt;
}

/// What holds an encoding.
template <Format F>
using EncodingOf =
    std::conditional_t<traits(F).bytes == 4, std::uint32_t,
                       std::conditional_t<traits(F).bytes == 2, std::uint16_t, std::uint8_t>>;

/// Particular encodings, without a sign but for that of the sign itself.
template <Format F>
struct Encoding {
  static constexpr std::uint32_t sign = 1U << (8 * traits(F).bytes - 1);
  static constexpr std::uint32_t nan = sign - 1;  // all ones: in every format a quiet NaN
  static constexpr std::uint32_t infinity = ((1U << traits(F).exponent_bits) - 1)
                                            << traits(F).fraction_bits;
  static constexpr std::uint32_t largest = (traits(F).has_infinity ? infinity : nan) - 1;
};

/// The value of an encoding; bits above the format's width do not count. A NaN stays one and keeps
/// its sign.
template <Format F>
constexpr float widen(std::uint32_t encoding) {
  constexpr FormatTraits f = traits(F);
  if constexpr (f.bias == 127) {  // binary32, or its upper half
    return std::bit_cast<float>(encoding << (32 - 8 * f.bytes));
  } else {
    const std::uint32_t magnitude = encoding & (Encoding<F>::sign - 1);
    const std::uint32_t exponent = magnitude >> f.fraction_bits;
    const std::uint32_t fraction = magnitude & ((1U << f.fraction_bits) - 1);
    const std::uint32_t implicit = exponent == 0 ? 0U : 1U << f.fraction_bits;
    // The significand as an integer times a power of two: exact, for subnormals too. What is no
    // number is made by the same multiplication, without a branch.
    constexpr auto least_power = static_cast<std::uint32_t>(127 - f.bias - f.fraction_bits);
    std::uint32_t unit = (least_power + std::max(exponent, 1U)) << 23;
    if (magnitude > Encoding<F>::largest) unit = 0x7fc00000U;
    if (f.has_infinity && magnitude == Encoding<F>::infinity) unit = 0x7f800000U;
    const auto significand = static_cast<float>(static_cast<std::int32_t>(fraction | implicit));
    const float value = significand * std::bit_cast<float>(unit);
    const std::uint32_t sign = (encoding & Encoding<F>::sign) << (32 - 8 * f.bytes);
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) | sign);
  }
}

/// n / 2^shift rounded to the nearest integer, ties to even; 0 < shift < 32.
constexpr std::uint32_t shift_to_nearest(std::uint32_t n, int shift) {
  return (n + ((1U << (shift - 1)) - 1) + ((n >> shift) & 1U)) >> shift;
}

/// The encoding of the nearest value of the format. A NaN gives a NaN and keeps its sign.
template <Format F>
constexpr std::uint32_t round_to(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if constexpr (F == Format::fp32) {
    return bits;
  } else {
    constexpr FormatTraits f = traits(F);
    constexpr int drop = 23 - f.fraction_bits;
    const std::uint32_t magnitude = bits & 0x7fffffffU;
    std::uint32_t rounded = 0;
    if constexpr (f.bias == 127) {
      rounded = shift_to_nearest(magnitude, drop);  // a carry above the largest makes infinity
    } else {
      // A carry out of the fraction goes to the next exponent. Below the smallest normal number
      // each power of two costs one more bit; binary32's own subnormals become zero.
      constexpr int least = 128 - f.bias;
      const int exponent = static_cast<int>(magnitude >> 23);
      const std::uint32_t significand = (magnitude & 0x7fffffU) | 0x800000U;
      const int shift = std::min(drop + std::max(least - exponent, 0), 25);
      const auto above = static_cast<std::uint32_t>(std::max(exponent - least, 0));
      rounded = shift_to_nearest(significand, shift) + (above << f.fraction_bits);
      constexpr std::uint32_t beyond = f.saturates ? Encoding<F>::largest : Encoding<F>::infinity;
      if (rounded > Encoding<F>::largest) rounded = beyond;
    }
    if (magnitude > 0x7f800000U) rounded = Encoding<F>::nan;
    return ((bits >> 31) * Encoding<F>::sign) | rounded;
  }
}

/// a + b as libraries add in the format: one rounding. fp8 is added in binary16 and saturates,
/// which is one rounding too: 11 >= 2 * 4 + 2 significant bits (Figueroa, When is double rounding
/// innocuous?, 1995).
template <Format F>
constexpr std::uint32_t add_in(std::uint32_t a, std::uint32_t b) {
  const float sum = widen<F>(a) + widen<F>(b);
  if constexpr (traits(F).bytes == 1) {
    return round_to<F>(widen<Format::fp16>(round_to<Format::fp16>(sum)));
  } else {
    return round_to<F>(sum);
  }
}

/// Calls `run.operator()<F>()` with the format as a constant.
template <class Run>
decltype(auto) with_format(Format format, Run&& run) {
  switch (format) {
    case Format::fp32: return run.template operator()<Format::fp32>();
    case Format::bf16: return run.template operator()<Format::bf16>();
    case Format::fp16: return run.template operator()<Format::fp16>();
    case Format::fp8_e4m3: return run.template operator()<Format::fp8_e4m3>();
    case Format::fp8_e5m2: break;
  }
  return run.template operator()<Format::fp8_e5m2>();
}

/// The same for a format that is known at run time only.
float widen(Format format, std::uint32_t encoding);
std::uint32_t round_to(Format format, float x);
std::uint32_t add_in(Format format, std::uint32_t a, std::uint32_t b);

}  // namespace reducecheck
