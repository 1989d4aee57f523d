// SPDX-License-Identifier: Apache-2.0
// Two variants in floating point: sums traced to their terms, and verdicts on what differs.
#include "sim/judge/rounding.hpp"

#include <gtest/gtest.h>

#include "sim/judge/told_test.hpp"
#include "sim/run/plan_sketch_test.hpp"

namespace reducecheck {
namespace {

using Leaves = std::vector<SumLeaf>;
using Steps = std::vector<SumStep>;

/// Values a and b on three ranks, 2 x 2, that no addition made.
struct Sketch {
  PlanSketch plan;
  std::vector<int> a;
  std::vector<int> b;

  Sketch() {
    for (int r = 0; r < 3; ++r) a.push_back(square(r));
    for (int r = 3; r < 6; ++r) b.push_back(square(r));
  }
  int square(int number) {
    const int root = plan.numbers({{number, 1}, {2, 3}});
    return plan.add(StepKind::multiply, {root, root}, {{2, 2}});
  }
};

TEST(TracedSum, FollowsAdditionsAndSumsOverRanks) {
  Sketch s;
  const int sum = s.plan.add(StepKind::all_reduce_sum, s.a, {{2, 2}});
  const int both = s.plan.add(StepKind::add, {sum, s.b[1]}, {{2, 2}});
  const TracedSum traced = trace_sum(s.plan.plan(), both, 1, Format::bf16, nullptr);
  EXPECT_EQ(traced.count, 3);
  EXPECT_EQ(traced.leaves, (Leaves{{s.a[0], 1}, {s.a[1], 1}, {s.a[2], 1}, {s.b[1], 1}}));
  EXPECT_EQ(traced.steps.steps,
            (Steps{{0, 1, Format::bf16}, {4, 2, Format::bf16}, {5, 3, Format::bf16}}));
}

TEST(TracedSum, FollowsWhatOneRankAssigns) {
  Sketch s;
  const int sum = s.plan.add(StepKind::add, {s.a[0], s.a[1]}, {{2, 2}});
  const int guarded = s.plan.add(StepKind::guarded, {sum}, {{2, 2}});
  const TracedSum traced = trace_sum(s.plan.plan(), guarded, 1, Format::bf16, nullptr);
  EXPECT_EQ(traced.leaves, (Leaves{{s.a[0], 1}, {s.a[1], 1}}));
}

TEST(TracedSum, FollowsRowsThatMove) {
  Sketch s;
  const int parts = s.plan.add(StepKind::reduce_scatter_v, s.a, {{0, 2}, {1, 2}, {1, 2}});
  const int row = s.plan.add(StepKind::cat_rows, {parts + 2, parts + 1}, {{2, 2}});
  const TracedSum first = trace_sum(s.plan.plan(), row, 1, Format::fp32, nullptr);
  EXPECT_EQ(first.count, 1);
  EXPECT_EQ(first.leaves, (Leaves{{s.a[0], 3}, {s.a[1], 3}, {s.a[2], 3}}));
  const int slice = s.plan.add(StepKind::slice_rows, {row}, {{1, 2}}, {1, 2});
  const TracedSum second = trace_sum(s.plan.plan(), slice, 0, Format::fp32, nullptr);
  EXPECT_EQ(second.count, 2);
  EXPECT_EQ(second.leaves.front(), (SumLeaf{s.a[0], 0}));
}

TEST(TracedSum, ATermThatCountsTwiceStandsTwice) {
  Sketch s;
  const int sum = s.plan.add(StepKind::all_reduce_sum, s.a, {{2, 2}});
  const int again = s.plan.add(StepKind::all_reduce_sum, {sum, sum}, {{2, 2}});
  const TracedSum traced = trace_sum(s.plan.plan(), again, 0, Format::bf16, nullptr);
  EXPECT_EQ(traced.leaves.size(), 6U);
  EXPECT_EQ(traced.steps.steps.size(), 5U);
  EXPECT_EQ(traced.steps.steps.back(), (SumStep{7, 9, Format::bf16}));
}

TEST(TracedSum, StopsAtWhatIsNoSum) {
  Sketch s;
  const int product = s.plan.add(StepKind::multiply, {s.a[0], s.a[1]}, {{2, 2}});
  const TracedSum traced = trace_sum(s.plan.plan(), product, 2, Format::bf16, nullptr);
  EXPECT_EQ(traced.leaves, (Leaves{{product, 2}}));
  EXPECT_TRUE(traced.steps.steps.empty());
}

TEST(TracedSum, GivesUpAboveTheLimit) {
  Sketch s;
  int sum = s.a[0];
  for (int i = 0; i < 13; ++i) sum = s.plan.add(StepKind::add, {sum, sum}, {{2, 2}});
  EXPECT_TRUE(trace_sum(s.plan.plan(), sum, 0, Format::bf16, nullptr).leaves.empty());
}

/// Two ways to complete two branches, which hold in every layout.
TinyScenario two_ways(const std::string& reference, const std::string& first,
                      const std::string& second) {
  return {"experts = 'mlp(inter / tp)'\nshared = 'mlp(inter / tp)'",
          "y = " + reference,
          "if way == 1:\n    y = " + first + "\nelse:\n    y = " + second,
          "axes = ['tp'], tp = 4",
          "x = 'tokens, hidden'",
          "y = 'tokens, hidden'",
          "",
          "first = 'way = 1'\nsecond = 'way = 2'",
          "first = 'holds'\nsecond = 'holds'"};
}

BitComparison compared(const TinyScenario& scenario, Format format, const std::string& order) {
  CheckOptions options;
  options.dtypes = {format};
  options.order = order;
  options.tokens = 16;
  const ScenarioResult result = checked(scenario, options);
  EXPECT_EQ(result.bits.size(), 1U);
  return result.bits.at(0);
}

constexpr const char* whole = "experts(x) + shared(x)";
constexpr const char* merged = "all_reduce(experts(x) + shared(x), tp)";
constexpr const char* per_branch = "all_reduce(experts(x), tp) + all_reduce(shared(x), tp)";

TEST(Rounding, MergedAgainstPerBranchIsRoundingOnly) {
  for (const Format format : {Format::fp32, Format::bf16, Format::fp16}) {
    for (const char* order : {"", "nccl_ring", "vllm_one_shot"}) {
      const BitComparison bits = compared(two_ways(whole, merged, per_branch), format, order);
      EXPECT_EQ(bits.refusal, "");
      EXPECT_GT(bits.differing, 0);
      EXPECT_EQ(bits.rounding.verdict, RoundingVerdict::rounding_only) << bits.undecided;
      EXPECT_EQ(bits.rounding.differing, bits.differing);
    }
  }
}

TEST(Rounding, ASumInTwoStepsIsTracedThroughRows) {
  const BitComparison bits = compared(
      two_ways(whole, "all_gather(reduce_scatter(experts(x) + shared(x), tp), tp)", per_branch),
      Format::bf16, "");
  EXPECT_EQ(bits.rounding.verdict, RoundingVerdict::rounding_only) << bits.undecided;
}

TEST(Rounding, ThroughAFunctionItIsUndecided) {
  const auto relu = [](const std::string& x) { return "relu(" + x + ")"; };
  const BitComparison bits =
      compared(two_ways(relu(whole), relu(merged), relu(per_branch)), Format::bf16, "");
  EXPECT_GT(bits.differing, 0);
  EXPECT_EQ(bits.rounding.verdict, RoundingVerdict::undecided);
  EXPECT_NE(bits.undecided.find("not sums of the same terms: one goes through"), std::string::npos)
      << bits.undecided;
}

}  // namespace
}  // namespace reducecheck
