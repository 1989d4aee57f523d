// SPDX-License-Identifier: Apache-2.0
// The hash of contents, and the activation, whose truth comes from the C library's 64-bit
// significands.
#include <bit>
#include <cmath>

#include "kernels/oracle/oracle.hpp"

namespace reducecheck::kernels::oracle {
namespace {

/// One step of SplitMix64.
std::uint64_t splitmix(std::uint64_t x) {
  std::uint64_t z = x + 11400714819323198485U;
  z ^= z >> 30;
  z *= 13787848793156543929U;
  z ^= z >> 27;
  z *= 10723151780598845931U;
  z ^= z >> 31;
  return z;
}

std::uint64_t hash_of(const std::string& name) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : name) {
    hash ^= static_cast<std::uint64_t>(c);
    hash *= 1099511628211U;
  }
  return hash;
}

/// Rounded to binary32, then to the format.
std::uint64_t encoded(const Format& format, long double value) {
  if (std::isnan(value)) return format.sign() - 1;
  const bool negative = std::signbit(value);
  if (std::isinf(value)) return format.infinity() | (negative ? format.sign() : 0);
  int exponent = 0;
  const long double fraction = std::frexp(std::fabs(value), &exponent);
  const auto significand = static_cast<std::uint64_t>(std::ldexp(fraction, 64));
  const std::uint64_t narrow =
      Long::of(significand, exponent - 64, negative).rounded(binary32, negative);
  return convert(binary32, format, narrow);
}

long double decoded(const Format& format, std::uint64_t x) {
  if (format.is_nan(x)) return NAN;
  const bool negative = (x & format.sign()) != 0;
  if ((x & (format.sign() - 1)) == format.infinity()) return negative ? -INFINITY : INFINITY;
  const Finite f = finite(format, x);
  const long double size = std::ldexp(static_cast<long double>(f.significand), f.exponent);
  return negative ? -size : size;
}

}  // namespace

Enclosure activation(const Format& format, std::uint64_t x) {
  if (format.integer()) {
    const std::uint64_t hash = x == 0 ? 0 : splitmix(splitmix(hash_of("act")) ^ x);
    return {hash, hash};
  }
  const long double value = decoded(format, x);
  const long double silu = value / (1 + std::exp(-value));
  if (!std::isfinite(silu) || silu == 0) return {encoded(format, silu), encoded(format, silu)};
  const long double margin = std::ldexp(std::fabs(silu), -50);
  return {encoded(format, silu - margin), encoded(format, silu + margin)};
}

std::uint64_t content(const Format& format, std::uint64_t key, std::uint64_t row,
                      std::uint64_t column, int shift) {
  std::uint64_t step = 0;
  for (int bit = 0; bit < 64; ++bit) {  // column * 0x9e37..., by doubling
    if ((column >> bit & 1U) != 0) step += std::uint64_t{11400714819323198485U} << bit;
  }
  const std::uint64_t hash = splitmix(splitmix(key ^ row) + step);
  if (format.integer()) return hash;
  const std::uint64_t top = hash >> 40;
  const bool negative = top >= 0x800000U;
  const std::uint64_t magnitude = negative ? 0x1000000U - top : top;
  return Long::of(magnitude, -23 - shift, negative).rounded(format, false);
}

}  // namespace reducecheck::kernels::oracle
