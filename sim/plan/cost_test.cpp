// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/cost.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace reducecheck::planning {
namespace {

TEST(CollectiveCost, IsTheTableOfRings) {
  const auto of = [](Operation operation) {
    return cost_of({.operation = operation, .group_size = 4, .local_bytes = 100});
  };
  EXPECT_EQ(of(Operation::all_reduce), (Cost{.launches = 1, .hops = 6, .bytes = 150}));
  EXPECT_EQ(of(Operation::reduce_scatter), (Cost{.launches = 1, .hops = 3, .bytes = 75}));
  EXPECT_EQ(of(Operation::all_to_all), (Cost{.launches = 1, .hops = 3, .bytes = 75}));
  EXPECT_EQ(of(Operation::all_gather), (Cost{.launches = 1, .hops = 3, .bytes = 300}));
  EXPECT_EQ(of(Operation::broadcast), (Cost{.launches = 1, .hops = 3, .bytes = 100}));
  for (const Operation local : {Operation::chunk, Operation::once, Operation::add}) {
    EXPECT_EQ(of(local), Cost{.local_steps = 1});
  }
}

TEST(CollectiveCost, OfOneRankIsNothing) {
  EXPECT_EQ(cost_of({.operation = Operation::all_reduce, .group_size = 1, .local_bytes = 9}),
            Cost{});
}

TEST(CollectiveCost, OfAnAllReduceIsThatOfItsHalves) {
  for (const std::int64_t size : {2, 3, 8}) {
    const double bytes = 24;
    const std::vector<CollectiveCall> halves = {
        {Operation::reduce_scatter, size, bytes},
        {Operation::all_gather, size, bytes / static_cast<double>(size)}};
    Cost whole =
        cost_of({.operation = Operation::all_reduce, .group_size = size, .local_bytes = bytes});
    ++whole.launches;
    EXPECT_EQ(cost_of(halves), whole);
  }
}

TEST(CollectiveCost, RefusesNonsense) {
  EXPECT_THROW(cost_of({.group_size = 0}), std::invalid_argument);
  EXPECT_THROW(cost_of({.group_size = 2, .local_bytes = -1}), std::invalid_argument);
}

TEST(Wasteful, IsMoreThanTheMarginAboveThePlan) {
  const CostModel model = {.alpha = 10, .hop = 0, .beta = 1, .epsilon = 1};
  const Cost plan = {.launches = 1, .bytes = 90, .local_steps = 7};
  EXPECT_FALSE(is_wasteful(plan, plan, model, 0));
  EXPECT_FALSE(is_wasteful({.launches = 2, .bytes = 105}, plan, model, 0.25));
  EXPECT_TRUE(is_wasteful({.launches = 2, .bytes = 106}, plan, model, 0.25));
  EXPECT_TRUE(is_wasteful({.launches = 1}, Cost{.local_steps = 3}, model, 0.25));
  EXPECT_THROW(is_wasteful(plan, plan, model, -1), std::invalid_argument);
}

/// FastDeploy 7039: one all-reduce a branch where one for both would do.
TEST(Wasteful, IsAnAllReduceForEachBranch) {
  const CollectiveCall one = {Operation::all_reduce, 8, 1 << 16};
  const std::vector<CollectiveCall> each = {one, one};
  EXPECT_TRUE(is_wasteful(cost_of(each), cost_of(one), {}, 0.5));
  EXPECT_FALSE(is_wasteful(cost_of(one), cost_of(one), {}, 0.5));
}

TEST(CostModel, CountsInSecondsAndBytes) {
  const CostModel node;
  const Cost megabyte = cost_of({.group_size = 2, .local_bytes = 1e6});
  EXPECT_EQ(seconds(megabyte, node), node.alpha + 2 * node.hop + 1e6 * node.beta);
}

}  // namespace
}  // namespace reducecheck::planning
