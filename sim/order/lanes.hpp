// SPDX-License-Identifier: Apache-2.0
// The conversions of sim/format without a branch, so that a loop over elements is vectorised. A
// running sum is a binary32 number that the format has, and is encoded at the end only.
#pragma once

#include <bit>
#include <cstdint>

#include "sim/format/format.hpp"

namespace reducecheck::ordering {

/// The constants of a format that is narrower than binary32.
template <Format F>
struct Lane {
  static constexpr FormatTraits format = traits(F);
  static constexpr int drop = 23 - format.fraction_bits;
  static constexpr std::uint32_t sign = 1U << (8 * format.bytes - 1);
  static constexpr std::uint32_t rebias = static_cast<std::uint32_t>(127 - format.bias) << 23;
  static constexpr std::uint32_t least_normal = static_cast<std::uint32_t>(128 - format.bias) << 23;
  static constexpr std::uint32_t infinity = ((1U << format.exponent_bits) - 1)
                                            << format.fraction_bits;
  static constexpr std::uint32_t largest = std::bit_cast<std::uint32_t>(format.largest);
  /// 2^exponent.
  static constexpr float power(int exponent) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(exponent + 127) << 23);
  }
  static constexpr int unit_exponent = 1 - format.bias - format.fraction_bits;
};

template <Format F>
[[gnu::always_inline]] inline float lane_widen(EncodingOf<F> encoding) {
  const std::uint32_t wide = encoding;
  if constexpr (traits(F).bias == 127) {
    return std::bit_cast<float>(wide << (32 - 8 * traits(F).bytes));
  } else {
    using L = Lane<F>;
    const std::uint32_t magnitude = wide & (L::sign - 1);
    const std::uint32_t normal = (magnitude << L::drop) + L::rebias;
    const float counted = static_cast<float>(static_cast<std::int32_t>(magnitude));
    const auto subnormal = std::bit_cast<std::uint32_t>(counted * L::power(L::unit_exponent));
    std::uint32_t bits = magnitude < (1U << L::format.fraction_bits) ? subnormal : normal;
    if constexpr (L::format.has_infinity) {
      bits = magnitude >= L::infinity ? (magnitude << L::drop) | 0x7f800000U : bits;
    } else {
      bits = magnitude == L::sign - 1 ? 0x7fc00000U : bits;
    }
    return std::bit_cast<float>(bits | ((wide & L::sign) << (32 - 8 * L::format.bytes)));
  }
}

/// The nearest number of the format; infinities become the largest number where it saturates. `x`
/// is a sum of numbers of the format.
template <Format F>
[[gnu::always_inline]] inline float lane_round(float x) {
  if constexpr (F == Format::fp32) {
    return x;
  } else if constexpr (F == Format::bf16) {
    // The sign stays where it is, and so does a NaN: the low half of one that is a sum of numbers
    // of the format is zero, and nothing is carried out of it.
    const auto bits = std::bit_cast<std::uint32_t>(x);
    return std::bit_cast<float>((bits + 0x7fffU + ((bits >> 16) & 1U)) & 0xffff0000U);
  } else {
    using L = Lane<F>;
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t magnitude = bits & 0x7fffffffU;
    std::uint32_t rounded =
        (magnitude + ((1U << (L::drop - 1)) - 1) + ((magnitude >> L::drop) & 1U)) &
        ~((1U << L::drop) - 1);
    // Beside 2^23 units a sum has no fraction of a unit; the addition rounds as the format does.
    constexpr float beside = L::power(L::unit_exponent + 23);
    const float sum = std::bit_cast<float>(magnitude) + beside;
    const auto subnormal = std::bit_cast<std::uint32_t>(sum - beside);
    rounded = magnitude < L::least_normal ? subnormal : rounded;
    rounded = rounded > L::largest ? (L::format.saturates ? L::largest : 0x7f800000U) : rounded;
    rounded = magnitude > 0x7f800000U ? 0x7fc00000U : rounded;
    return std::bit_cast<float>(rounded | (bits & 0x80000000U));
  }
}

/// The encoding of a number that the format has.
template <Format F>
[[gnu::always_inline]] inline EncodingOf<F> lane_encode(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if constexpr (traits(F).bias == 127) {
    return static_cast<EncodingOf<F>>(bits >> (32 - 8 * traits(F).bytes));
  } else {
    using L = Lane<F>;
    const std::uint32_t magnitude = bits & 0x7fffffffU;
    const bool small = magnitude < L::least_normal;
    const float units =
        small ? std::bit_cast<float>(magnitude) * L::power(-L::unit_exponent) : 0.0F;
    const auto counted = static_cast<std::uint32_t>(static_cast<std::int32_t>(units));
    std::uint32_t encoding = small ? counted : (magnitude - L::rebias) >> L::drop;
    encoding = magnitude >= 0x7f800000U ? L::infinity : encoding;
    encoding = magnitude > 0x7f800000U ? L::sign - 1 : encoding;
    return static_cast<EncodingOf<F>>(encoding | ((bits >> (32 - 8 * L::format.bytes)) & L::sign));
  }
}

}  // namespace reducecheck::ordering
