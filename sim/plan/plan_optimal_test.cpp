// SPDX-License-Identifier: Apache-2.0
// No sequence of moves is cheaper than the plan, and each plan makes the required sum.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sim/plan/matrices_test.hpp"
#include "sim/plan/plan.hpp"

namespace reducecheck::planning {
namespace {

constexpr AxisRole roles[] = {AxisRole::replicated, AxisRole::pending, AxisRole::pending,
                              AxisRole::once};

int between(int low, int high) {
  return *rc::gen::inRange(low, high + 1);
}

/// Moves some axes into the shards of a dimension, in any order; their role becomes `replicated`.
void shard(std::vector<AxisRole>& branch, Group& rows, Group& features) {
  std::vector<int> order(branch.size());
  std::iota(order.begin(), order.end(), 0);
  if (order.size() > 1 && between(0, 1) == 1) std::swap(order[0], order[1]);
  for (const int axis : order) {
    const int choice = between(0, 5);
    if (choice > 1) continue;
    branch[static_cast<std::size_t>(axis)] = AxisRole::replicated;
    (choice == 0 ? rows : features).axes.push_back(axis);
  }
}

/// Divisible by all axes, or only by those that shard the dimension somewhere.
std::int64_t any_extent(const Problem& problem, Dimension dimension) {
  const bool all = between(0, 2) > 0;
  const auto is_in = [&](const Group& rows, const Group& features, int axis) {
    const Group& group = dimension == Dimension::rows ? rows : features;
    return std::ranges::count(group.axes, axis) > 0;
  };
  std::int64_t extent = 1;
  for (int axis = 0; axis < static_cast<int>(problem.axes.size()); ++axis) {
    bool shards = is_in(problem.goal.rows, problem.goal.features, axis);
    for (const BranchState& branch : problem.branches) {
      shards = shards || is_in(branch.rows, branch.features, axis);
    }
    if (all || shards) extent *= problem.axes[static_cast<std::size_t>(axis)].size;
  }
  return extent;
}

/// 1 to 3 branches on 1 or 2 axes, at most 8 ranks. Bytes divide by everything.
Problem any_problem() {
  Problem problem;
  const int axes = between(1, 2);
  std::int64_t ranks = 1;
  for (int axis = 0; axis < axes; ++axis) {
    const int most = ranks > 2 ? 2 : 4;
    // Size 1 is worth a few cases.
    const int size = between(0, 9) == 0 ? 1 : between(2, most);
    problem.axes.push_back({axis == 0 ? "a" : "b", size});
    ranks *= problem.axes.back().size;
  }
  const int branches = between(1, 3);
  for (int b = 0; b < branches; ++b) {
    BranchState branch{.name = fmt::format("x{}", b)};
    for (int axis = 0; axis < axes; ++axis) branch.roles.push_back(roles[between(0, 3)]);
    shard(branch.roles, branch.rows, branch.features);
    problem.branches.push_back(branch);
  }
  std::vector<AxisRole> unused(problem.axes.size());
  shard(unused, problem.goal.rows, problem.goal.features);
  problem.rows = any_extent(problem, Dimension::rows);
  problem.features = any_extent(problem, Dimension::features);
  problem.bytes = static_cast<double>(ranks * ranks * between(1, 30));
  return problem;
}

/// Whole numbers, so that sums of costs are exact.
CostModel any_model() {
  return {.alpha = static_cast<double>(between(0, 200)),
          .hop = static_cast<double>(between(0, 20)),
          .beta = static_cast<double>(between(0, 3)),
          .epsilon = static_cast<double>(between(0, 2))};
}

void log(const Problem& problem, const PlanResult& result) {
  for (const BranchState& branch : problem.branches) {
    std::string text = branch.name + ":";
    for (const AxisRole role : branch.roles) text += fmt::format(" {}", static_cast<int>(role));
    RC_LOG() << text << " rows " << branch.rows.axes.size() << " features "
             << branch.features.axes.size() << '\n';
  }
  for (const CollectivePlan& plan : result.plans) RC_LOG() << plan.seconds << ' ' << plan.program;
}

RC_GTEST_PROP(Plan, IsBeatenByNoSequenceOfMoves, ()) {
  const Problem problem = any_problem();
  const CostModel model = any_model();
  const PlanResult result = find_plans(problem, model, {.plans = 1});
  log(problem, result);
  RC_ASSERT(result.plans.size() == 1U);
  const CollectivePlan& plan = result.plans[0];
  RC_CLASSIFY(plan.cost.launches == 0, "no launch");
  RC_CLASSIFY(plan.cost.launches == 1, "one launch");
  RC_CLASSIFY(plan.cost.launches > 1, "more");
  const auto better = matrices::cheapest_below(problem, model, REDUCECHECK_MOVES, plan.seconds);
  if (better) RC_LOG() << "plan " << plan.seconds << " s, beaten by " << *better << " s\n";
  RC_ASSERT(!better);
}

RC_GTEST_PROP(Plan, MakesTheSumAtTheStatedCost, ()) {
  const Problem problem = any_problem();
  const CostModel model = any_model();
  const PlanResult result = find_plans(problem, model, {.plans = 4});
  log(problem, result);
  RC_ASSERT(!result.plans.empty());
  double before = 0;
  for (const CollectivePlan& plan : result.plans) {
    RC_ASSERT(matrices::seconds_of(problem, model, plan) == std::optional(plan.seconds));
    RC_ASSERT(plan.seconds >= before);
    before = plan.seconds;
  }
}

RC_GTEST_PROP(Plan, CostsNoLessThanTheBound, ()) {
  const Problem problem = any_problem();
  const CostModel model = any_model();
  const PlanResult result = find_plans(problem, model, {.plans = 4});
  for (const CollectivePlan& plan : result.plans) {
    // Each count of the bound is one of its own: bytes are compared times the ranks, as integers.
    RC_ASSERT(plan.cost.launches >= result.bound.cost.launches);
    RC_ASSERT(plan.cost.hops >= result.bound.cost.hops);
    RC_ASSERT(plan.cost.bytes >= result.bound.cost.bytes);
    RC_ASSERT(plan.cost.local_steps >= result.bound.cost.local_steps);
  }
}

/// Asking for more keeps more ways to every value, and finds nothing cheaper in between.
RC_GTEST_PROP(Plan, ComesAlsoWhenMoreAreAskedFor, ()) {
  const Problem problem = any_problem();
  const CostModel model = any_model();
  const std::vector<CollectivePlan> many = find_plans(problem, model, {.plans = 12}).plans;
  for (const int plans : {1, 3}) {
    const std::vector<CollectivePlan> few = find_plans(problem, model, {.plans = plans}).plans;
    RC_ASSERT(few.size() == std::min(many.size(), static_cast<std::size_t>(plans)));
    for (std::size_t i = 0; i < few.size(); ++i) RC_ASSERT(few[i].seconds == many[i].seconds);
  }
}

/// Two branches over two axes, where a plan costs something.
Problem two_branches(AxisRole shared) {
  return {.axes = {{"a", 2}, {"b", 3}},
          .branches = {{"routed", {AxisRole::pending, AxisRole::pending}, {}, {}},
                       {"shared", {AxisRole::pending, shared}, {}, {}}},
          .bytes = 360,
          .rows = 6,
          .features = 6};
}

const CostModel whole_numbers = {.alpha = 100, .hop = 10, .beta = 1, .epsilon = 1};

TEST(PlantedPlan, ThatSumsAReplicatedBranchIsNotTheSum) {
  const Problem pending = two_branches(AxisRole::pending);
  const CollectivePlan plan = find_plans(pending, whole_numbers).plans[0];
  EXPECT_EQ(plan.program, "y = all_reduce(routed + shared, a * b)\n");
  EXPECT_EQ(matrices::seconds_of(pending, whole_numbers, plan), plan.seconds);
  const Problem replicated = two_branches(AxisRole::replicated);
  EXPECT_EQ(matrices::seconds_of(replicated, whole_numbers, plan), std::nullopt);
}

TEST(PlantedPlan, ThatIsOnlyTheSecondIsBeatenByTheFirst) {
  const Problem problem = two_branches(AxisRole::replicated);
  const PlanResult result = find_plans(problem, whole_numbers, {.plans = 2});
  ASSERT_EQ(result.plans.size(), 2U);
  ASSERT_LT(result.plans[0].seconds, result.plans[1].seconds);
  EXPECT_EQ(matrices::cheapest_below(problem, whole_numbers, 4, result.plans[1].seconds),
            result.plans[0].seconds);
}

}  // namespace
}  // namespace reducecheck::planning
