// SPDX-License-Identifier: Apache-2.0
// Numbers of floating formats as integers, rounded once by long integers. Nothing here is shared
// with the kernels, the simulator or the processes, and no floating operation takes part.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace reducecheck::kernels::oracle {

/// An encoding's fields; integers modulo 2^64 have none.
struct Format {
  int exponent_bits = 0;
  int fraction_bits = 0;

  [[nodiscard]] bool integer() const { return exponent_bits == 0; }
  [[nodiscard]] int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  [[nodiscard]] std::uint64_t infinity() const {
    return ((std::uint64_t{1} << exponent_bits) - 1) << fraction_bits;
  }
  [[nodiscard]] std::uint64_t sign() const {
    return std::uint64_t{1} << (exponent_bits + fraction_bits);
  }
  [[nodiscard]] bool is_nan(std::uint64_t x) const {
    return !integer() && (x & (sign() - 1)) > infinity();
  }
};

inline constexpr Format mod64{0, 0};
inline constexpr Format binary32{8, 23};
inline constexpr Format brain16{8, 7};
inline constexpr Format binary16{5, 10};

/// A number in units of 2^-320, in two's complement: all sums and products of two binary32 numbers.
class Long {
 public:
  static constexpr int unit = -320;

  /// magnitude * 2^exponent; what is below the unit leaves its lowest bit set.
  static Long of(std::uint64_t magnitude, int exponent, bool negative);

  friend Long operator+(const Long& a, const Long& b);
  [[nodiscard]] Long negated() const;
  [[nodiscard]] bool negative() const { return limbs_.back() >> 63 != 0; }
  [[nodiscard]] bool zero() const;

  /// The encoding of the nearest number of the format, ties to even; `minus_zero` is what a zero
  /// is.
  [[nodiscard]] std::uint64_t rounded(const Format& format, bool minus_zero) const;

 private:
  [[nodiscard]] bool bit(int index) const;
  [[nodiscard]] int top_bit() const;

  std::array<std::uint64_t, 10> limbs_{};  // the lowest first
};

/// sign * significand * 2^exponent of a finite encoding.
struct Finite {
  bool negative = false;
  std::uint64_t significand = 0;
  int exponent = 0;
};
Finite finite(const Format& format, std::uint64_t x);

/// The sum, product and quotient of two encodings, rounded once; all NaN are one.
std::uint64_t add(const Format& format, std::uint64_t a, std::uint64_t b);
std::uint64_t multiply(const Format& format, std::uint64_t a, std::uint64_t b);
std::uint64_t divide(const Format& format, std::uint64_t a, std::uint64_t b);

/// The encoding in another format.
std::uint64_t convert(const Format& from, const Format& to, std::uint64_t x);

/// 1 / sqrt(x) of a binary32 number: the root rounded to 53 bits, then the quotient, then binary32.
std::uint64_t inverse_root(std::uint64_t x);

}  // namespace reducecheck::kernels::oracle
