// SPDX-License-Identifier: Apache-2.0
// Plans as statements of the scenario language. Whether they hold in a run is beyond this folder.
#include "sim/plan/program_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fmt/format.h>

#include "scenarios/unroll/tiny_scenario_test.hpp"
#include "sim/plan/plan.hpp"
#include "sim/plan/roles_test.hpp"

namespace reducecheck::planning {
namespace {

/// The plan's text in a scenario in which every branch is a call of one replicated weight; the
/// layout of the output is not looked at when a text is unrolled.
void expect_unrolls(const Problem& problem, const std::string& program) {
  std::string branches;
  for (const BranchState& branch : problem.branches) branches += branch.name + " = w(x)\n";
  std::string mesh;
  std::string names;
  for (const PlanAxis& axis : problem.axes) {
    names += (names.empty() ? "'" : ", '") + axis.name + "'";
    mesh += fmt::format(", {} = {}", axis.name, axis.size);
  }
  TinyScenario tiny{"w = 'linear(hidden, hidden)'", "y = w(x)", branches + program,
                    "axes = [" + names + "], ranks = 512" + mesh};
  EXPECT_NO_THROW(unrolled(tiny)) << text_of(tiny);
}

std::string cheapest_text(const Problem& problem) {
  std::string program = find_plans(problem, {}, {.plans = 1}).plans[0].program;
  expect_unrolls(problem, program);
  return program;
}

TEST(PlanText, SaysWhichDimension) {
  const Problem problem = {.axes = {{"a", 2}, {"b", 2}},
                           .branches = {{"u", {pending, complete}, {}, {{1}}}},
                           .goal = {{}, {{1, 0}}},
                           .bytes = 1 << 20};
  EXPECT_EQ(cheapest_text(problem), "y = reduce_scatter(u, a, dim=cols)\n");
}

TEST(PlanText, SpellsOutAnAllToAll) {
  const Problem problem = {.axes = {{"a", 4}},
                           .branches = {{"u", {complete}, {{0}}, {}}},
                           .goal = {{}, {{0}}},
                           .bytes = 1 << 20};
  EXPECT_EQ(find_plans(problem).plans[0].moves[0].operation, Operation::all_to_all);
  EXPECT_EQ(cheapest_text(problem), "y = chunk(all_gather(u, a), a, dim=cols)\n");
}

TEST(PlanText, FlattensSumsInTheOrderOfTheBranches) {
  const Problem problem = {.axes = {{"tp", 2}},
                           .branches = {{"u", {complete}, {}, {}},
                                        {"v", {pending}, {}, {}},
                                        {"bias", {complete}, {}, {}}},
                           .bytes = 1 << 10};
  EXPECT_EQ(cheapest_text(problem), "y = u + all_reduce(v, tp) + bias\n");
}

TEST(PlanText, TakesTheNameOfTheOutput) {
  const Problem problem = {
      .axes = {{"tp", 2}}, .branches = {{"u", {pending}, {}, {}}}, .bytes = 1 << 10};
  EXPECT_EQ(find_plans(problem, {}, {.output = "hidden_states"}).plans[0].program,
            "hidden_states = all_reduce(u, tp)\n");
}

/// A collective inside of a guard would be called by one rank alone.
TEST(PlanText, BindsWhatAGuardKeeps) {
  const Problem problem = {.axes = {{"a", 8}, {"b", 8}, {"c", 8}},
                           .branches = {{"u", {pending, pending, complete}, {}, {}},
                                        {"v", {complete, pending, pending}, {}, {}},
                                        {"w1", {pending, complete, once}, {}, {}}},
                           .goal = {{{2}}, {}},
                           .bytes = 1 << 24};
  const std::string program = cheapest_text(problem);
  EXPECT_NE(program.find("(y_3 if rank(a) == 0 else 0)"), std::string::npos) << program;
}

TEST(PlanText, BindsACallThatAGuardKeeps) {
  const Problem problem = {.axes = {{"dp", 2}, {"tp", 4}},
                           .branches = {{"routed", {pending, pending}, {}, {}},
                                        {"shared(x)", {complete, pending}, {}, {}}},
                           .bytes = 1 << 10};
  EXPECT_EQ(find_plans(problem).plans[0].program,
            "y_1 = shared(x)\n"
            "y = all_reduce(routed + (y_1 if rank(dp) == 0 else 0), dp * tp)\n");
}

BranchState any_branch(int number, std::size_t axes) {
  BranchState branch{.name = fmt::format("v{}", number)};
  for (std::size_t a = 0; a < axes; ++a) {
    branch.roles.push_back(*rc::gen::element(complete, pending, pending, once));
  }
  return branch;
}

RC_GTEST_PROP(PlanText, IsInTheLanguage, ()) {
  Problem problem = {.axes = {{"a", 2}, {"b", *rc::gen::inRange(1, 4)}},
                     .bytes = *rc::gen::element(1e3, 1e6, 1e9)};
  const int branches = *rc::gen::inRange(1, 4);
  for (int b = 0; b < branches; ++b) problem.branches.push_back(any_branch(b, 2));
  for (const CollectivePlan& plan : find_plans(problem, {}, {.plans = 4}).plans) {
    RC_LOG() << plan.program;
    expect_unrolls(problem, plan.program);
  }
  RC_ASSERT(!testing::Test::HasFailure());
}

}  // namespace
}  // namespace reducecheck::planning
