// SPDX-License-Identifier: Apache-2.0
// The closed list of scalar domains that a plan is run over.
//
// A domain D gives D::Scalar (what is stored), D::Compute (what a contraction accumulates from),
// and the static functions below. Laws, checked by props/domain_laws_props.cpp:
//  * exact domains: + and * are associative and commutative, * distributes over +;
//  * Prime: every x but 0 has x / x == 1, and x / 0 == 0;
//  * floating domains: +, -, * and / round the exact result once, to nearest even;
//  * `content` depends on its argument only; `function` gives equal results for equal arguments.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "scenarios/program/fraction.hpp"
#include "sim/domain/functions.hpp"
#include "sim/domain/hash.hpp"
#include "sim/format/format.hpp"

namespace reducecheck {

__extension__ using Wide = unsigned __int128;

/// What the exact domains mix with the argument of a function: a hash of the function's name.
inline constexpr auto function_keys = [] {
  std::array<std::uint64_t, function_names.size()> keys{};
  for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = mix(name_hash(function_names[i]));
  return keys;
}();
constexpr std::uint64_t function_key(Function function) {
  return function_keys[static_cast<std::size_t>(function)];
}

/// The field of integers modulo 2^61 - 1: exact, divisions included.
struct Prime {
  using Scalar = std::uint64_t;  // always below `modulus`
  using Compute = std::uint64_t;
  static constexpr std::uint64_t modulus = (std::uint64_t{1} << 61) - 1;
  static constexpr bool exact = true;
  static constexpr bool divides = true;
  static constexpr const char* name = "prime";

  static constexpr Scalar reduce(std::uint64_t x) {
    const std::uint64_t folded = (x & modulus) + (x >> 61);
    return folded >= modulus ? folded - modulus : folded;
  }
  static constexpr Scalar reduce(Wide x) {
    const auto low = static_cast<std::uint64_t>(x) & modulus;
    const auto middle = static_cast<std::uint64_t>(x >> 61) & modulus;
    return reduce(low + middle + static_cast<std::uint64_t>(x >> 122));
  }
  static constexpr Scalar from_compute(Compute x) { return x; }
  static constexpr Compute to_compute(Scalar x) { return x; }
  static constexpr Scalar content(std::uint64_t bits, int) { return reduce(bits >> 3); }
  static constexpr Scalar add(Scalar a, Scalar b) { return reduce(a + b); }
  static constexpr Scalar subtract(Scalar a, Scalar b) { return reduce(a + modulus - b); }
  static constexpr Scalar multiply(Scalar a, Scalar b) { return reduce(static_cast<Wide>(a) * b); }
  static constexpr Scalar power(Scalar a, std::uint64_t exponent) {
    Scalar result = 1;
    for (; exponent > 0; exponent >>= 1) {
      if ((exponent & 1) != 0) result = multiply(result, a);
      a = multiply(a, a);
    }
    return result;
  }
  /// 1 / 0 is 0, so that every program has a value everywhere.
  static constexpr Scalar divide(Scalar a, Scalar b) { return multiply(a, power(b, modulus - 2)); }
  static constexpr Scalar integer(std::int64_t i) {
    const std::int64_t m = static_cast<std::int64_t>(modulus);
    return static_cast<Scalar>((i % m + m) % m);
  }
  static Scalar fraction(const Fraction& f) {
    return divide(integer(f.numerator()), integer(f.denominator()));
  }
  static constexpr Scalar function(Function f, Scalar x) {
    if (keeps_zero(f) && x == 0) return 0;
    return content(mix(function_key(f) ^ x), 0);
  }
  static constexpr Scalar quantise(Scalar x, Scalar scale) {
    if (x == 0) return 0;
    return content(mix(mix(mix(name_hash("quant")) ^ x) ^ scale), 0);
  }
  static constexpr bool less(Scalar a, Scalar b) { return a < b; }
  /// Larger than any content but for one in 2^45, so that garbage shows in every maximum.
  static constexpr Scalar garbage(std::uint64_t bits) { return modulus - 1 - (bits & 0xffff); }
};

/// Integers modulo 2^64: exact without division; what MPI and NCCL carry natively.
struct Mod64 {
  using Scalar = std::uint64_t;
  using Compute = std::uint64_t;
  static constexpr bool exact = true;
  static constexpr bool divides = false;
  static constexpr const char* name = "mod64";

  static constexpr Scalar from_compute(Compute x) { return x; }
  static constexpr Compute to_compute(Scalar x) { return x; }
  static constexpr Scalar content(std::uint64_t bits, int) { return bits; }
  static constexpr Scalar add(Scalar a, Scalar b) { return a + b; }
  static constexpr Scalar subtract(Scalar a, Scalar b) { return a - b; }
  static constexpr Scalar multiply(Scalar a, Scalar b) { return a * b; }
  static constexpr Scalar divide(Scalar, Scalar) { return 0; }  // never reached: see runs_in
  static constexpr Scalar integer(std::int64_t i) { return static_cast<Scalar>(i); }
  static Scalar fraction(const Fraction& f) { return integer(f.numerator()); }
  static constexpr Scalar function(Function f, Scalar x) {
    if (keeps_zero(f) && x == 0) return 0;
    return mix(function_key(f) ^ x);
  }
  static constexpr Scalar quantise(Scalar x, Scalar scale) {
    return x == 0 ? 0 : mix(mix(mix(name_hash("quant")) ^ x) ^ scale);
  }
  static constexpr bool less(Scalar a, Scalar b) { return a < b; }
  static constexpr Scalar garbage(std::uint64_t bits) { return ~(bits & 0xffff); }
};

/// A number in [-1, 1) times 2^-shift from the top bits of a hash; exact in 24 bits.
constexpr float hash_float(std::uint64_t bits, int shift) {
  const auto top = static_cast<std::int32_t>(bits >> 32) >> 8;
  const auto scale = std::bit_cast<float>(static_cast<std::uint32_t>(127 - 23 - shift) << 23);
  return static_cast<float>(top) * scale;
}

/// IEEE binary32; contractions accumulate in binary32 too, in ascending order of the summed index.
struct Float32 {
  using Scalar = float;
  using Compute = float;
  static constexpr Format format = Format::fp32;
  static constexpr bool exact = false;
  static constexpr bool divides = true;
  static constexpr const char* name = traits(format).name.data();

