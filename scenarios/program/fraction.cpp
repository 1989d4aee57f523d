// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program/fraction.hpp"

#include <fmt/format.h>

namespace reducecheck {
namespace {

// Products of two 64-bit integers, and sums of two such, fit: intermediate results never overflow,
// so an error means that the result itself cannot be held.
__extension__ typedef __int128 Wide;

Wide magnitude(Wide value) {
  return value < 0 ? -value : value;
}

Wide greatest_common_divisor(Wide a, Wide b) {
  while (b != 0) {
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

std::int64_t narrow(Wide value) {
  std::int64_t result = 0;
  // The builtin computes with unlimited precision and says whether the result fits.
  if (__builtin_add_overflow(value, Wide{0}, &result)) {
    throw FractionError("the result does not fit in a fraction of 64-bit integers");
  }
  return result;
}

Fraction reduced(Wide numerator, Wide denominator) {
  if (denominator == 0) throw FractionError("division by zero");
  if (denominator == 1) return Fraction(narrow(numerator));
  const Wide divisor = greatest_common_divisor(magnitude(numerator), magnitude(denominator)) *
                       (denominator < 0 ? -1 : 1);
  return Fraction(narrow(numerator / divisor), narrow(denominator / divisor));
}

Wide floor_quotient(Wide a, Wide b) {
  const Wide quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

}  // namespace

Fraction::Fraction(std::int64_t numerator, std::int64_t denominator)
    : numerator_(numerator), denominator_(denominator) {
  if (denominator == 1) return;
  const Wide divisor = greatest_common_divisor(magnitude(numerator), magnitude(denominator));
  if (denominator > 0 && divisor == 1) return;
  *this = reduced(numerator, denominator);
}

Fraction operator+(const Fraction& a, const Fraction& b) {
  return reduced(Wide{a.numerator_} * b.denominator_ + Wide{b.numerator_} * a.denominator_,
                 Wide{a.denominator_} * b.denominator_);
}

Fraction operator-(const Fraction& a, const Fraction& b) {
  return reduced(Wide{a.numerator_} * b.denominator_ - Wide{b.numerator_} * a.denominator_,
                 Wide{a.denominator_} * b.denominator_);
}

Fraction operator*(const Fraction& a, const Fraction& b) {
  return reduced(Wide{a.numerator_} * b.numerator_, Wide{a.denominator_} * b.denominator_);
}

Fraction operator/(const Fraction& a, const Fraction& b) {
  return reduced(Wide{a.numerator_} * b.denominator_, Wide{a.denominator_} * b.numerator_);
}

Fraction floor_divide(const Fraction& a, const Fraction& b) {
  if (b.numerator_ == 0) throw FractionError("division by zero");
  return Fraction(narrow(
      floor_quotient(Wide{a.numerator_} * b.denominator_, Wide{a.denominator_} * b.numerator_)));
}

Fraction modulo(const Fraction& a, const Fraction& b) {
  if (b.numerator_ == 0) throw FractionError("division by zero");
  // Over the common denominator, so that a quotient too large to hold is no error.
  const Wide dividend = Wide{a.numerator_} * b.denominator_;
  const Wide divisor = Wide{b.numerator_} * a.denominator_;
  return reduced(dividend - divisor * floor_quotient(dividend, divisor),
                 Wide{a.denominator_} * b.denominator_);
}

bool operator<(const Fraction& a, const Fraction& b) {
  return Wide{a.numerator_} * b.denominator_ < Wide{b.numerator_} * a.denominator_;
}

std::string to_string(const Fraction& value) {
  if (value.is_integer()) return fmt::format("{}", value.numerator());
  return fmt::format("{}/{}", value.numerator(), value.denominator());
}

}  // namespace reducecheck
