// SPDX-License-Identifier: Apache-2.0
// What stands in a plan, and how ranks meet at collectives.
#include "scenarios/unroll/unroll.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/unroll/tiny_scenario_test.hpp"

namespace reducecheck {
namespace {

const std::string shared = "shared = 'mlp(inter / tp)'";

std::size_t steps_of(const TinyScenario& tiny) {
  return unrolled(tiny).steps.size();
}

std::string program_finding(const std::string& program,
                            const std::string& mesh = "axes = ['tp'], tp = 2") {
  return finding_of({"w = 'mlp(inter)'", "y = x", program, mesh});
}

TEST(Unroll, ReplicatedWorkStandsInThePlanOnce) {
  const TinyScenario t{"w = 'mlp(inter)'", "y = act(w(x))", "y = act(w(x))"};
  TinyScenario wide = t;
  wide.mesh = "axes = ['tp'], tp = 64, ranks = 64";
  EXPECT_EQ(steps_of(t), 3U);  // the reference's own steps: it holds the same
  EXPECT_EQ(steps_of(wide), 3U);
}

TEST(Unroll, NumberOfStepsGrowsByTheShardedWorkOnly) {
  TinyScenario t{shared, "y = act(x) + shared(x)", "a = act(x)\ny = a + all_reduce(shared(x), tp)"};
  const std::size_t two = steps_of(t);
  t.mesh = "axes = ['tp'], tp = 8";
  EXPECT_EQ(steps_of(t), two + 6);  // six shares more of `shared`
}

TEST(Unroll, VariantsShareTheirCommonWork) {
  TinyScenario t{shared, "y = shared(x)", "y = all_reduce(shared(x), tp)"};
  const std::size_t one = steps_of(t);
  t.variants = "v = ''\nu = ''\nw = 'z = act(x)'";
  EXPECT_EQ(steps_of(t), one + 1);
}

TEST(Unroll, SameCallInALoopIsOneStepAndEachExecutionIsKept) {
  const Plan plan =
      unrolled({shared, "y = shared(x)", "for i in range(3): y = all_reduce(shared(x), tp)"});
  const auto& run = plan.variants[0];
  EXPECT_EQ(run.executions[0].size(), run.executions[1].size());
  EXPECT_EQ(run.executions[0].size(), 1U + 3U * 2U);
  EXPECT_EQ(run.collectives, (std::vector<std::int64_t>{3, 3}));
  EXPECT_EQ(run.sections, 5);  // before, three rounds, after
}

TEST(Unroll, CollectiveOverAGroupOfOneReturnsItsArgument) {
  const TinyScenario t{"w = 'mlp(inter)'", "y = w(x)",
                       "a = all_reduce(w(x), tp)\nb = all_gather(a, tp)\ny = reduce_scatter(b, tp)",
                       "axes = ['tp'], tp = 1"};
  const Plan plan = unrolled(t);
  EXPECT_EQ(plan.steps.size(), 2U);
  EXPECT_EQ(plan.variants[0].outputs[0][0], plan.reference.outputs[0][0]);
  EXPECT_EQ(plan.variants[0].collectives[0], 0);
}

TEST(Unroll, ElementsCountWhatEachCallMoves) {
  const Plan plan = unrolled({shared, "y = shared(x)", "y = all_reduce(shared(x), tp)"});
  EXPECT_EQ(plan.variants[0].elements, (std::vector<std::int64_t>{16, 16}));
}

TEST(Unroll, BothArmsOfAGuardMayCall) {
  EXPECT_EQ(program_finding("if rank(tp) == 0: y = all_reduce(x, tp)\nelse: y = all_reduce(x, tp)"),
            "");
}

TEST(Unroll, CallsOnDifferentGroupsMayCross) {
  EXPECT_EQ(program_finding("if rank(dp) == 0:\n"
                            "    a = all_reduce(w(x), tp)\n"
                            "    b = all_reduce(x, dp)\n"
                            "else:\n"
                            "    b = all_reduce(x, dp)\n"
                            "    a = all_reduce(w(x), tp)\n"
                            "y = a + b",
                            "axes = ['dp', 'tp'], dp = 2, tp = 2"),
            "");
}

TEST(Unroll, RingOfWaitingRanksIsADeadlock) {
  EXPECT_EQ(
      program_finding("if (rank(dp) + rank(tp)) % 2 == 0:\n"
                      "    a = all_reduce(x, tp)\n"
                      "    b = all_reduce(x, dp)\n"
                      "else:\n"
                      "    b = all_reduce(x, dp)\n"
                      "    a = all_reduce(x, tp)\n"
                      "y = a + b",
                      "axes = ['dp', 'tp'], dp = 2, tp = 2"),
      "mismatched_collective over tp {1}: rank 0 waits for {1}, which never comes: rank 1 waits "
      "at all_reduce(x, dp)");
}

TEST(Unroll, RankThatEndsNeverComes) {
  EXPECT_EQ(
      program_finding("y = x\nif rank(tp) < 2: y = all_reduce(x, tp)", "axes = ['tp'], tp = 4"),
      "mismatched_collective over tp {2,3}: rank 0 waits for {2,3}, which never comes: rank 2 has "
      "ended");
}

TEST(Unroll, OtherKindOperatorOrFeaturesAreAMismatch) {
  EXPECT_EQ(program_finding("if rank(tp) == 0: y = all_reduce(x, tp)\nelse: y = all_gather(x, tp)"),
            "mismatched_collective over tp {0,1}: rank 0 calls all_reduce (op sum), rank 1 calls "
            "all_gather (op sum)");
  EXPECT_EQ(program_finding(
                "if rank(tp) == 0: y = all_reduce(x, tp)\nelse: y = all_reduce(x, tp, op='max')"),
            "mismatched_collective over tp {0,1}: rank 0 calls all_reduce (op sum), rank 1 calls "
            "all_reduce (op max)");
  EXPECT_EQ(program_finding("z = x if rank(tp) == 0 else take(x, 0)\ny = all_reduce(z, tp)"),
            "mismatched_collective over tp {0,1}: rank 0 has 4 features, rank 1 has 1");
}

TEST(Unroll, OtherRowsAreATokenLayout) {
  EXPECT_EQ(program_finding("z = x if rank(tp) == 0 else x[1:]\ny = all_reduce(z, tp)"),
            "token_layout over tp {0,1}: rank 0 has 4 rows, rank 1 has 3");
  EXPECT_EQ(program_finding("y = reduce_scatter(x[1:], tp)"),
            "token_layout over tp {0,1}: 3 rows do not divide by 2");
  EXPECT_EQ(program_finding("y = reduce_scatterv(x, tp, 1 + rank(tp))"),
            "token_layout over tp {0,1}: the ranks take 3 rows in all of 4");
  EXPECT_EQ(program_finding("y = x + x[1:]"),
            "token_layout over  {0}: the left operand has 4 rows, the right one 3");
}

TEST(Unroll, OperatorMayBeWrittenAsAWordOrAsAString) {
  EXPECT_EQ(program_finding("y = all_reduce(all_reduce(x, tp, op=max), tp, op='avg')"), "");
}

TEST(Unroll, FunctionsTakeDefaultsAndKeywords) {
  const TinyScenario t{"w = 'mlp(inter)'", "y = w(x) + w(x) + x",
                       "def f(a, b=2, c=k + 1):\n"
                       "    z = a\n"
                       "    for i in range(b): z = z + w(a)\n"
                       "    return z if c == 3 else a\n"
                       "y = f(c=3, a=x)"};
  const Plan plan = unrolled(t);
  EXPECT_EQ(plan.variants[0].finding, std::nullopt);
  EXPECT_EQ(plan.variants[0].executions[0].size(), 1U + 4U);
}

TEST(Unroll, FunctionsSeeTopLevelVariablesButAssignOnlyTheirOwn) {
  const TinyScenario t{"", "y = x",
                       "z = x\ndef f():\n    z = act(x)\n    return z\nu = f()\ny = z"};
  EXPECT_EQ(output_rows(t).size(), 2U);
  const Plan plan = unrolled(t);
  EXPECT_EQ(plan.variants[0].outputs[0][0], plan.reference.outputs[0][0]);
}

TEST(Unroll, AssignmentsUnderARankGuardAreMarked) {
  const auto marks = [](const std::string& program) {
    const Plan plan = unrolled({"", "y = x", program});
    return std::ranges::count(plan.steps, StepKind::guarded, &Step::kind);
  };
  EXPECT_EQ(marks("y = x\nif tp > 1: y = act(x)"), 0);
  EXPECT_EQ(marks("y = x\nif rank(tp) == 0: y = act(x)"), 1);
  EXPECT_EQ(marks("def f(r):\n    if r == 0: return act(x)\n    z = x\n    if r == 1: z = act(x)\n "
                  "   return z\ny = f(rank(tp))"),
            1);
  EXPECT_EQ(marks("y = act(x) if rank(tp) == 0 else x"), 2);
  EXPECT_EQ(marks("r = [rank(tp)][0] * 2\ny = x\nif not r: y = act(x)"), 1);
}

TEST(Unroll, LayersOfAWeightAreOtherFunctions) {
  EXPECT_EQ(steps_of({"w = 'mlp(inter)'", "y = w[1](x)", "y = w[1](x)"}), 2U);
  EXPECT_EQ(steps_of({"w = 'mlp(inter)'", "y = w[1](x)", "y = w[0](x)"}), 3U);
}

TEST(Unroll, OutputsAreRequiredAsTheirLayoutSays) {
  const Plan plan = unrolled({"", "y = x", "y = chunk(x, tp)", "axes = ['tp'], tp = 2",
                              "x = 'tokens, hidden'", "y = 'tokens // tp, hidden / tp'"});
  const Requirement& second = plan.required[0][1];
  EXPECT_EQ(plan.tag_lists[static_cast<std::size_t>(second.tags)].size(), 2U);
  EXPECT_EQ(second.features, (Features{2, 4}));
  EXPECT_EQ(second.width, 2);
}

}  // namespace
}  // namespace reducecheck
