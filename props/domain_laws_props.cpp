// SPDX-License-Identifier: Apache-2.0
// The laws that sim/domain/domain.hpp states.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/domain/domain.hpp"
#include "sim/format/nearest_table_test.hpp"

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

/// Arithmetic by definition: the exact result, rounded once.
template <class D>
class Exactly {
 public:
  using Scalar = typename D::Scalar;

  [[nodiscard]] bool is(Scalar claimed, double rounded, double rest) const {
    const std::uint32_t encoding = D::encoding(claimed);
    if (std::isnan(rounded)) return table_.is_nan(encoding & (Encoding<D::format>::sign - 1));
    return encoding == table_.nearest(rounded, std::isfinite(rounded) ? rest : 0);
  }

  /// What is lost in x + y in double precision (Knuth's two-sum).
  static double rest_of_sum(double x, double y) {
    const double z = (x + y) - x;
    return (x - ((x + y) - z)) + (y - z);
  }

  /// Wrong results of +, -, * and / in each of its operands and one of `others`.
  [[nodiscard]] int wrong(const std::vector<std::uint32_t>& others) const {
    int found = 0;
    for (std::uint32_t i = 0; i < 2 * Encoding<D::format>::sign; ++i) {
      for (const std::uint32_t other : others) {
        const auto a = static_cast<Scalar>(i);
        const auto b = static_cast<Scalar>(other);
        const double x = static_cast<double>(D::widen(a));
        const double y = static_cast<double>(D::widen(b));
        found += is(D::add(a, b), x + y, rest_of_sum(x, y)) ? 0 : 1;
        found += is(D::subtract(a, b), x - y, rest_of_sum(x, -y)) ? 0 : 1;
        found += is(D::multiply(a, b), x * y, 0) ? 0 : 1;  // exact in 53 bits
        const double quotient = x / y;
        found += is(D::divide(a, b), quotient, std::fma(-quotient, y, x) / y) ? 0 : 1;
      }
    }
    return found;
  }

 private:
  NearestTable table_{D::format};
};

template <class D>
class NarrowDomains : public testing::Test {};

using Narrows = testing::Types<BFloat16, Float16, Fp8E4M3, Fp8E5M2>;
TYPED_TEST_SUITE(NarrowDomains, Narrows);

template <class D>
std::vector<std::uint32_t> some_operands() {
  using E = Encoding<D::format>;
  const std::uint32_t one = round_to<D::format>(1);
  std::vector<std::uint32_t> some = {0,      E::sign, 1,       E::largest, E::infinity,
                                     E::nan, one,     one + 1, one - 1,    one | E::sign};
  for (std::uint64_t i = 0; i < 24; ++i) {
    some.push_back(static_cast<std::uint32_t>(mix(i)) & (2 * E::sign - 1));
  }
  return some;
}

TYPED_TEST(NarrowDomains, ArithmeticRoundsOnce) {
  EXPECT_EQ(Exactly<TypeParam>().wrong(some_operands<TypeParam>()), 0);
}

/// Multiplies and divides by way of another format.
template <Format Between>
struct RoundedTwice : Float16 {
  static constexpr Scalar twice(float x) {
    return round(reducecheck::widen<Between>(round_to<Between>(x)));
  }
  static constexpr Scalar multiply(Scalar a, Scalar b) { return twice(widen(a) * widen(b)); }
  static constexpr Scalar divide(Scalar a, Scalar b) { return twice(widen(a) / widen(b)); }
};

TEST(PlantedArithmetic, ASecondRoundingIsCaught) {
  EXPECT_GT(Exactly<RoundedTwice<Format::bf16>>().wrong(some_operands<Float16>()), 0);
}

TYPED_TEST(NarrowDomains, KeepWhatTheySay) {
  using D = TypeParam;
  EXPECT_EQ(D::name, traits(D::format).name);
  EXPECT_EQ(D::encoding(typename D::Scalar{}), 0U);
  for (std::uint32_t i = 0; i < 2 * Encoding<D::format>::sign; ++i) {
    const auto x = static_cast<typename D::Scalar>(i);
    const float wide = D::to_compute(x);
    if (std::isnan(wide)) continue;
    ASSERT_FALSE(D::less(x, x));
    ASSERT_EQ(D::less(x, typename D::Scalar{}), wide < 0);
    const auto kept = D::function(Function::relu, x);
    ASSERT_EQ(D::to_compute(kept),
              std::isinf(wide) && traits(D::format).saturates
                  ? std::max(0.0F, std::copysign(traits(D::format).largest, wide))
                  : std::max(0.0F, wide));
  }
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
