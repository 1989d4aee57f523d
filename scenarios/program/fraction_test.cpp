// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program/fraction.hpp"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <functional>
#include <limits>
#include <string>

namespace reducecheck {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const FractionError& error) {
    return error.what();
  }
  return "no error";
}

rc::Gen<Fraction> fractions() {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange<std::int64_t>(-1000, 1000),
                                    rc::gen::inRange<std::int64_t>(1, 1000)),
                      [](const std::pair<std::int64_t, std::int64_t>& parts) {
                        return Fraction(parts.first, parts.second);
                      });
}

TEST(Fraction, IsInLowestTermsWithAPositiveDenominator) {
  EXPECT_EQ(Fraction(6, -4).numerator(), -3);
  EXPECT_EQ(Fraction(6, -4).denominator(), 2);
  EXPECT_EQ(Fraction(0, -7), Fraction());
  EXPECT_TRUE(Fraction(8, 4).is_integer());
  EXPECT_FALSE(Fraction(8, 3).is_integer());
}

TEST(Fraction, HoldsTheExtremes) {
  EXPECT_EQ(Fraction(smallest, smallest), 1);
  EXPECT_EQ(Fraction(smallest, 2).numerator(), smallest / 2);
  EXPECT_EQ(Fraction(largest) * Fraction(1, largest), 1);
  EXPECT_EQ(Fraction(1, largest) - Fraction(1, largest), 0);
  EXPECT_EQ(Fraction(smallest) - Fraction(smallest), 0);
}

TEST(Fraction, OverflowIsAnErrorAndNotAWrongNumber) {
  const std::string expected = "the result does not fit in a fraction of 64-bit integers";
  EXPECT_EQ(error_of([] { Fraction(largest) + 1; }), expected);
  EXPECT_EQ(error_of([] { Fraction(smallest) - 1; }), expected);
  EXPECT_EQ(error_of([] { Fraction(largest) * 2; }), expected);
  EXPECT_EQ(error_of([] { Fraction(1, largest) / 2; }), expected);
  EXPECT_EQ(error_of([] { Fraction(1, largest) + Fraction(1, largest - 1); }), expected);
  EXPECT_EQ(error_of([] { Fraction(smallest, -1); }), expected);
  EXPECT_EQ(error_of([] { Fraction(1, smallest); }), expected);
  EXPECT_EQ(error_of([] { floor_divide(Fraction(largest), Fraction(1, 2)); }), expected);
}

TEST(Fraction, DivisionByZeroIsAnError) {
  EXPECT_EQ(error_of([] { Fraction(1, 0); }), "division by zero");
  EXPECT_EQ(error_of([] { Fraction(1) / 0; }), "division by zero");
  EXPECT_EQ(error_of([] { floor_divide(Fraction(1), Fraction()); }), "division by zero");
  EXPECT_EQ(error_of([] { modulo(Fraction(1), Fraction()); }), "division by zero");
}

TEST(Fraction, FloorDivisionAndModuloAreThoseOfPython) {
  struct Case {
    std::int64_t a, b, quotient, rest;
  };
  for (const Case& c : {Case{7, 2, 3, 1}, Case{-7, 2, -4, 1}, Case{7, -2, -4, -1},
                        Case{-7, -2, 3, -1}, Case{6, 3, 2, 0}, Case{-6, 3, -2, 0}}) {
    EXPECT_EQ(floor_divide(Fraction(c.a), Fraction(c.b)), c.quotient) << c.a << " // " << c.b;
    EXPECT_EQ(modulo(Fraction(c.a), Fraction(c.b)), c.rest) << c.a << " % " << c.b;
  }
  EXPECT_EQ(modulo(Fraction(7, 2), Fraction(1, 3)), Fraction(1, 6));
  EXPECT_EQ(modulo(Fraction(largest), Fraction(1, 4)), 0);  // though the quotient does not fit
}

TEST(Fraction, IsOrderedWithoutRounding) {
  EXPECT_LT(Fraction(largest - 1, largest), 1);
  EXPECT_LT(Fraction(largest - 2, largest - 1), Fraction(largest - 1, largest));
  EXPECT_LT(Fraction(-1, 2), Fraction(-1, 3));
  EXPECT_FALSE(Fraction(1, 2) < Fraction(1, 2));
}

TEST(Fraction, PrintsAsIntegerOrQuotient) {
  EXPECT_EQ(to_string(Fraction(3)), "3");
  EXPECT_EQ(to_string(Fraction(1, -4)), "-1/4");
}

RC_GTEST_PROP(Fraction, SumsAndProductsFormAField, ()) {
  const Fraction a = *fractions();
  const Fraction b = *fractions();
  const Fraction c = *fractions();
  RC_ASSERT(a + b == b + a);
  RC_ASSERT((a + b) + c == a + (b + c));
  RC_ASSERT(a * (b + c) == a * b + a * c);
  RC_ASSERT(a - b + b == a);
  RC_PRE(!(b == 0));
  RC_ASSERT(a / b * b == a);
  RC_ASSERT(floor_divide(a, b) * b + modulo(a, b) == a);
  RC_ASSERT(floor_divide(a, b).is_integer());
  const Fraction rest = modulo(a, b);
  const bool fits = b < 0 ? b < rest && !(Fraction() < rest) : rest < b && !(rest < 0);
  RC_ASSERT(fits);
}

}  // namespace
}  // namespace reducecheck
