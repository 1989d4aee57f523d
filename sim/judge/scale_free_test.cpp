// SPDX-License-Identifier: Apache-2.0
// What is told of wrong scales before a norm that is free of scale.
#include <gtest/gtest.h>

#include "sim/judge/told_test.hpp"

namespace reducecheck {
namespace {

const std::string normed = "y = norm(residual + m(x) * s + n(x))";

/// What is told of `distributed`; norms are free of scale and s is above zero, or neither.
std::string told_of(const std::string& distributed, bool assume = true) {
  const TinyScenario tiny{"m = 'mlp(inter / tp)'\nn = 'mlp(inter / tp)'\ns = 'scalar'", normed,
                          distributed, "axes = ['tp'], tp = 2",
                          "x = 'tokens, hidden', residual = 'tokens, hidden'"};
  Scenario scenario = loaded(tiny);
  if (assume) scenario.assume = {true, {"s"}};
  const std::vector<std::string> lines = lines_of(checked(scenario));
  return lines.size() == 1 ? lines[0] : "";
}

TEST(ScaleFreeNorm, DoesNotSeeAFactorOfAll) {
  const std::string rescaled = "y = norm(residual / s + all_reduce(m(x) + n(x) / s, tp))";
  EXPECT_EQ(told_of(rescaled), "holds");
  EXPECT_EQ(told_of(rescaled, false).substr(0, 15), "scale_placement");
  EXPECT_EQ(told_of("y = norm(residual * tp + all_reduce((m(x) * s + n(x)) * tp, tp))"), "holds");
}

TEST(ScaleFreeNorm, BlamesTheAddendThatIsNotScaledLikeTheOthers) {
  EXPECT_EQ(told_of("y = norm(residual + all_reduce(m(x) + n(x) / s, tp))"),
            "scale_placement(residual): s");
  EXPECT_EQ(told_of("y = norm(residual / s + all_reduce(m(x) + n(x), tp))"),
            "scale_placement(n): s");
  EXPECT_EQ(told_of("y = norm(residual + all_reduce(m(x) + n(x), tp))"),
            "scale_placement(m): s^-1");
}

TEST(ScaleFreeNorm, CountsSumsOverTheCommonFactor) {
  EXPECT_EQ(told_of("y = norm(residual / s + all_reduce(m(x) + all_reduce(n(x), tp) / s, tp))"),
            "double_reduce(n) over tp: 2 = tp");
  EXPECT_EQ(told_of("y = norm(residual / s + all_reduce(m(x), tp) + n(x) / s)"),
            "missing_reduce(n) over tp: 0");
}

TEST(ScaleFreeNorm, SeesTheSignOfAll) {
  EXPECT_EQ(told_of("y = norm(0 - residual - all_reduce(m(x) * s + n(x), tp))"),
            "scale_placement(residual, m, n): -1");
}

TEST(ScaleFreeNorm, PassesCoefficientsOnWithoutTheFactor) {
  EXPECT_EQ(told_of("y = norm(residual / s + all_reduce(m(x) + n(x) / s, tp)) + residual"),
            "addend_in_sum(residual): ?");
}

}  // namespace
}  // namespace reducecheck
