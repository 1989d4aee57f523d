// SPDX-License-Identifier: Apache-2.0
// Norms that are free of scale, in the prime field: the law, and what it must not say.
#include "sim/run/scale_free.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "scenarios/unroll/tiny_scenario_test.hpp"
#include "scenarios/unroll/unroll.hpp"
#include "sim/judge/verdict.hpp"

namespace reducecheck {
namespace {

/// Whether `distributed` is `reference` in the prime field, under the assumptions.
bool equal(const std::string& reference, const std::string& distributed,
           const Assumptions& assume = {true, {"s"}}) {
  Scenario scenario = loaded(TinyScenario{"s = 'scalar'\nt = 'scalar'\nw = 'vector(hidden)'",
                                          reference, distributed, "axes = ['tp'], tp = 1"});
  scenario.assume = assume;
  const Scope scope(scenario, first_configuration(scenario));
  const Variant program{"program", {}, {}, {}};
  const Plan plan = unroll(scope, {&program});
  Interpreter<Prime> interpreter;
  interpreter.load(plan);
  interpreter.run(1);
  return wrong_outputs(plan, plan.variants[0], interpreter).empty();
}

RC_GTEST_PROP(ScaleFreeNorm, ForgetsFractionsAndPowersOfPositiveScalars, ()) {
  const auto number = [] { return std::to_string(*rc::gen::inRange(1, 1000)); };
  std::string x = "x * " + number() + " / " + number();
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i)
    x += *rc::gen::inRange(0, 2) == 0 ? " * s" : " / s";
  RC_ASSERT(equal("y = norm(x, w)", "y = norm(" + x + ", w)"));
  RC_ASSERT(equal("y = norm(x)", "y = norm(" + x + ")", {}) == equal("y = x", "y = " + x));
}

TEST(ScaleFreeNorm, SeesASign) {
  EXPECT_FALSE(equal("y = norm(x)", "y = norm(0 - x)"));
  EXPECT_FALSE(equal("y = norm(x)", "y = norm(x * -3 * s)"));
  EXPECT_TRUE(equal("y = norm(x)", "y = 0 - norm(0 - x * 3)"));
}

TEST(ScaleFreeNorm, SeesAScalarThatMayBeNegative) {
  EXPECT_FALSE(equal("y = norm(x)", "y = norm(x * t)"));
  EXPECT_FALSE(equal("y = norm(x)", "y = norm(x * s)", {true, {}}));
}

TEST(ScaleFreeNorm, ForgetsProductsOfTwoPositiveScalarsAndNoOtherFactor) {
  const Assumptions both{true, {"s", "t"}};
  for (const char* x : {"x * s * t", "x * s / t", "x / s * t", "x / s / t"}) {
    EXPECT_TRUE(equal("y = norm(x)", std::string("y = norm(") + x + ")", both)) << x;
  }
  EXPECT_FALSE(equal("y = norm(x)", "y = norm(x * (s + t))", both));
}

TEST(ScaleFreeNorm, TellsRowsOfOneDirectionApartAndOfVeryManySome) {
  constexpr int many = 500;
  Representatives rows;
  rows.start(many);
  const auto row = [](std::uint64_t scale) {
    return std::vector<std::uint64_t>{scale, Prime::multiply(scale, 5)};
  };
  // No one is a known multiple of another.
  const auto scale = [](int i) {
    return element(row_key(3, 1), static_cast<std::uint64_t>(i)) >> 4U;
  };
  const auto seven_times = [&](int i) { return rows.factor(row(Prime::multiply(7, scale(i)))); };
  int compared = 0;
  for (int i = 0; compared + i < Representatives::most_compared; ++i) {
    EXPECT_EQ(rows.factor(row(scale(i))), 1U) << i;
    if (i == 300) {
      EXPECT_EQ(seven_times(299), 7U);
    }
    compared += i;
  }
  for (int i = 0; i < many; ++i) static_cast<void>(rows.factor(row(scale(i))));
  EXPECT_EQ(seven_times(Representatives::most_alike - 1), 7U);
  EXPECT_EQ(seven_times(Representatives::most_alike), 1U);
}

TEST(ScaleFreeNorm, SeesAFactorOfOneAddend) {
  EXPECT_TRUE(equal("y = norm(x + w)", "y = norm(x / s + w / s)"));
  EXPECT_FALSE(equal("y = norm(x + w)", "y = norm(x / s + w)"));
  EXPECT_FALSE(equal("y = norm(x + w)", "y = norm(x + w / s)"));
}

TEST(ScaleFreeNorm, SeesAFactorThatIsKnownForNoPositiveNumber) {
  EXPECT_FALSE(equal("y = norm(x)", "y = norm(x * (s + s * s))"));
  EXPECT_FALSE(equal("y = norm(x)", "y = norm(x * sum(x))"));
}

TEST(ScaleFreeNorm, OfZeroIsZero) {
  EXPECT_TRUE(equal("y = x * 0", "y = norm(x - x)"));
}

TEST(ScaleFreeNorm, ChangesNothingWhereNothingIsScaled) {
  EXPECT_TRUE(equal("y = norm(x)", "y = x * rsqrt(sum(x * x) / width(x))"));
}

}  // namespace
}  // namespace reducecheck
