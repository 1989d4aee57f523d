// SPDX-License-Identifier: Apache-2.0
// The numbers of configuration values: exact fractions, because `1 / tp` must not round.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace reducecheck {

/// A result that 64-bit fractions cannot hold, or a division by zero.
struct FractionError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An exact fraction in lowest terms with a positive denominator.
/// Throws: FractionError where a result overflows or divides by zero. (Boost.Rational wraps around
/// instead, which is why this is written here.)
class Fraction {
 public:
  constexpr Fraction() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): an integer is a fraction.
  constexpr Fraction(std::int64_t integer) : numerator_(integer) {}
  Fraction(std::int64_t numerator, std::int64_t denominator);

  [[nodiscard]] std::int64_t numerator() const { return numerator_; }
  [[nodiscard]] std::int64_t denominator() const { return denominator_; }
  [[nodiscard]] bool is_integer() const { return denominator_ == 1; }

  friend Fraction operator+(const Fraction& a, const Fraction& b);
  friend Fraction operator-(const Fraction& a, const Fraction& b);
  friend Fraction operator*(const Fraction& a, const Fraction& b);
  friend Fraction operator/(const Fraction& a, const Fraction& b);
  friend Fraction floor_divide(const Fraction& a, const Fraction& b);  // towards minus infinity
  friend Fraction modulo(const Fraction& a, const Fraction& b);        // sign of the divisor
  friend bool operator==(const Fraction&, const Fraction&) = default;
  friend bool operator<(const Fraction& a, const Fraction& b);

 private:
  std::int64_t numerator_ = 0;
  std::int64_t denominator_ = 1;
};

/// `3`, or `1/4`.
std::string to_string(const Fraction& value);

}  // namespace reducecheck
