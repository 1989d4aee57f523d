// SPDX-License-Identifier: Apache-2.0
// Sums of binary32 numbers without rounding.
#pragma once

#include <array>
#include <cstdint>

namespace reducecheck {

/// The exact sum of up to 2^60 finite floats, as a fixed-point number in units of the smallest
/// float, 2^-149. Every value of every Format is a float, so that every sum of them is one of
/// these.
class ExactSum {
 public:
  /// Adds a finite float.
  void add(float x) { add_scaled(x, false); }
  void subtract(float x) { add_scaled(x, true); }
  ExactSum& operator+=(const ExactSum& other);
  ExactSum& operator-=(const ExactSum& other);

  friend bool operator==(const ExactSum&, const ExactSum&) = default;

  [[nodiscard]] bool is_zero() const { return *this == ExactSum(); }
  [[nodiscard]] bool is_negative() const { return (words_.back() >> 63) != 0; }

  /// The nearest double towards zero; exact where 53 bits hold the sum.
  [[nodiscard]] double towards_zero() const;

  /// Whether |sum| > bound, exactly; `bound` is not negative and may be infinite.
  [[nodiscard]] bool exceeds(double bound) const;

 private:
  static constexpr std::size_t size = 6;  // 277 bits of a float, 60 of a count, a sign

  void add_scaled(float x, bool negate);
  /// |sum| rounded towards zero, and whether that lost anything.
  [[nodiscard]] double magnitude(bool& exact) const;

  std::array<std::uint64_t, size> words_{};  // two's complement, lowest first
};

}  // namespace reducecheck
