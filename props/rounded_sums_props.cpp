// SPDX-License-Identifier: Apache-2.0
// The floating interpreter's all_reduce against exact sums.
//
// It adds in group order: s_1 = x_1 and s_i = fl(s_{i-1} + x_i). Rounding to nearest moves the sum
// to the closer of its two neighbours, so s_i = s_{i-1} + x_i + d_i with |d_i| <= half the distance
// between floats at s_i. The additions telescope to s_n - (x_1 + ... + x_n) = d_2 + ... + d_n,
// whose size is at most the sum of these halves. No constant is chosen: the bound is computed
// beside the sum, exactly.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "props/superaccumulator.hpp"
#include "sim/run/plan_sketch_test.hpp"

namespace reducecheck {
namespace {

/// Members of random magnitudes, and their sum over ranks as the interpreter rounds it.
struct RoundedSum {
  std::vector<std::vector<float>> members;
  std::vector<float> sum;
};

struct Member {
  std::vector<std::int64_t> numbers;
  int exponent = 0;
};

RoundedSum all_reduce(const std::vector<Member>& members) {
  PlanSketch sketch;
  const int width = static_cast<int>(members[0].numbers.size());
  std::vector<int> operands;
  for (const Member& member : members) {
    const std::int64_t power = std::int64_t{1} << std::abs(member.exponent);
    Step scale{StepKind::scale, {sketch.numbers({member.numbers})}};
    scale.scalar = member.exponent < 0 ? Fraction(1, power) : Fraction(power);
    operands.push_back(sketch.add(std::move(scale), {{1, width}}));
  }
  const int result = sketch.add(StepKind::all_reduce_sum, operands, {{1, width}});
  Interpreter<Float32> interpreter;
  interpreter.load(sketch.plan());
  interpreter.run(1);
  const auto numbers = [&](int value) {
    return std::vector<float>(interpreter.numbers(value), interpreter.numbers(value) + width);
  };
  RoundedSum sum;
  for (const int operand : operands) sum.members.push_back(numbers(operand));
  sum.sum = numbers(result);
  return sum;
}

/// Element j of the members, added in their order with one rounding each.
float in_order(const RoundedSum& of, std::size_t j) {
  float sum = of.members[0][j];
  for (std::size_t i = 1; i < of.members.size(); ++i) sum += of.members[i][j];
  return sum;
}

bool within_bound(const RoundedSum& of, std::size_t j, float claimed) {
  Superaccumulator exact;
  Superaccumulator bound;
  Superaccumulator computed;
  computed.add(claimed);
  float partial = of.members[0][j];
  exact.add(partial);
  for (std::size_t i = 1; i < of.members.size(); ++i) {
    exact.add(of.members[i][j]);
    partial += of.members[i][j];
    bound.add_half_ulp(partial);
  }
  return (computed - exact).within(bound);
}

RC_GTEST_PROP(RoundedSums, AllReduceAddsInGroupOrderWithinHalfAnUlpEach, ()) {
  const int width = *rc::gen::inRange(1, 5);
  const int count = *rc::gen::inRange(1, 9);
  std::vector<Member> members;
  for (int i = 0; i < count; ++i) {
    Member member;
    for (int j = 0; j < width; ++j) {
      member.numbers.push_back(*rc::gen::inRange(-(1 << 24), 1 << 24));
    }
    member.exponent = *rc::gen::inRange(-30, 31);
    members.push_back(member);
  }
  const RoundedSum rounded = all_reduce(members);
  for (std::size_t j = 0; j < rounded.sum.size(); ++j) {
    RC_ASSERT(rounded.sum[j] == in_order(rounded, j));
    RC_ASSERT(within_bound(rounded, j, rounded.sum[j]));
  }
}

// 2^24 + 1 rounds down to 2^24, twice; the exact sum is 2^24 + 2.
const std::vector<Member> absorbing = {{{1 << 24}, 0}, {{1}, 0}, {{1}, 0}};

TEST(RoundedSums, TheBoundIsReachedAndNotPassed) {
  const RoundedSum rounded = all_reduce(absorbing);
  EXPECT_EQ(rounded.sum[0], 16777216.0F);
  EXPECT_TRUE(within_bound(rounded, 0, 16777216.0F));
  EXPECT_TRUE(within_bound(rounded, 0, 16777220.0F));
  EXPECT_FALSE(within_bound(rounded, 0, 16777222.0F));
  EXPECT_FALSE(within_bound(rounded, 0, 16777214.0F));
}

TEST(RoundedSums, AForgottenOrRepeatedMemberPassesTheBound) {
  const RoundedSum rounded = all_reduce({{{12345}, 3}, {{-777}, 5}, {{31}, -2}, {{5}, 0}});
  for (std::size_t member = 0; member < rounded.members.size(); ++member) {
    const float one = rounded.members[member][0];
    EXPECT_FALSE(within_bound(rounded, 0, rounded.sum[0] - one)) << member;
    EXPECT_FALSE(within_bound(rounded, 0, rounded.sum[0] + one)) << member;
  }
}

RC_GTEST_PROP(Superaccumulator, IsExactForEveryFiniteFloat, ()) {
  const auto bits = *rc::gen::arbitrary<std::uint32_t>();
  const auto x = std::bit_cast<float>(bits);
  RC_PRE((bits >> 23 & 0xffU) != 0xffU);
  Superaccumulator sum;
  sum.add(x);
  sum.add(1.0F);
  sum.add(-x);
  Superaccumulator one;
  one.add(1.0F);
  RC_ASSERT((sum - one).is_zero());
}

TEST(Superaccumulator, KeepsWhatFloatsLose) {
  Superaccumulator sum;
  for (const float x : {0x1p127F, 0x1p-149F, -0x1p127F}) sum.add(x);
  Superaccumulator smallest;
  smallest.add(0x1p-149F);
  EXPECT_TRUE((sum - smallest).is_zero());
  EXPECT_FALSE(sum.is_zero());
}

}  // namespace
}  // namespace reducecheck