  static constexpr Scalar from_compute(Compute x) { return x; }
  static constexpr Compute to_compute(Scalar x) { return x; }
  static constexpr Scalar content(std::uint64_t bits, int shift) { return hash_float(bits, shift); }
  static constexpr Scalar add(Scalar a, Scalar b) { return a + b; }
  static constexpr Scalar subtract(Scalar a, Scalar b) { return a - b; }
  static constexpr Scalar multiply(Scalar a, Scalar b) { return a * b; }
  static constexpr Scalar divide(Scalar a, Scalar b) { return a / b; }
  static constexpr Scalar integer(std::int64_t i) { return static_cast<Scalar>(i); }
  static Scalar fraction(const Fraction& f) {
    return static_cast<Scalar>(static_cast<double>(f.numerator()) /
                               static_cast<double>(f.denominator()));
  }
  static Scalar function(Function f, Scalar x) {
    return static_cast<Scalar>(evaluate(f, static_cast<double>(x)));
  }
  /// Symmetric 8-bit quantisation and back: round(x * 127 / scale) * scale / 127.
  static Scalar quantise(Scalar x, Scalar scale) {
    const double s = static_cast<double>(scale);
    const double steps = evaluate(Function::quant, static_cast<double>(x) * 127 / s);
    return static_cast<Scalar>(steps * s / 127);
  }
  static constexpr bool less(Scalar a, Scalar b) { return a < b; }
  static constexpr Scalar garbage(std::uint64_t bits) {
    return 32768.0F + static_cast<float>(bits & 0x3ff);
  }
};

/// A format of 16 or 8 bits; a contraction accumulates in binary32 and rounds once, every other
/// operation rounds to the format. One rounding each, also through binary32: its 24 significant
/// bits are at least twice the format's and two more (see add_in).
template <Format F>
struct Narrow {
  enum class Scalar : std::conditional_t<traits(F).bytes == 1, std::uint8_t, std::uint16_t>{};
  using Compute = float;
  static constexpr Format format = F;
  static constexpr bool exact = false;
  static constexpr bool divides = true;
  static constexpr const char* name = traits(F).name.data();

  static constexpr std::uint32_t encoding(Scalar x) { return static_cast<std::uint32_t>(x); }
  static constexpr float widen(Scalar x) { return reducecheck::widen<F>(encoding(x)); }
  static constexpr Scalar round(float x) { return static_cast<Scalar>(round_to<F>(x)); }
  static constexpr Scalar from_compute(Compute x) { return round(x); }
  static constexpr Compute to_compute(Scalar x) { return widen(x); }
  static constexpr Scalar content(std::uint64_t bits, int shift) {
    return round(hash_float(bits, shift));
  }
  static constexpr Scalar add(Scalar a, Scalar b) {
    return static_cast<Scalar>(add_in<F>(encoding(a), encoding(b)));
  }
  static constexpr Scalar subtract(Scalar a, Scalar b) { return round(widen(a) - widen(b)); }
  static constexpr Scalar multiply(Scalar a, Scalar b) { return round(widen(a) * widen(b)); }
  static constexpr Scalar divide(Scalar a, Scalar b) { return round(widen(a) / widen(b)); }
  static constexpr Scalar integer(std::int64_t i) { return round(static_cast<float>(i)); }
  static Scalar fraction(const Fraction& f) { return round(Float32::fraction(f)); }
  static Scalar function(Function f, Scalar x) { return round(Float32::function(f, widen(x))); }
  static Scalar quantise(Scalar x, Scalar scale) {
    return round(Float32::quantise(widen(x), widen(scale)));
  }
  static constexpr bool less(Scalar a, Scalar b) { return widen(a) < widen(b); }
  static constexpr Scalar garbage(std::uint64_t bits) { return round(Float32::garbage(bits)); }
};

using BFloat16 = Narrow<Format::bf16>;
using Float16 = Narrow<Format::fp16>;
using Fp8E4M3 = Narrow<Format::fp8_e4m3>;
using Fp8E5M2 = Narrow<Format::fp8_e5m2>;

template <Format F>
using DomainOf = std::conditional_t<F == Format::fp32, Float32, Narrow<F>>;

/// Calls `run.operator()<D>()` with the floating domain D of the format.
template <class Run>
decltype(auto) with_domain(Format format, Run&& run) {
  return with_format(
      format, [&]<Format F>() -> decltype(auto) { return run.template operator()<DomainOf<F>>(); });
}

}  // namespace reducecheck
