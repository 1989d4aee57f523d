// SPDX-License-Identifier: Apache-2.0
// Inputs that show every unit defect, and what the report of power says of others.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "props/rounding_cases.hpp"
#include "sim/certify/dominant_partials.hpp"
#include "sim/certify/power.hpp"
#include "sim/certify/rounding_judge.hpp"

namespace reducecheck {
namespace {

constexpr std::array formats = {Format::fp32, Format::bf16, Format::fp16, Format::fp8_e4m3,
                                Format::fp8_e5m2};

using Leaves = std::vector<std::vector<float>>;

std::vector<const float*> pointers(const Leaves& leaves) {
  std::vector<const float*> result;
  for (const std::vector<float>& leaf : leaves) result.push_back(leaf.data());
  return result;
}

struct Sums {
  std::vector<float> values;
  std::vector<double> bounds;
};

Sums sums_of(const SumSteps& steps, const Leaves& leaves) {
  Sums sums{std::vector<float>(leaves[0].size()), std::vector<double>(leaves[0].size())};
  SumReplay(steps).run(pointers(leaves), leaves[0].size(), sums.values, sums.bounds);
  return sums;
}

RoundingReport judged(const SumSteps& steps, const Leaves& leaves, const Leaves& added) {
  const Sums right = sums_of(steps, leaves);
  const Sums other = sums_of(steps, added);
  RoundingJudge judge;
  judge.judge({pointers(leaves), leaves[0].size(), right.values.data(), other.values.data(),
               right.bounds.data(), right.bounds.data(), 0, 0});
  return judge.report();
}

RC_GTEST_PROP(DominantPartials, ShowEveryUnitDefectOfEveryRankAndBranchInOneTensor, ()) {
  const Format format = *rc::gen::elementOf(formats);
  const int branches = *rc::gen::inRange(1, 4);
  const int ranks = *rc::gen::inRange(1, 65);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto elements = static_cast<std::size_t>(ranks * branches);
  const auto chains = branch_chains(branches);
  const BranchChain& chain = chains[*rc::gen::inRange<std::size_t>(0, chains.size())];
  const SumRounding rounding = *rc::gen::element(SumRounding::each_addition, SumRounding::once);
  const SumSteps steps = steps_of(chain, random_tree(ranks, seed), rounding, format);
  const Leaves leaves = dominant_partials(format, ranks, branches, elements, seed);
  const RoundingReport right = judged(steps, leaves, leaves);
  RC_ASSERT(right.verdict == RoundingVerdict::same_bits);
  const auto wrong = *rc::gen::inRange<std::size_t>(0, elements);
  for (const float coefficient : {0.0F, 2.0F}) {
    Leaves changed = leaves;
    for (float& x : changed[wrong]) x *= coefficient;
    const RoundingReport report = judged(steps, leaves, changed);
    RC_ASSERT(report.verdict == RoundingVerdict::defect);
    RC_ASSERT(report.left_wrong == 0);
  }
}

RC_GTEST_PROP(DominantPartials, AreSumsInRangeOfManyNumbersThatAreNotZero, ()) {
  const Format format = *rc::gen::elementOf(formats);
  const int ranks = *rc::gen::inRange(2, 17);
  const Leaves leaves = dominant_partials(format, ranks, 1, 256, 1);
  std::int64_t zeros = 0;
  for (const std::vector<float>& leaf : leaves) zeros += std::ranges::count(leaf, 0.0F);
  RC_ASSERT(zeros < 256 * ranks / 4);
}

TEST(Power, TheRunningBoundSeesMoreThanThatOfAnyOrderAndReplaySeesMost) {
  std::string refusal;
  const std::vector<CheckPower> powers =
      power_of_checks({Format::bf16, {2, 8, 32}, "nccl_ring", {}, 1}, refusal);
  ASSERT_EQ(refusal, "");
  ASSERT_EQ(powers.size(), 12U);
  for (std::size_t at = 0; at < powers.size(); at += 4) {
    const CheckPower& any = powers[at];
    const CheckPower& running = powers[at + 1];
    const CheckPower& replay = powers[at + 2];
    EXPECT_LE(any.dropped_seen, running.dropped_seen);
    EXPECT_LE(running.dropped_seen, replay.dropped_seen);
    EXPECT_GE(any.median_ratio, running.median_ratio);
    EXPECT_LE(replay.smallest, running.smallest);
    for (const CheckPower* certified : {&any, &running, &replay}) EXPECT_EQ(certified->alarms, 0);
  }
  EXPECT_GT(powers[4].smallest, powers[5].smallest);
  EXPECT_EQ(powers[8].smallest, 0);   // 31 u > 1 / 9: nothing shows
  EXPECT_GT(powers[7].alarms, 0.02);  // allclose on right sums of 8 ranks
  EXPECT_EQ(powers[7].smallest, 0);
}

TEST(Power, RefusesAnOrderThatIsNone) {
  std::string refusal;
  EXPECT_TRUE(power_of_checks({Format::bf16, {4}, "nothing", {}, 1}, refusal).empty());
  EXPECT_NE(refusal, "");
}

}  // namespace
}  // namespace reducecheck
