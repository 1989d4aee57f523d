// SPDX-License-Identifier: Apache-2.0
// The laws that sim/domain/domain.hpp states.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <Eigen/Core>
#include <bit>
#include <cmath>
#include <vector>

#include "sim/domain/domain.hpp"

namespace reducecheck {
namespace {

constexpr std::uint64_t p = Prime::modulus;

/// A number of the domain; the ends of its range are as likely as all the rest.
template <class D>
rc::Gen<std::uint64_t> number() {
  const std::uint64_t last = D::divides ? p - 1 : ~std::uint64_t{0};
  return rc::gen::oneOf(rc::gen::element<std::uint64_t>(0, 1, 2, last, last - 1, (last >> 1) + 1),
                        rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                                     [](std::uint64_t bits) { return D::content(mix(bits), 0); }));
}

template <class D>
void expect_ring() {
  const std::uint64_t a = *number<D>();
  const std::uint64_t b = *number<D>();
  const std::uint64_t c = *number<D>();
  RC_ASSERT(D::add(a, b) == D::add(b, a));
  RC_ASSERT(D::multiply(a, b) == D::multiply(b, a));
  RC_ASSERT(D::add(D::add(a, b), c) == D::add(a, D::add(b, c)));
  RC_ASSERT(D::multiply(D::multiply(a, b), c) == D::multiply(a, D::multiply(b, c)));
  RC_ASSERT(D::multiply(a, D::add(b, c)) == D::add(D::multiply(a, b), D::multiply(a, c)));
  RC_ASSERT(D::add(D::subtract(a, b), b) == a);
  RC_ASSERT(D::add(a, D::integer(0)) == a);
  RC_ASSERT(D::multiply(a, D::integer(1)) == a);
  RC_ASSERT(D::add(a, D::multiply(a, D::integer(-1))) == D::integer(0));
}

RC_GTEST_PROP(ExactDomains, PrimeIsARing, ()) {
  expect_ring<Prime>();
}
RC_GTEST_PROP(ExactDomains, Mod64IsARing, ()) {
  expect_ring<Mod64>();
}

RC_GTEST_PROP(ExactDomains, PrimeIsTheRemainderOfWideIntegers, ()) {
  const std::uint64_t a = *number<Prime>();
  const std::uint64_t b = *number<Prime>();
  RC_ASSERT(Prime::add(a, b) == static_cast<std::uint64_t>((Wide{a} + b) % p));
  RC_ASSERT(Prime::multiply(a, b) == static_cast<std::uint64_t>(Wide{a} * b % p));
  const std::uint64_t high = *rc::gen::arbitrary<std::uint64_t>();
  const std::uint64_t low = *rc::gen::arbitrary<std::uint64_t>();
  const Wide wide = (Wide{high} << 64) + low;
  RC_ASSERT(Prime::reduce(wide) == static_cast<std::uint64_t>(wide % p));
  RC_ASSERT(Prime::reduce(low) == low % p);
}

TEST(ExactDomains, ReduceHoldsAtTheEndsOfItsRange) {
  const Wide all = ~Wide{0};
  for (std::uint64_t near = 0; near < 64; ++near) {
    for (const Wide wide : {Wide{near}, all - near, Wide{p} * p - near, Wide{p} + near,
                            (Wide{1} << 122) + near, (Wide{1} << 122) - near}) {
      EXPECT_EQ(Prime::reduce(wide), static_cast<std::uint64_t>(wide % p));
    }
    EXPECT_EQ(Prime::reduce(~near), ~near % p);
    EXPECT_EQ(Prime::reduce(p + near), near);
  }
}

RC_GTEST_PROP(ExactDomains, PrimeDividesByAllButZero, ()) {
  const std::uint64_t a = *number<Prime>();
  const std::uint64_t b = *number<Prime>();
  RC_ASSERT(Prime::divide(a, 0) == 0U);
  if (a != 0) RC_ASSERT(Prime::divide(a, a) == 1U);
  if (b != 0) RC_ASSERT(Prime::multiply(Prime::divide(a, b), b) == a);
  const auto n = *rc::gen::arbitrary<std::int64_t>();
  const auto d = *rc::gen::inRange<std::int64_t>(1, 1'000'000);
  const std::uint64_t fraction = Prime::fraction(Fraction(n / 2, d));
  RC_ASSERT(Prime::multiply(fraction, Prime::integer(d)) == Prime::integer(n / 2));
}

template <class D>
void expect_functions() {
  const std::uint64_t x = *number<D>();
  const std::uint64_t s = *number<D>();
  for (int i = 0; i <= static_cast<int>(Function::log); ++i) {
    const auto f = static_cast<Function>(i);
    RC_ASSERT(D::function(f, x) == D::function(f, x));
    RC_ASSERT(!keeps_zero(f) || D::function(f, 0) == 0U);
    RC_ASSERT(function_named(spelling(f)) == f);
  }
  RC_ASSERT(D::quantise(0, s) == 0U);
  RC_ASSERT(D::quantise(x, s) == D::quantise(x, s));
  RC_ASSERT(D::content(x, 0) == D::content(x, 5));  // exact contents have no scale
}

RC_GTEST_PROP(ExactDomains, FunctionsDependOnTheirArgumentsOnly, ()) {
  expect_functions<Prime>();
  expect_functions<Mod64>();
}

std::uint16_t bits_of(BFloat16::Scalar x) {
  return static_cast<std::uint16_t>(x);
}
std::uint16_t bits_of(Eigen::bfloat16 x) {
  return std::bit_cast<std::uint16_t>(x);
}
bool is_nan(std::uint16_t bits) {
  return (bits & 0x7fffU) > 0x7f80U;
}

bool same(BFloat16::Scalar mine, Eigen::bfloat16 theirs) {
  return bits_of(mine) == bits_of(theirs) || (is_nan(bits_of(mine)) && is_nan(bits_of(theirs)));
}

/// Counts the patterns whose rounding differs from Eigen's.
int differences(std::uint32_t begin, std::uint32_t step, std::uint64_t count) {
  int wrong = 0;
  std::uint32_t bits = begin;
  for (std::uint64_t i = 0; i < count; ++i, bits += step) {
    const auto x = std::bit_cast<float>(bits);
    wrong += same(BFloat16::round(x), Eigen::bfloat16(x)) ? 0 : 1;
  }
  return wrong;
}

TEST(FloatingDomains, BFloat16RoundsToNearestEvenForEveryUpperHalf) {
  // Each upper half with the lower halves around its tie and its ends.
  for (const std::uint32_t low : {0U, 1U, 0x7fffU, 0x8000U, 0x8001U, 0xffffU}) {
    EXPECT_EQ(differences(low, 0x10000U, 0x10000U), 0) << low;
  }
  // And every 1021st pattern of all.
  EXPECT_EQ(differences(0, 1021, (std::uint64_t{1} << 32) / 1021), 0);
}

TEST(FloatingDomains, BFloat16KeepsEveryValueOfItsOwn) {
  for (std::uint32_t i = 0; i < 0x10000U; ++i) {
    const auto x = static_cast<BFloat16::Scalar>(i);
    if (is_nan(static_cast<std::uint16_t>(i))) continue;
    ASSERT_EQ(bits_of(BFloat16::round(BFloat16::widen(x))), i);
  }
}

TEST(FloatingDomains, BFloat16ArithmeticRoundsOnce) {
  std::vector<std::uint16_t> others = {0, 0x8000, 1, 0x7f, 0x80, 0x3f80, 0x3f81, 0x7f7f, 0x7f80};
  for (std::uint64_t i = 0; i < 24; ++i) others.push_back(static_cast<std::uint16_t>(mix(i)));
  int wrong = 0;
  for (std::uint32_t i = 0; i < 0x10000U; ++i) {
    const auto a = static_cast<BFloat16::Scalar>(i);
    const auto x = std::bit_cast<Eigen::bfloat16>(static_cast<std::uint16_t>(i));
    for (const std::uint16_t other : others) {
      const auto b = static_cast<BFloat16::Scalar>(other);
      const auto y = std::bit_cast<Eigen::bfloat16>(other);
      wrong += same(BFloat16::add(a, b), x + y) ? 0 : 1;
      wrong += same(BFloat16::subtract(a, b), x - y) ? 0 : 1;
      wrong += same(BFloat16::multiply(a, b), x * y) ? 0 : 1;
      wrong += same(BFloat16::divide(a, b), x / y) ? 0 : 1;
    }
  }
  EXPECT_EQ(wrong, 0);
}

RC_GTEST_PROP(FloatingDomains, ContentsAreExactMultiplesBelowTheirScale, ()) {
  const auto bits = *rc::gen::arbitrary<std::uint64_t>();
  const int shift = *rc::gen::inRange(0, 20);
  const double x = static_cast<double>(Float32::content(bits, shift));
  const double steps = std::ldexp(x, 23 + shift);
  RC_ASSERT(steps == std::nearbyint(steps));
  RC_ASSERT(steps >= -0x1p23 && steps < 0x1p23);
}

}  // namespace
}  // namespace reducecheck
