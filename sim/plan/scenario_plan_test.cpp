// SPDX-License-Identifier: Apache-2.0
// Plans of whole scenarios: states found in the text, plans proved behind them.
#include "sim/plan/scenario_plan.hpp"

#include <gtest/gtest.h>

#include "scenarios/frame/load.hpp"
#include "sim/plan/plan_proof.hpp"
#include "sim/plan/plan_report.hpp"

namespace reducecheck {
namespace {

Scenario layer(const std::string& weights, const std::string& reference,
               const std::string& distributed, const std::string& rows = "tokens",
               const std::string& axes = "\"tp\"") {
  const std::string text = "title = \"a layer\"\nsource = \"none\"\nmesh = { axes = [" + axes +
                           "] }\n"
                           "input = { x = \"tokens, hidden\" }\noutput = { y = \"" +
                           rows + ", hidden\" }\n[weights]\n" + weights +
                           "\n[program]\nreference = '''\n" + reference +
                           "\n'''\ndistributed = '''\n" + distributed + "\n'''\n";
  Diagnostics diagnostics;
  std::optional<Scenario> scenario = load_scenario(text, "layer.toml", diagnostics);
  EXPECT_TRUE(scenario) << render(diagnostics, "layer.toml", text);
  return scenario.value_or(Scenario{});
}

/// The case with a live axis.
PlannedCase live_case(const ScenarioPlan& plan) {
  for (const PlannedCase& one : plan.cases) {
    if (one.condition == "tp > 1") return one;
  }
  ADD_FAILURE() << "no case tp > 1: " << plan.reason;
  return {};
}

TEST(ScenarioPlan, AddsBeforeOneSum) {
  const Scenario scenario =
      layer("a = \"mlp(inter / tp)\"\nb = \"mlp(shared_inter / tp)\"", "y = a(x) + b(x) + x",
            "y = all_reduce(a(x), tp) + all_reduce(b(x), tp) + x");
  const PlannedCase one = live_case(plan_scenario(scenario));
  ASSERT_EQ(one.segments.size(), 1U);
  const PlannedSegment& segment = one.segments[0];
  EXPECT_EQ(segment.branches,
            (std::vector<std::string>{"x: whole on every rank", "a: partial over tp",
                                      "b: partial over tp"}));
  ASSERT_FALSE(segment.plans.empty());
  EXPECT_EQ(segment.plans[0].program, "y = x + all_reduce(a + b, tp)\n");
  EXPECT_TRUE(segment.proved) << segment.proof;
  EXPECT_EQ(segment.own.calls.size(), 2U);
  ASSERT_EQ(one.variants.size(), 1U);
  EXPECT_TRUE(one.variants[0].wasteful);
}

TEST(ScenarioPlan, KeepsAGateWithItsBranch) {
  // The gate is known on every rank and multiplied after the sum; the branch waits all the same.
  const Scenario scenario =
      layer("a = \"mlp(inter / tp)\"\ng = \"linear(hidden, 1)\"", "y = sigmoid(g(x)) * a(x)",
            "gate = all_gather(sigmoid(g(chunk(x, tp))), tp)\ny = gate * all_reduce(a(x), tp)");
  const PlannedCase one = live_case(plan_scenario(scenario));
  ASSERT_EQ(one.segments.size(), 1U);
  EXPECT_EQ(one.segments[0].branches, std::vector<std::string>{"a: partial over tp"});
  EXPECT_EQ(one.segments[0].own.calls, std::vector<std::string>{"all_reduce(tp)"});
  EXPECT_EQ(one.other_calls, std::vector<std::string>{"all_gather(tp)"});
}

TEST(ScenarioPlan, StopsAtAFunctionAndStartsAfterIt) {
  const Scenario scenario =
      layer("a = \"mlp(inter / tp)\"\nb = \"mlp(inter / tp)\"", "h = x + a(x)\ny = h + b(norm(h))",
            "h = x + all_reduce(a(x), tp)\ny = h + reduce_scatter(all_gather(b(norm(h)), tp), tp)");
  EXPECT_TRUE(plan_scenario(scenario).variant.empty()) << "a wrong program has no plan";
  const Scenario right =
      layer("a = \"mlp(inter / tp)\"\nb = \"mlp(inter / tp)\"", "h = x + a(x)\ny = h + b(norm(h))",
            "h = x + all_reduce(a(x), tp)\ny = h + all_reduce(b(norm(h)), tp)");
  const PlannedCase one = live_case(plan_scenario(right));
  ASSERT_EQ(one.segments.size(), 2U);
  EXPECT_EQ(one.segments[0].consumer, "norm");
  EXPECT_EQ(one.segments[0].place, 1);
  // What the norm paid for is there for the output.
  EXPECT_EQ(one.segments[1].plans.at(0).program, "y = x + a + all_reduce(b, tp)\n");
  EXPECT_FALSE(one.variants.at(0).wasteful);
}

TEST(ScenarioPlan, OneOfASumIsNotThereAlone) {
  // norm needs only a + b, so its plan sums once; the output needs a alone, and a second sum.
  const Scenario scenario =
      layer("a = \"mlp(inter / tp)\"\nb = \"mlp(inter / tp)\"", "y = norm(a(x) + b(x)) + a(x)",
            "p = all_reduce(a(x), tp)\ny = norm(p + all_reduce(b(x), tp)) + p");
  const PlannedCase one = live_case(plan_scenario(scenario));
  ASSERT_EQ(one.variants.size(), 1U);
  EXPECT_EQ(one.variants[0].plan.launches, 2);
  EXPECT_EQ(one.variants[0].cost.launches, 2);
  EXPECT_FALSE(one.variants[0].wasteful);
}

TEST(ScenarioPlan, ScattersWhereTheOutputIsCut) {
  const Scenario scenario = layer("a = \"mlp(inter / tp)\"", "y = a(x)",
                                  "y = chunk(all_reduce(a(x), tp), tp)", "tokens // tp");
  const PlannedCase one = live_case(plan_scenario(scenario));
  EXPECT_EQ(one.segments.at(0).goal, "rows over tp");
  EXPECT_EQ(one.segments.at(0).plans.at(0).program, "y = reduce_scatter(a, tp)\n");
  EXPECT_TRUE(one.variants.at(0).wasteful);
}

TEST(ScenarioPlan, NumbersFollowTheSizes) {
  const Scenario scenario =
      layer("a = \"mlp(inter / tp)\"", "y = a(x)", "y = all_reduce(a(x), tp)");
  ScenarioPlanOptions options;
  options.sizes = {{"tokens", 3}, {"hidden", 100}};
  options.element_bytes = 4;
  const PlannedCase one = live_case(plan_scenario(scenario, options));
  EXPECT_EQ(one.layout, "tp=2");
  // 2 (m - 1) / m of 3 x 100 elements of 4 bytes.
  EXPECT_DOUBLE_EQ(one.segments.at(0).plans.at(0).cost.bytes, 1200.0);
  EXPECT_EQ(one.segments.at(0).own.cost, one.segments.at(0).plans.at(0).cost);
}

TEST(ScenarioPlan, SaysWhereALargerLayoutPrefersAnotherPlan) {
  // Over 64 ranks the hops of one ring cost more than two more launches.
  const Scenario scenario = layer("a = \"mlp(inter / (ep * tp))\"", "y = a(x)",
                                  "y = all_reduce(a(x), ep * tp)", "tokens", "\"ep\", \"tp\"");
  int switched = 0;
  for (const PlannedCase& one : plan_scenario(scenario).cases) {
    if (one.condition != "ep > 1 and tp > 1") continue;
    const PlannedSegment& segment = one.segments.at(0);
    EXPECT_EQ(segment.plans.at(0).calls, std::vector<std::string>{"all_reduce(ep * tp)"});
    ASSERT_TRUE(segment.larger);
    EXPECT_EQ(segment.larger->layout, "ep=8 tp=8");
    EXPECT_EQ(segment.larger->plan.calls.size(), 3U);
    ++switched;
  }
  EXPECT_EQ(switched, 1);
}

TEST(PlanProof, RefutesAWrongPlanAndAcceptsARightOne) {
  using planning::AxisRole;
  planning::Problem problem;
  problem.axes = {{"tp", 2}};
  problem.branches = {{"a", {AxisRole::pending}, {}, {}}, {"x", {AxisRole::replicated}, {}, {}}};
  problem.bytes = 1024;
  const auto proof = [&](const char* text) { return planning::prove_plan(problem, text, 1); };
  EXPECT_TRUE(proof("y = x + all_reduce(a, tp)\n").proved);
  EXPECT_FALSE(proof("y = all_reduce(a + x, tp)\n").proved);
  EXPECT_FALSE(proof("y = x + a\n").proved);
  EXPECT_FALSE(proof("y = nowhere(a)\n").proved);
}

TEST(PlanReport, RepeatsItself) {
  const Scenario scenario =
      layer("a = \"mlp(inter / tp)\"", "y = a(x)", "y = all_reduce(a(x), tp)");
  const ScenarioPlanOptions options;
  const auto json = [&] {
    return plan_json(scenario, plan_scenario(scenario, options), options, "v");
  };
  EXPECT_EQ(json(), json());
  EXPECT_NE(plan_text(scenario, plan_scenario(scenario, options), options).find("case tp > 1\n"),
            std::string::npos);
}

}  // namespace
}  // namespace reducecheck
