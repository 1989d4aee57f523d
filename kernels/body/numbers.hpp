// SPDX-License-Identifier: Apache-2.0
// Element types inside of kernels: what is stored, what is computed with, and how one becomes the
// other. Rounding is integer code of our own, so that host and device agree bit for bit and neither
// depends on what a header of CUDA does on the host.
#pragma once

#include <cstdint>

namespace reducecheck::kernels {

/// Arithmetic modulo 2^64.
struct U64 {
  using Stored = std::uint64_t;
  using Wide = std::uint64_t;
  static constexpr bool floating = false;
  static __device__ Wide widen(Stored x) { return x; }
  static __device__ Stored narrow(Wide x) { return x; }
  static __device__ bool is_nan(Stored) { return false; }
};

struct Fp32 {
  using Stored = std::uint32_t;
  using Wide = float;
  static constexpr bool floating = true;
  static __device__ Wide widen(Stored x) { return __builtin_bit_cast(float, x); }
  static __device__ Stored narrow(Wide x) { return __builtin_bit_cast(std::uint32_t, x); }
  static __device__ bool is_nan(Stored x) { return (x & 0x7fffffffU) > 0x7f800000U; }
};

struct Bf16 {
  using Stored = std::uint16_t;
  using Wide = float;
  static constexpr bool floating = true;
  static __device__ Wide widen(Stored x) {
    return __builtin_bit_cast(float, std::uint32_t{x} << 16);
  }

  /// Nearest, ties to even. The carry runs into the exponent and, beyond the range, to infinity.
  static __device__ Stored narrow(Wide x) {
    const auto bits = __builtin_bit_cast(std::uint32_t, x);
    if ((bits & 0x7fffffffU) > 0x7f800000U) return 0x7fff;
    return static_cast<Stored>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
  }
  static __device__ bool is_nan(Stored x) { return (x & 0x7fffU) > 0x7f80U; }
};

struct Fp16 {
  using Stored = std::uint16_t;
  using Wide = float;
  static constexpr bool floating = true;

  static __device__ Wide widen(Stored x) {
    const std::uint32_t sign = (x & 0x8000U) << 16;
    const std::uint32_t magnitude = x & 0x7fffU;
    if (magnitude >= 0x7c00U) {
      return __builtin_bit_cast(float, sign | 0x7f800000U | (magnitude & 0x3ffU) << 13);
    }
    // The fields as those of a float are the number times 2^-112, subnormals too.
    const float scaled = __builtin_bit_cast(float, magnitude << 13) * 0x1p112F;
    return __builtin_bit_cast(float, sign | __builtin_bit_cast(std::uint32_t, scaled));
  }

  /// Nearest, ties to even.
  static __device__ Stored narrow(Wide x) {
    const auto bits = __builtin_bit_cast(std::uint32_t, x);
    const std::uint32_t sign = (bits >> 16) & 0x8000U;
    const std::uint32_t magnitude = bits & 0x7fffffffU;
    std::uint32_t rounded = 0;
    if (magnitude > 0x7f800000U) {
      rounded = 0x7fff;
    } else if (magnitude >= 0x477ff000U) {  // from 65520 on
      rounded = 0x7c00;
    } else if (magnitude >= 0x38800000U) {  // from 2^-14 on: normal
      rounded = (magnitude - 0x38000000U + 0xfffU + ((magnitude >> 13) & 1U)) >> 13;
    } else if (magnitude >= 0x33000000U) {  // from 2^-25 on: in units of 2^-24
      const std::uint32_t significand = (magnitude & 0x7fffffU) | 0x800000U;
      const std::uint32_t drop = 126 - (magnitude >> 23);
      const std::uint32_t kept = significand >> drop;
      const std::uint32_t half = std::uint32_t{1} << (drop - 1);
      rounded = (significand + half - 1 + (kept & 1U)) >> drop;
    }
    return static_cast<Stored>(sign | rounded);
  }
  static __device__ bool is_nan(Stored x) { return (x & 0x7fffU) > 0x7c00U; }
};

/// The number as the type has it, in the wider format.
template <class E>
__device__ typename E::Wide rounded(typename E::Wide x) {
  return E::widen(E::narrow(x));
}

/// What a sum has so far, after an addition. `each`: the type's own precision.
template <class E>
__device__ typename E::Wide kept(typename E::Wide sum, bool each) {
  return each ? rounded<E>(sum) : sum;
}

}  // namespace reducecheck::kernels
