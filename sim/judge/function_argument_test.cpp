// SPDX-License-Identifier: Apache-2.0
// Keys by which applications of a function are told apart.
#include "sim/judge/function_argument.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sim/run/plan_sketch_test.hpp"

namespace reducecheck {
namespace {

/// A norm of four rows, the third a multiple of the first and the last of zeros.
struct NormOfRows {
  PlanSketch sketch;
  int x = sketch.numbers({{1, 2}, {3, 5}, {3, 6}, {0, 0}});
  int y = sketch.add(StepKind::norm, {x}, {{4, 2}});
  Interpreter<Prime> values;

  NormOfRows() {
    values.load(plan());
    values.run(1);
  }

  [[nodiscard]] const Plan& plan() const { return sketch.plan(); }
  [[nodiscard]] std::uint64_t key(int row) const {
    return argument_key(plan(), values, plan().steps.back(), row, 0);
  }
  [[nodiscard]] std::uint64_t factor(int row) const {
    return norm_factor(plan(), values, plan().steps.back(), row);
  }
  [[nodiscard]] std::uint64_t input(int row) const { return values.numbers(x)[2 * row]; }
  [[nodiscard]] std::uint64_t result(int row) const { return values.numbers(y)[2 * row]; }
};

TEST(FunctionArgument, OfANormIsItsRowsMeanSquare) {
  const NormOfRows norm;
  EXPECT_EQ((std::set{norm.key(0), norm.key(1), norm.key(2), norm.key(3)}).size(), 4U);
}

TEST(FunctionArgument, OfANormIsTheSameAgainInAnotherRow) {
  PlanSketch sketch;
  const int x = sketch.numbers({{7, 7}, {1, 2}, {2, 1}});
  sketch.add(StepKind::norm, {x}, {{3, 2}});
  Interpreter<Prime> values;
  values.load(sketch.plan());
  values.run(1);
  const auto key = [&](int row) {
    return argument_key(sketch.plan(), values, sketch.plan().steps.back(), row, 0);
  };
  EXPECT_EQ(key(1), key(2));
  EXPECT_NE(key(0), key(1));
}

TEST(NormFactor, IsWhatItsRowIsMultipliedBy) {
  const NormOfRows norm;
  for (int row = 0; row < 3; ++row) {
    EXPECT_EQ(Prime::multiply(norm.factor(row), norm.input(row)), norm.result(row)) << row;
  }
  EXPECT_EQ(norm.factor(3), Prime::function(Function::rsqrt, 0));
}

}  // namespace
}  // namespace reducecheck
