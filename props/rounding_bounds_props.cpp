// SPDX-License-Identifier: Apache-2.0
// Certified bounds of rounded sums against exact sums.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>

#include "props/rounding_cases.hpp"
#include "props/superaccumulator.hpp"
#include "sim/certify/bound.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck {
namespace {

struct OneSum {
  float value = 0;
  double bound = 0;
};

OneSum replayed(const SumSteps& steps, const Operands& operands) {
  std::vector<const float*> leaves;
  for (const float& x : operands) leaves.push_back(&x);
  OneSum one;
  SumReplay(steps).run(leaves, 1, {&one.value, 1}, {&one.bound, 1});
  return one;
}

Superaccumulator exact_sum(const Operands& operands) {
  Superaccumulator sum;
  for (const float x : operands) sum.add(x);
  return sum;
}

float computed(const SumSteps& steps, const Operands& operands) {
  return steps.steps.empty() ? operands[0] : step_values(steps, operands).back();
}

double magnitudes(const Operands& operands) {
  double sum = 0;
  for (const float x : operands) sum += std::abs(static_cast<double>(x));
  return sum * (1 + static_cast<double>(operands.size()) * 0x1p-52);
}

/// The left fold, which is what a ring does to a chunk.
struct Case {
  SumSteps steps;
  SumShape shape;
  SumRounding rounding = SumRounding::each_addition;
  Operands operands;
  std::string text;
};

/// A sum over up to 64 operands in any order, alone or as a chain of branches.
Case any_case() {
  Case made;
  const Format format = *rc::gen::elementOf(formats);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  made.rounding = *rc::gen::element(SumRounding::each_addition, SumRounding::once);
  const int branches = *rc::gen::inRange(1, most_chained_branches + 1);
  const int ranks = *rc::gen::inRange(1, 64 / branches + 1);
  const int kind = *rc::gen::inRange(0, operand_kinds);
  const std::vector<BranchChain> chains = branch_chains(branches);
  const BranchChain& chain = chains[*rc::gen::inRange<std::size_t>(0, chains.size())];
  const SumTree tree = *rc::gen::arbitrary<bool>() ? random_tree(ranks, seed) : fold(ranks);
  made.steps = steps_of(chain, tree, made.rounding, format);
  made.shape = {format, ranks, branches, 0};
  made.operands = hard_operands(format, kind, ranks * branches, seed);
  made.text =
      fmt::format("{} {} ranks, {} branches, kind {}", traits(format).name, ranks, branches, kind);
  return made;
}

RC_GTEST_PROP(RunningBound, HoldsAndIsTheSumOfTheLocalBounds, ()) {
  const Case c = any_case();
  const OneSum one = replayed(c.steps, c.operands);
  RC_LOG() << c.text;
  const float expected = computed(c.steps, c.operands);
  RC_ASSERT(std::bit_cast<std::uint32_t>(one.value) == std::bit_cast<std::uint32_t>(expected));
  RC_ASSERT(bound_fault(c.steps, c.operands, one.bound) == std::string());
}

RC_GTEST_PROP(RoundingError, IsWhatTheSumLost, ()) {
  const Case c = any_case();
  const float value = computed(c.steps, c.operands);
  ExactSum lost;
  lost.add(value);
  for (const float x : c.operands) lost.subtract(x);
  RC_LOG() << c.text;
  RC_ASSERT(rounding_error(c.steps, c.operands) == lost);
  Superaccumulator oracle;
  oracle.add(value);
  for (const float local : local_errors(c.steps, c.operands)) oracle.add(-local);
  RC_ASSERT((oracle - exact_sum(c.operands)).is_zero());
}

RC_GTEST_PROP(FamilyBound, CoversEveryOrderOfTheFamily, ()) {
  const Case c = any_case();
  const double total = magnitudes(c.operands);
  ExactSum exact;
  for (const float x : c.operands) exact.add(x);
  Superaccumulator error;
  error.add(computed(c.steps, c.operands));
  error = error - exact_sum(c.operands);
  const SumFamily own =
      c.rounding == SumRounding::once ? SumFamily::wide_once : SumFamily::each_addition;
  for (const SumFamily family : {own, SumFamily::any}) {
    const FamilyBound bound = family_bound(family, c.shape);
    const double most =
        bound.of_sum * std::abs(exact.towards_zero()) * (1 + 0x1p-51) + bound.of_magnitudes * total;
    RC_LOG() << c.text << ", family " << static_cast<int>(family);
    RC_ASSERT(error.within(most * (1 + 0x1p-51)));
  }
}

/// The last rank's branch is what cancels the first's; all between is lost in binary32.
TEST(FamilyBound, CountsEveryRounding) {
  const BranchChain alone = branch_chains(1)[0];
  const BranchChain merged = branch_chains(2)[0];
  ASSERT_EQ(merged.steps.front().kind, BranchChain::Kind::add);
  struct Reached {
    BranchChain chain;
    int ranks;
    Operands operands;
  };
  const Reached cases[] = {{alone, 4, {1, 0x1p-24F, 0x1p-24F, -1}},
                           {merged, 2, {256, 1, 1, 0x1p-8F}}};
  for (const auto& [chain, ranks, operands] : cases) {
    const SumSteps steps = steps_of(chain, fold(ranks), SumRounding::once, Format::bf16);
    const FamilyBound bound =
        family_bound(SumFamily::wide_once, {Format::bf16, ranks, chain.branches, 0});
    Superaccumulator error;
    error.add(computed(steps, operands));
    error = error - exact_sum(operands);
    double exact = 0;
    for (const float x : operands) exact += static_cast<double>(x);
    EXPECT_TRUE(
        error.within(bound.of_sum * std::abs(exact) + bound.of_magnitudes * magnitudes(operands)));
  }
}

RC_GTEST_PROP(ExactSum, RoundsTowardsZeroAndComparesExactly, ()) {
  const auto terms = *rc::gen::container<std::vector<std::uint32_t>>(
      rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                   [](std::uint64_t seed) { return static_cast<std::uint32_t>(mix(seed)); }));
  ExactSum sum;
  Superaccumulator oracle;
  for (const std::uint32_t bits : terms) {
    const float x = std::bit_cast<float>(bits);
    if (!std::isfinite(x)) continue;
    sum.add(x);
    oracle.add(x);
  }
  const double rounded = std::abs(sum.towards_zero());
  for (const double bound : {std::nextafter(rounded, 0), rounded, rounded * (1 + 0x1p-52)}) {
    RC_ASSERT(sum.exceeds(bound) == !oracle.within(bound));
  }
  RC_ASSERT(!oracle.within(std::nextafter(rounded, 0)) || rounded == 0);
  RC_ASSERT(oracle.within(std::nextafter(rounded, 1e300)));
}

