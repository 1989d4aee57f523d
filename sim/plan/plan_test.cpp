// SPDX-License-Identifier: Apache-2.0
// Plans that people know, from the public reports in which the layer was wrong.
#include "sim/plan/plan.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

#include "sim/plan/roles_test.hpp"

namespace reducecheck::planning {
namespace {

constexpr double decode = 1 << 14;   // bytes of a few tokens: launches and hops dominate
constexpr double prefill = 1 << 26;  // of thousands: bytes do

std::string cheapest(const Problem& problem) {
  const PlanResult result = find_plans(problem, {}, {.plans = 1});
  return result.plans.empty() ? "none" : result.plans[0].program;
}

/// A routed and a shared branch over tp, as in FastDeploy 7039.
Problem merged(std::int64_t tp, AxisRole experts, AxisRole shared) {
  return {.axes = {{"tp", tp}},
          .branches = {{"experts", {experts}, {}, {}}, {"shared", {shared}, {}, {}}},
          .bytes = decode};
}

TEST(KnownPlan, MergesTwoPendingBranches) {
  EXPECT_EQ(cheapest(merged(8, pending, pending)), "y = all_reduce(experts + shared, tp)\n");
}

TEST(KnownPlan, ReducesOnlyThePendingBranch) {
  EXPECT_EQ(cheapest(merged(8, complete, pending)), "y = experts + all_reduce(shared, tp)\n");
  EXPECT_EQ(cheapest(merged(8, pending, complete)), "y = all_reduce(experts, tp) + shared\n");
}

TEST(KnownPlan, NeedsNoCollectiveWhereNothingIsPending) {
  EXPECT_EQ(cheapest(merged(8, complete, complete)), "y = experts + shared\n");
  EXPECT_EQ(cheapest(merged(1, pending, pending)), "y = experts + shared\n");
}

TEST(KnownPlan, LeavesAnAxisAloneThatIsNotPending) {
  // glm-tp-group: the sum went over dp as well.
  const Problem problem = {.axes = {{"dp", 2}, {"tp", 4}},
                           .branches = {{"mlp", {complete, pending}, {{0}}, {}}},
                           .goal = {{{0}}, {}},
                           .bytes = decode};
  EXPECT_EQ(cheapest(problem), "y = all_reduce(mlp, tp)\n");
}

TEST(KnownPlan, KeepsAReplicatedBranchOutsideTheScatter) {
  const Problem problem = {.axes = {{"dp", 4}, {"tp", 2}},
                           .branches = {{"routed", {pending, pending}, {}, {}},
                                        {"shared", {complete, complete}, {}, {}}},
                           .goal = {{{0}}, {}},
                           .bytes = prefill};
  EXPECT_EQ(cheapest(problem),
            "y = all_reduce(reduce_scatter(routed, dp), tp) + chunk(shared, dp)\n");
  Problem whole = problem;
  whole.axes[1].size = 1;
  EXPECT_EQ(cheapest(whole), "y = reduce_scatter(routed, dp) + chunk(shared, dp)\n");
}

TEST(KnownPlan, IsCheaperThanThePublishedRepair) {
  // tpu-attn-dp-shared-unreduced: shared is on the rows of attn_dp, and both are pending over
  // attn_tp. The repair sums routed over both axes and shared over attn_tp, each for itself.
  const Problem problem = {.axes = {{"attn_dp", 4}, {"attn_tp", 2}},
                           .branches = {{"routed", {pending, pending}, {}, {}},
                                        {"shared", {complete, pending}, {{0}}, {}}},
                           .goal = {{{0}}, {}},
                           .bytes = prefill};
  const CollectivePlan plan = find_plans(problem).plans[0];
  EXPECT_EQ(plan.program, "y = all_reduce(reduce_scatter(routed, attn_dp) + shared, attn_tp)\n");
  const std::vector<CollectiveCall> repair = {{Operation::all_reduce, 8, prefill},
                                              {Operation::all_reduce, 2, prefill / 4}};
  EXPECT_TRUE(is_wasteful(cost_of(repair), plan.cost, {}, 0.5));
}

TEST(KnownPlan, SplitsALargeProduct) {
  const Problem problem = {.axes = {{"a", 8}, {"b", 8}},
                           .branches = {{"x", {pending, pending}, {}, {}}},
                           .bytes = 1 << 20};
  const CollectivePlan plan = find_plans(problem).plans[0];
  EXPECT_EQ(plan.program, "y = all_gather(all_reduce(reduce_scatter(x, a), b), a)\n");
  const Cost ring = cost_of({Operation::all_reduce, 64, problem.bytes});
  EXPECT_EQ(plan.cost.bytes, ring.bytes);
  EXPECT_LT(plan.cost.hops, ring.hops);
}

TEST(KnownPlan, AddsAReplicatedBranchOnceWhereOneLaunchIsCheapest) {
  // tokenspeed: shared is complete over attn_dp and pending over attn_tp.
  const Problem problem = {
      .axes = {{"attn_dp", 2}, {"attn_tp", 4}},
      .branches = {{"routed", {pending, pending}, {}, {}}, {"shared", {complete, pending}, {}, {}}},
      .bytes = decode};
  EXPECT_EQ(cheapest(problem),
            "y = all_reduce(routed + (shared if rank(attn_dp) == 0 else 0), attn_dp * attn_tp)\n");
}

TEST(KnownPlan, AddsOnceToScatterOverAnAxisInTheMiddle) {
  // Rows over (a, b, c), b replicated: one scatter instead of two, at a size where that is best.
  const Problem problem = {.axes = {{"a", 2}, {"b", 2}, {"c", 2}},
                           .branches = {{"x", {pending, complete, pending}, {}, {}}},
                           .goal = {{{0, 1, 2}}, {}},
                           .bytes = 400e3};
  EXPECT_EQ(cheapest(problem), "y = reduce_scatter((x if rank(b) == 0 else 0 * x), a * b * c)\n");
}

TEST(KnownPlan, SumsWhatOneRankHoldsWithTheRest) {
  EXPECT_EQ(cheapest(merged(4, pending, once)), "y = all_reduce(experts + shared, tp)\n");
  EXPECT_EQ(cheapest(merged(4, once, once)), "y = broadcast(experts + shared, tp)\n");
}

TEST(KnownPlan, UsesIdleReplicasForLargeTensors) {
  // Nothing is pending over dp and nothing is sharded over it, and still it helps.
  const Problem problem = {.axes = {{"dp", 2}, {"tp", 8}},
                           .branches = {{"x", {complete, pending}, {}, {}}},
                           .bytes = prefill};
  EXPECT_EQ(cheapest(problem), "y = all_gather(all_reduce(chunk(x, dp), tp), dp)\n");
}

TEST(KnownPlan, ReordersShardsThatCameInTheWrongOrder) {
  // ascend-finalize-order-dp-pcp. Rows (pcp, dp) out of (dp, pcp): gathered and cut again.
  const Problem problem = {.axes = {{"dp", 2}, {"pcp", 2}},
                           .branches = {{"x", {complete, complete}, {{0, 1}}, {}}},
                           .goal = {{{1, 0}}, {}},
                           .bytes = decode};
  const CollectivePlan plan = find_plans(problem).plans[0];
  EXPECT_EQ(plan.program, "y = chunk(all_gather(x, dp * pcp), pcp * dp)\n");
}

TEST(SeveralPlans, DifferInTheirCollectivesAndAscend) {
  const PlanResult result = find_plans(merged(8, pending, pending), {}, {.plans = 3});
  ASSERT_EQ(result.plans.size(), 3U);
  EXPECT_EQ(result.plans[1].program, "y = all_gather(reduce_scatter(experts + shared, tp), tp)\n");
  EXPECT_LE(result.plans[0].seconds, result.plans[1].seconds);
  EXPECT_LE(result.plans[1].seconds, result.plans[2].seconds);
}

TEST(SeveralPlans, AreAsManyAsThereAre) {
  EXPECT_EQ(find_plans(merged(1, pending, pending), {}, {.plans = 9}).plans.size(), 1U);
}

TEST(PlanMoves, SayOperandsGroupBytesAndCost) {
  const CollectivePlan plan = find_plans(merged(4, pending, pending)).plans[0];
  ASSERT_EQ(plan.moves.size(), 2U);
  EXPECT_EQ(plan.moves[0].operation, Operation::add);
  EXPECT_EQ(plan.moves[0].operands,
            (std::vector<std::vector<std::string>>{{"experts"}, {"shared"}}));
  const Move& sum = plan.moves[1];
  EXPECT_EQ(sum.operation, Operation::all_reduce);
  EXPECT_EQ(sum.operands, (std::vector<std::vector<std::string>>{{"experts", "shared"}}));
  EXPECT_EQ(sum.group, Group{{0}});
  EXPECT_EQ(sum.local_bytes, decode);
  EXPECT_EQ(sum.cost, (Cost{.launches = 1, .hops = 6, .bytes = decode / 4 * 6}));
  EXPECT_EQ(plan.cost, sum.cost + Cost{.local_steps = 1});
}

TEST(PlanBound, IsReachedByOneAllReduce) {
  const PlanResult result = find_plans(merged(8, pending, pending));
  EXPECT_EQ(result.bound.seconds, result.plans[0].seconds);
  EXPECT_EQ(result.bound.reason,
            "Some axis needs a launch, and each axis its hops (14 in all: size - 1 to sum and as "
            "many to have the sum on every rank); an element in 8 parts takes 7 messages until one "
            "rank has the whole, and one more for each other of the 8 ranks that need it.");
}

TEST(PlanBound, IsNothingWhereNothingNeedBeSent) {
  const PlanResult result = find_plans(merged(8, complete, complete));
  EXPECT_EQ(result.bound.cost, Cost{.local_steps = 1});
  EXPECT_EQ(result.bound.reason, "Nothing need be sent.");
}

TEST(PlansBySize, SayWhereThePlanSwitches) {
  Problem problem = {
      .axes = {{"a", 8}, {"b", 8}}, .branches = {{"x", {pending, pending}, {}, {}}}, .bytes = 0};
  const std::vector<SizeRange> ranges = plans_by_size(problem, {1e3, 1e4, 1e5, 1e6, 1e7, 1e8});
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[0].plan.program, "y = all_reduce(all_reduce(x, a), b)\n");
  EXPECT_EQ(ranges[0].last_bytes, 1e5);
  EXPECT_EQ(ranges[1].plan.program, "y = all_gather(all_reduce(reduce_scatter(x, a), b), a)\n");
  EXPECT_EQ(ranges[1].first_bytes, 1e6);
  EXPECT_EQ(ranges[1].last_bytes, 1e8);
  EXPECT_THROW(plans_by_size(problem, {2, 1}), std::invalid_argument);
}

TEST(PlanSearch, CutsOnlyWhatDivides) {
  Problem problem = {.axes = {{"a", 8}, {"b", 8}},
                     .branches = {{"x", {pending, pending}, {}, {}}},
                     .bytes = 1 << 20,
                     .rows = 7,
                     .features = 9};
  EXPECT_EQ(cheapest(problem), "y = all_reduce(all_reduce(x, a), b)\n");
  problem.features = 16;
  EXPECT_EQ(cheapest(problem),
            "y = all_gather(all_reduce(reduce_scatter(x, a, dim=cols), b), a, dim=cols)\n");
}

/// Three branches on three axes: more than a hundred thousand sets of values.
Problem large() {
  return {.axes = {{"a", 8}, {"b", 8}, {"c", 8}},
          .branches = {{"x", {pending, pending, complete}, {}, {}},
                       {"y", {complete, pending, pending}, {}, {}},
                       {"z", {pending, complete, once}, {}, {}}},
          .goal = {{{2}}, {}},
          .bytes = prefill};
}

TEST(PlanSearch, SaysWhenItStopsAtItsLimit) {
  const PlanResult result = find_plans(large(), {}, {.plans = 1, .limit = 100});
  EXPECT_TRUE(result.limit_reached);
  EXPECT_TRUE(result.plans.empty());
  EXPECT_FALSE(find_plans(large(), {}, {.plans = 1}).limit_reached);
}

TEST(PlanSearch, LooksAtFewCandidates) {
  // A measure of the work that no machine changes: some milliseconds.
  const PlanResult result = find_plans(large(), {}, {.plans = 1});
  EXPECT_LT(result.candidates, 20'000U);
}

TEST(PlanSearch, RefusesWhatMakesNoSense) {
  const auto refuses = [](const Problem& problem) {
    EXPECT_THROW(find_plans(problem), std::invalid_argument);
  };
  const Problem good = merged(2, pending, pending);
  Problem bad = good;
  bad.branches.clear();
  refuses(bad);
  bad = good, bad.branches[0].roles.clear(), refuses(bad);
  bad = good, bad.branches[0].rows = {{0}}, refuses(bad);  // pending there as well
  bad = good, bad.goal.rows = {{1}}, refuses(bad);
  bad = good, bad.goal = {{{0}}, {{0}}}, refuses(bad);
  bad = good, bad.goal = {{{0}}, {}}, bad.rows = 3, refuses(bad);
  bad = good, bad.axes[0].size = 0, refuses(bad);
  bad = good, bad.axes[0].size = 1 << 21, refuses(bad);
  bad = good, bad.bytes = -1, refuses(bad);
  EXPECT_THROW(find_plans(good, {.alpha = -1}), std::invalid_argument);
  EXPECT_THROW(find_plans(good, {}, {.plans = 0}), std::invalid_argument);
  EXPECT_THROW(find_plans(good, {}, {.output = ""}), std::invalid_argument);
}

}  // namespace
}  // namespace reducecheck::planning
