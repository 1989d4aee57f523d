// SPDX-License-Identifier: Apache-2.0
// Two results against the exact sum: verdicts at and next to the bound, and the power of the bound.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "props/rounding_cases.hpp"
#include "sim/certify/rounding_judge.hpp"

namespace reducecheck {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
const float nan = std::numeric_limits<float>::quiet_NaN();

/// One element of two results, each with its bound.
RoundingReport judged(const Operands& operands, float left, double left_bound, float right,
                      double right_bound) {
  std::vector<const float*> leaves;
  for (const float& x : operands) leaves.push_back(&x);
  RoundingJudge judge;
  judge.judge({leaves, 1, &left, &right, &left_bound, &right_bound, 7, 3});
  return judge.report();
}

TEST(RoundingJudge, DecidesExactlyAtTheBound) {
  // 2^100 + 2^-100 - 2^100: binary64 loses the sum altogether.
  const Operands operands = {0x1p100F, 0x1p-100F, -0x1p100F};
  const double below = std::nextafter(0x1p-100, 0);
  EXPECT_EQ(judged(operands, 0, 0x1p-100, 0, 0x1p-100).verdict, RoundingVerdict::same_bits);
  EXPECT_EQ(judged(operands, 0, below, 0, 0x1p-100).verdict, RoundingVerdict::defect);
  EXPECT_EQ(judged(operands, 0x1p-99F, 0x1p-100, 0, 0x1p-100).verdict,
            RoundingVerdict::rounding_only);
  EXPECT_EQ(judged(operands, 0x1p-99F, below, 0, 0x1p-100).left_wrong, 1);
  EXPECT_EQ(judged(operands, 0, 0x1p-100, 0x1p-99F, below).right_wrong, 1);
  EXPECT_EQ(judged(operands, 0x1p-100F, 0, 0x1p-100F, 0).verdict, RoundingVerdict::same_bits);
}

TEST(RoundingJudge, ZerosOfOtherSignDifferByRoundingOnly) {
  const RoundingReport report = judged({1, -1}, 0.0F, 0, -0.0F, 0);
  EXPECT_EQ(report.verdict, RoundingVerdict::rounding_only);
  EXPECT_EQ(report.differing, 1);
  EXPECT_EQ(report.largest->difference(), 0);
}

TEST(RoundingJudge, WithoutABoundNothingIsDecidedButEqualBits) {
  EXPECT_EQ(judged({1, 2}, 3, infinite, 4, infinite).verdict, RoundingVerdict::undecided);
  EXPECT_EQ(spelling(RoundingVerdict::undecided), std::string("undecided"));
  EXPECT_EQ(judged({1, 2}, 3, infinite, 4, 1).verdict, RoundingVerdict::undecided);
  EXPECT_EQ(judged({1, 2}, 3, infinite, 3, infinite).verdict, RoundingVerdict::same_bits);
  EXPECT_EQ(judged({1, 2}, 3, infinite, 5, 1).verdict, RoundingVerdict::defect);
  EXPECT_EQ(judged({nan, 2}, nan, infinite, -nan, infinite).verdict, RoundingVerdict::same_bits);
}

TEST(RoundingJudge, WhatIsNoNumberIsWrongWhereABoundIsKnown) {
  for (const float odd : {nan, std::numeric_limits<float>::infinity()}) {
    const RoundingReport report = judged({1, 2}, 3, 0.5, odd, 0.5);
    EXPECT_EQ(report.verdict, RoundingVerdict::defect);
    EXPECT_FALSE(report.witness->left_wrong);
    EXPECT_TRUE(report.witness->right_wrong);
    EXPECT_EQ(report.witness->element, 7U);
    EXPECT_EQ(report.witness->rank, 3);
    EXPECT_EQ(report.witness->exact, 3);
  }
}

TEST(RoundingJudge, TheLargestDifferenceIsOneOfNumbersThatDiffer) {
  const RoundingReport same = judged({1, 2}, 9, 0.5, 9, 0.5);
  EXPECT_EQ(same.verdict, RoundingVerdict::defect);
  EXPECT_FALSE(same.largest);
  EXPECT_FALSE(judged({1, 2}, 3, 0.5, nan, 0.5).largest);
}

TEST(RoundingJudge, PartsAddUpToTheWhole) {
  const Operands leaf = {1, 2, 3, 4};
  const std::vector<const float*> leaves = {leaf.data()};
  const Operands left = {1, 2.5, 3, 4};
  const Operands right = {1, 2, 3.25, 9};
  const std::vector<double> bounds = {1, 1, 1, 1};
  const auto part = [&](std::size_t first, std::size_t count) {
    RoundingJudge judge;
    const std::vector<const float*> here = {leaf.data() + first};
    judge.judge({here, count, left.data() + first, right.data() + first, bounds.data(),
                 bounds.data(), first, 0});
    return judge;
  };
  RoundingJudge joined = part(0, 2);
  joined.add(part(2, 2));
  const RoundingReport report = joined.report();
  const RoundingReport whole = part(0, 4).report();
  EXPECT_EQ(report.elements, 4);
  EXPECT_EQ(report.differing, 3);
  EXPECT_EQ(report.right_wrong, 1);
  EXPECT_EQ(report.witness->element, 3U);
  EXPECT_EQ(report.largest->element, whole.largest->element);
  EXPECT_EQ(report.tightest->element, whole.tightest->element);
  EXPECT_EQ(report.median_ratio, whole.median_ratio);
}

TEST(RoundingJudge, ABoundOfTheSumIsSmallWhereTheSumIs) {
  const float one = 1;
  const float minus_one = -1;
  const std::vector<const float*> leaves = {&one, &minus_one};
  double bound = 0;
  family_bounds({.of_sum = 0.25, .of_magnitudes = 0}, Format::fp32, leaves, 1, &bound);
  EXPECT_GT(bound, 0);
  EXPECT_LT(bound, 0x1p-50);
  family_bounds({.of_sum = 0, .of_magnitudes = 0.25}, Format::fp32, leaves, 1, &bound);
  EXPECT_GE(bound, 0.5);
  EXPECT_LT(bound, 0.5 + 0x1p-48);
}

TEST(RoundingJudge, TheMedianIsThatOfTheRatios) {
  RoundingJudge judge;
  const float leaf = 0;
  const std::vector<const float*> leaves = {&leaf};
  const double bound = 8;
  for (const float error : {1.0F, 1.0F, 2.0F, 2.0F, 2.0F, 4.0F, 8.0F}) {
    judge.judge({leaves, 1, &error, &error, &bound, &bound, 0, 0});
  }
  EXPECT_NEAR(judge.report().median_ratio, 4, 4.0 / 64);
}

TEST(RoundingJudge, WhatIsUndecidedInALaterPartIsKept) {
  const float leaf = 1;
  const std::vector<const float*> leaves = {&leaf};
  const float other = 2;
  RoundingJudge later;
  later.judge({leaves, 1, &leaf, &other, &infinite, &infinite, 7, 3});
  RoundingJudge joined;
  joined.add(later);
  EXPECT_EQ(joined.report().verdict, RoundingVerdict::undecided);
  ASSERT_TRUE(joined.report().unbounded);
  EXPECT_EQ(joined.report().unbounded->element, 7U);
}

TEST(RoundingJudge, ARatioBelowAllOthersIsCountedAsTheLowest) {
  const float leaf = 0;
  const std::vector<const float*> leaves = {&leaf};
  const float error = 1;
  const double tiny = 0x1p-90;
  RoundingJudge lowest;
  lowest.judge({leaves, 1, &error, &error, &tiny, &tiny, 0, 0});
  RoundingJudge joined;
  joined.add(lowest);
  EXPECT_GT(joined.report().median_ratio, 0);
  EXPECT_EQ(joined.report().median_ratio, lowest.report().median_ratio);
}

}  // namespace
}  // namespace reducecheck