TEST(RunningBound, HalfAnUlpIsHalfTheWayToTheNextNumber) {
  for (const Format format : {Format::bf16, Format::fp16, Format::fp8_e4m3, Format::fp8_e5m2}) {
    const std::uint32_t largest = round_to(format, traits(format).largest);
    for (std::uint32_t encoding = 0; encoding < largest; ++encoding) {
      const float x = widen(format, encoding);
      const double next = static_cast<double>(widen(format, encoding + 1));
      ASSERT_EQ(half_ulp(format, x), (next - static_cast<double>(x)) / 2) << encoding;
      ASSERT_EQ(half_ulp(format, -x), half_ulp(format, x));
    }
  }
}

// Every pair of fp8 numbers; the running bound is reached by ties.
TEST(RunningBound, HoldsForEveryPairOfEightBits) {
  for (const Format format : {Format::fp8_e4m3, Format::fp8_e5m2}) {
    const SumSteps steps = steps_of(fold(2), SumRounding::each_addition, format);
    std::int64_t finite = 0;
    std::int64_t reached = 0;
    for (std::uint32_t pair = 0; pair < 0x10000; ++pair) {
      const Operands operands = {widen(format, pair & 0xffU), widen(format, pair >> 8U)};
      const OneSum one = replayed(steps, operands);
      const double sum = static_cast<double>(operands[0]) + static_cast<double>(operands[1]);
      if (!std::isfinite(one.bound)) {
        EXPECT_FALSE(std::abs(sum) <= static_cast<double>(traits(format).largest)) << pair;
        continue;
      }
      ++finite;
      const double error = std::abs(static_cast<double>(one.value) - sum);
      EXPECT_LE(error, one.bound) << pair;
      reached += static_cast<std::int64_t>(error > 0 && error * (1 + 0x1p-50) >= one.bound);
    }
    EXPECT_GT(finite, 40'000);
    EXPECT_GT(reached, 100);
  }
}

// 256 + 1 ties to even: a long ring of ones stalls at 256, and loses exactly its bound.
TEST(RunningBound, ALongRingOfOnesStallsWithinTheBound) {
  const int ranks = 1000;
  const SumSteps steps = steps_of(fold(ranks), SumRounding::each_addition, Format::bf16);
  const OneSum one = replayed(steps, Operands(static_cast<std::size_t>(ranks), 1.0F));
  EXPECT_EQ(one.value, 256);
  EXPECT_GE(one.bound, ranks - 256);
  const ExactSum error = rounding_error(steps, Operands(static_cast<std::size_t>(ranks), 1.0F));
  EXPECT_EQ(error.towards_zero(), 256 - ranks);
}

TEST(RunningBound, IsInfiniteWhereASumLeavesTheRange) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinite = std::numeric_limits<float>::infinity();
  for (const Format format : formats) {
    const float largest = traits(format).largest;
    const SumSteps steps = steps_of(fold(3), SumRounding::each_addition, format);
    for (const Operands& operands : {Operands{largest, largest, -largest}, Operands{nan, 1, 1},
                                     Operands{1, 1, -infinite}, Operands{infinite, -infinite, 0}}) {
      EXPECT_TRUE(std::isinf(replayed(steps, operands).bound)) << traits(format).name;
    }
    EXPECT_TRUE(std::isfinite(replayed(steps, {largest, -largest, largest}).bound));
  }
  EXPECT_TRUE(std::isinf(replayed({Format::bf16, 1, {}}, {nan}).bound));
  EXPECT_EQ(replayed({Format::bf16, 1, {}}, {1}).bound, 0);
}

}  // namespace
}  // namespace reducecheck
