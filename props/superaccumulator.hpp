// SPDX-License-Identifier: Apache-2.0
// Sums of floats without rounding.
#pragma once

#include <algorithm>
#include <bit>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <cstdint>

namespace reducecheck {

/// The exact sum of finite floats (and differences of such sums) as one integer, in units of
/// 2^-151: half the distance of the smallest floats from each other.
class Superaccumulator {
 public:
  void add(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t leading = (bits >> 23 & 0xffU) == 0 ? 0 : std::uint32_t{1} << 23;
    // x = magnitude * 2^(exponent - 150).
    boost::multiprecision::cpp_int magnitude = (bits & 0x7fffffU) | leading;
    magnitude <<= exponent(x) + 1;
    sum_ += (bits >> 31) != 0 ? -magnitude : magnitude;
  }

  /// Half of the distance from |x| to the next larger float.
  void add_half_ulp(float x) { sum_ += boost::multiprecision::cpp_int(1) << exponent(x); }

  friend Superaccumulator operator-(const Superaccumulator& a, const Superaccumulator& b) {
    Superaccumulator result;
    result.sum_ = a.sum_ - b.sum_;
    return result;
  }
  [[nodiscard]] bool within(const Superaccumulator& bound) const {
    return boost::multiprecision::abs(sum_) <= bound.sum_;
  }
  /// The same for a finite bound of any double that is not negative.
  [[nodiscard]] bool within(double bound) const {
    int exponent = 0;
    const double fraction = std::frexp(bound, &exponent);
    boost::multiprecision::cpp_int limit(static_cast<std::int64_t>(std::ldexp(fraction, 53)));
    boost::multiprecision::cpp_int size = boost::multiprecision::abs(sum_);
    // bound = limit * 2^(exponent - 53), sum = size * 2^-151
    const int shift = exponent - 53 + 151;
    // Not by <<, in whose inlined code GCC 12 warns of a copy that never happens.
    const boost::multiprecision::cpp_int power = boost::multiprecision::pow(
        boost::multiprecision::cpp_int(2), static_cast<unsigned>(std::abs(shift)));
    (shift >= 0 ? limit : size) *= power;
    return size <= limit;
  }
  [[nodiscard]] bool is_zero() const { return sum_.is_zero(); }

 private:
  /// The exponent field; denormals have the scale of field 1.
  static unsigned exponent(float x) {
    return std::max(1U, std::bit_cast<std::uint32_t>(x) >> 23 & 0xffU);
  }

  boost::multiprecision::cpp_int sum_;
};

}  // namespace reducecheck
