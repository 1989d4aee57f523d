// SPDX-License-Identifier: Apache-2.0
// The floating-point formats that partial sums travel in.
//
// Every value of every format is a binary32 value, so that widening is exact and rounding from
// binary32 is the only conversion. Rounding is by integers, to nearest, ties to even; subnormals
// are kept. Processors' own conversions are not used, because some flush subnormals.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

namespace reducecheck {

enum class Format : std::uint8_t { fp32, bf16, fp16, fp8_e4m3, fp8_e5m2 };

/// The layout of a format. `largest` is the greatest finite number.
struct FormatTraits {
  std::string_view name;
  int bytes = 0;
  int exponent_bits = 0;
  int fraction_bits =
      0;  // without the implicit one; a number has fraction_bits + 1 significant bits
  int bias = 0;
  float largest = 0;
  bool has_infinity = false;
  bool saturates = false;  // what is beyond the range, infinities too, becomes the largest number
};

inline constexpr FormatTraits format_traits[] = {
    {"fp32", 4, 8, 23, 127, 3.40282346638528859812e38F, true, false},
    {"bf16", 2, 8, 7, 127, 3.38953138925153547590e38F, true, false},
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

/// The value of an encoding. The sign of a NaN is kept, and a NaN stays one.
template <Format F>
constexpr float widen(std::uint32_t encoding) {
  constexpr FormatTraits f = traits(F);
  if constexpr (F == Format::fp32) return std::bit_cast<float>(encoding);
  if constexpr (F == Format::bf16) return std::bit_cast<float>(encoding << 16);
  constexpr int sign_place = 8 * f.bytes - 1;
  constexpr int to_fraction = 23 - f.fraction_bits;
  const std::uint32_t sign = (encoding >> sign_place) << 31;
  const std::uint32_t magnitude = encoding & ((1U << sign_place) - 1);
  const std::uint32_t exponent = magnitude >> f.fraction_bits;
  constexpr std::uint32_t top = (1U << f.exponent_bits) - 1;
  constexpr std::uint32_t fraction_mask = (1U << f.fraction_bits) - 1;
  if (f.has_infinity ? exponent == top : magnitude == (1U << sign_place) - 1) {
    const std::uint32_t fraction = f.has_infinity ? (magnitude & fraction_mask) << to_fraction : 1;
    const std::uint32_t quiet = fraction != 0 ? 0x400000U : 0U;
    return std::bit_cast<float>(sign | 0x7f800000U | fraction | quiet);
  }
  if (exponent != 0) {
    const std::uint32_t rebias = static_cast<std::uint32_t>(127 - f.bias) << 23;
    return std::bit_cast<float>(sign | ((magnitude << to_fraction) + rebias));
  }
  // A subnormal: fraction times the smallest one, a power of two, which is exact in binary32.
  const auto unit =
      std::bit_cast<float>(static_cast<std::uint32_t>(128 - f.bias - f.fraction_bits) << 23);
  const float value = static_cast<float>(magnitude) * unit;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) | sign);
}

/// The encoding of the nearest value of the format. A NaN gives a quiet NaN.
template <Format F>
constexpr std::uint32_t round_to(float x) {
  constexpr FormatTraits f = traits(F);
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if constexpr (F == Format::fp32) return bits;
  constexpr int sign_place = 8 * f.bytes - 1;
  constexpr int drop = 23 - f.fraction_bits;
  const std::uint32_t sign = (bits >> 31) << sign_place;
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  constexpr std::uint32_t infinity = ((1U << f.exponent_bits) - 1) << f.fraction_bits;
  if (magnitude > 0x7f800000U) {  // e4m3 has the pattern of all ones only
    constexpr std::uint32_t quiet =
        f.has_infinity ? 1U << (f.fraction_bits - 1) : (1U << f.fraction_bits) - 1;
    const std::uint32_t payload = f.has_infinity ? (magnitude & 0x7fffffU) >> drop : 0;
    return sign | infinity | payload | quiet;
  }
  const int exponent = static_cast<int>(magnitude >> 23) - 127;
  constexpr int least_exponent = 1 - f.bias;
  std::uint32_t rounded = 0;
  if (exponent >= least_exponent) {
    rounded = (magnitude + ((1U << (drop - 1)) - 1) + ((magnitude >> drop) & 1U)) >> drop;
    rounded -= static_cast<std::uint32_t>(127 - f.bias) << f.fraction_bits;
  } else if (exponent >= least_exponent - f.fraction_bits - 1 || f.bias == 127) {
    const int shift = f.bias == 127 ? drop : drop + least_exponent - exponent;
    const std::uint32_t significand = (magnitude & 0x7fffffU) | (exponent > -127 ? 0x800000U : 0U);
    rounded = (significand + ((1U << (shift - 1)) - 1) + ((significand >> shift) & 1U)) >> shift;
  }
  constexpr std::uint32_t largest =
      f.has_infinity ? infinity - 1 : infinity | ((1U << f.fraction_bits) - 2);
  if (rounded > largest) rounded = f.saturates ? largest : infinity;
  return sign | rounded;
}

/// a + b as libraries add in the format: one rounding. fp8 is added in binary16 and saturates,
/// which is one rounding too: 11 >= 2 * 4 + 2 significant bits (Figueroa, When is double rounding
/// innocuous?, 1995).
template <Format F>
constexpr std::uint32_t add_in(std::uint32_t a, std::uint32_t b) {
  const float sum = widen<F>(a) + widen<F>(b);
  if constexpr (traits(F).bytes == 1) {
    return round_to<F>(widen<Format::fp16>(round_to<Format::fp16>(sum)));
  }
  return round_to<F>(sum);
}

/// The same for a format that is known at run time only.
float widen(Format format, std::uint32_t encoding);
std::uint32_t round_to(Format format, float x);
std::uint32_t add_in(Format format, std::uint32_t a, std::uint32_t b);

}  // namespace reducecheck
